import { isAppError } from "#core/errors.ts";
import type { JsonObject } from "#core/json.ts";
import { unlimitedBudget } from "#kit/budget.ts";
import { dailyBudget } from "#sync/daily-budget.ts";
import type { StreamReport, SyncReport } from "#sync/report.ts";
import { runSync, type SyncPlan } from "#sync/run-sync.ts";
import { withRun } from "#warehouse/runs.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { type App, EXIT, type Output } from "../app.ts";
import { exitCodeOf } from "../exit-codes.ts";
import type { Step } from "./step.ts";

/** Brings one connection up to date, with its row in `runs`. A failure of the connection is its own result, never the others'. */
export async function syncConnection(
  app: App,
  warehouse: Warehouse,
  signal: AbortSignal,
  output: Output,
  connectionId: string,
  plan: SyncPlan,
): Promise<Step> {
  try {
    const report = await withRun({ ...app, warehouse }, { kind: "sync", connectionId }, async () => {
      const value = await read(app, warehouse, signal, output, connectionId, plan);
      return { state: stateOf(value), counts: countsOf(value), error: firstError(value), value };
    });
    return { step: "sync", connectionId, state: report.state, counts: countsOf(report), error: firstError(report), report };
  } catch (error) {
    if (!isAppError(error) || error.code.startsWith("lease.") || exitCodeOf(error) === EXIT.usage) throw error;
    return { step: "sync", connectionId, state: "failed", counts: {}, error };
  }
}

async function read(
  app: App,
  warehouse: Warehouse,
  signal: AbortSignal,
  output: Output,
  connectionId: string,
  plan: SyncPlan,
): Promise<SyncReport> {
  const connector = await app.connector(connectionId);
  const { organization, clock } = app;
  const dailyShare = dailyShareOf(app, connectionId);
  const budget =
    dailyShare === null ? unlimitedBudget : dailyBudget({ warehouse, connectionId, clock, dailyShare, timeZone: organization.timeZone });
  const received = new Map<string, number>();
  const onPage = (stream: string, soFar: number): void => {
    received.set(stream, soFar);
    const total = [...received.values()].reduce((sum, count) => sum + count, 0);
    output.progress(`${connectionId}: ${total} records read (${stream})`);
  };
  const log = app.log.child({ connection: connectionId });
  const deps = { connector, connectionId, warehouse, organization, stageOverrides: app.config.stages, clock, log, signal, budget, onPage };
  return runSync(deps, plan);
}

/** The share of the CRM's daily calls this connection may use; null for a source without such a limit. */
function dailyShareOf(app: App, connectionId: string): number | null {
  const settings = app.config.connections.find(({ id }) => id === connectionId)?.settings;
  const budget = typeof settings === "object" && settings !== null && "budget" in settings ? settings.budget : null;
  const share = typeof budget === "object" && budget !== null && "dailyShare" in budget ? budget.dailyShare : null;
  return typeof share === "number" ? share : null;
}

/** Refused records are kept and told, but do not make the rest of the data unfit for alerts and write-back (W8, A9). */
function stateOf(report: SyncReport): "ok" | "partial" | "failed" {
  return report.streams.every((stream) => stream.state === "ok") ? "ok" : report.state === "failed" ? "failed" : "partial";
}

function firstError(report: SyncReport): StreamReport["error"] {
  const errors = report.streams.flatMap((stream) => stream.error ?? []);
  return errors.find((error) => error.code !== "sync.blocked" && error.code !== "cancelled") ?? errors[0] ?? null;
}

/** What a sync counted, over all its streams. */
export function countsOf(report: SyncReport): JsonObject {
  const types = report.streams.flatMap((stream) => Object.values(stream.counts));
  const sum = (name: "inserted" | "changed" | "deleted" | "unchanged" | "older"): number =>
    types.reduce((total, counts) => total + counts[name], 0);
  return {
    received: report.streams.reduce((total, stream) => total + stream.received, 0),
    inserted: sum("inserted"),
    changed: sum("changed"),
    deleted: sum("deleted"),
    unchanged: sum("unchanged"),
    rejected: report.streams.reduce((total, stream) => total + stream.rejected, 0),
  };
}
