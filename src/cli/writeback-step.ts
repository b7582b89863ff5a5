import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Connector } from "#core/connector.ts";
import { withRun } from "#warehouse/runs.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { type ApplyDeps, type ApplyReport, applyWriteback, type Outlet } from "#writeback/apply.ts";
import { planCsv } from "#writeback/csv.ts";
import { makePlan, type PlanDeps, type Planned } from "#writeback/planned.ts";
import { loadPaces, writebackSettings } from "./act-settings.ts";
import { type App, EXIT, type ExitCode } from "./app.ts";

/** A plan of one connection, from the warehouse alone. */
export async function planStep(app: App, warehouse: Warehouse, connectionId: string): Promise<Planned> {
  return makePlan(planDeps(app, warehouse, connectionId, await app.connector(connectionId)));
}

function planDeps(app: App, warehouse: Warehouse, connectionId: string, connector: Connector): PlanDeps {
  return {
    ...{ warehouse, connectionId, settings: writebackSettings(app, connectionId), loadPaces: loadPaces(app), clock: app.clock },
    batch: connector.writer === undefined ? 0 : connector.capabilities.writeBatch,
  };
}

/** Writes what has changed onto one connection: one row in `runs`. The caller MUST hold the lease (`app.exclusive`). */
export async function applyStep(
  app: App,
  warehouse: Warehouse,
  signal: AbortSignal,
  connectionId: string,
  by: string,
): Promise<ApplyReport> {
  const connector = await app.connector(connectionId);
  const { clock, rng, log } = app;
  const deps: ApplyDeps = {
    ...planDeps(app, warehouse, connectionId, connector),
    ...{ rng, log: log.child({ connection: connectionId }), signal, by, outlet: outletOf(app, connector, connectionId) },
  };
  return withRun({ warehouse, clock, rng }, { kind: "writeback", connectionId }, async () => {
    const report = await applyWriteback(deps);
    const { counts } = report.planned.plan;
    return { state: runState(report), counts: { ...counts, ...report.sent, held: report.held }, value: report };
  });
}

function runState({ state, fieldsLeftOut }: ApplyReport): "ok" | "partial" | "held" {
  if (state === "held" || state === "preview") return "held";
  return state === "partial" || state === "failed" || state === "stale" || fieldsLeftOut.length > 0 ? "partial" : "ok";
}

/** Of one connection, or of several: the worst decides, and what failed in part is worse than what waits. */
export function applyExit(reports: readonly ApplyReport[]): ExitCode {
  const is = (...states: readonly ApplyReport["state"][]): boolean => reports.some((report) => states.includes(report.state));
  if (reports.length > 0 && reports.every((report) => report.state === "failed")) return EXIT.failed;
  if (is("partial", "failed", "stale") || reports.some((report) => report.fieldsLeftOut.length > 0)) return EXIT.partial;
  return is("held", "preview") ? EXIT.held : EXIT.done;
}

function outletOf(app: App, connector: Connector, connectionId: string): Outlet {
  if (connector.writer !== undefined) return { kind: "crm", writer: connector.writer };
  return { kind: "file", write: (planned) => writeCsv(app, connectionId, planned) };
}

/** One file per apply: a later one must not take away what has not been imported yet. */
async function writeCsv(app: App, connectionId: string, planned: Planned): Promise<string> {
  const folder = resolve(app.directory, app.config.writeback.directory);
  const path = join(folder, `${connectionId}-deals-${planned.plan.madeAt.slice(0, 19).replaceAll(":", "")}.csv`);
  mkdirSync(folder, { recursive: true });
  // Whole or not at all: nobody imports half a file.
  writeFileSync(`${path}.part`, csvOf(app, connectionId, planned));
  renameSync(`${path}.part`, path);
  return path;
}

/** The plan as an import takes it, its id column named as in the export it came from. */
export function csvOf(app: App, connectionId: string, planned: Planned): string {
  return planCsv(planned.plan, planned.desired, writebackSettings(app, connectionId).fields, idColumn(app, connectionId));
}

function idColumn(app: App, connectionId: string): string {
  const settings: unknown = app.config.connections.find((connection) => connection.id === connectionId)?.settings;
  const found = ["files", "deals", "columns", "id"].reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined),
    settings,
  );
  return typeof found === "string" ? found : "id";
}
