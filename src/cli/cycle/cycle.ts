import { isAppError } from "#core/errors.ts";
import { metricsContext } from "#metrics/context.ts";
import { measure } from "#metrics/measure.ts";
import { withRun } from "#warehouse/runs.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { alertExit, alertStep } from "../alert-step.ts";
import { type App, EXIT, type Output } from "../app.ts";
import { applyStep } from "../writeback-step.ts";
import { filesStep } from "./files-step.ts";
import type { Step } from "./step.ts";
import { syncConnection } from "./sync-step.ts";

export interface CycleOptions {
  /** Alerts that exist already at the first run are told too, instead of being taken as known (A13). */
  readonly notifyExisting: boolean;
  /** `scheduled`: digests wait for their hour; `now`: they go at once. */
  readonly when: "now" | "scheduled";
  /** Who started it, for the audit of write-back. */
  readonly by: string;
}

/** One whole cycle: sync → files → measure → write back → alert. Every step has its row in `runs` and can be killed and run again.
 *  MUST be called with the lease held, and with its warehouse and signal. */
export async function runCycle(
  app: App,
  warehouse: Warehouse,
  signal: AbortSignal,
  output: Output,
  options: CycleOptions,
): Promise<readonly Step[]> {
  return withRun({ ...app, warehouse }, { kind: "cycle" }, async () => {
    const steps = await allSteps(app, warehouse, signal, output, options);
    const counts = Object.fromEntries(
      Object.entries(Object.groupBy(steps, ({ state }) => state)).map(([state, of]) => [state, of?.length ?? 0]),
    );
    return { state: cycleState(steps), counts, value: steps };
  });
}

function cycleState(steps: readonly Step[]): "ok" | "partial" | "held" | "failed" {
  const is = (...states: readonly Step["state"][]): boolean => steps.some(({ state }) => states.includes(state));
  if (steps.length > 0 && steps.every(({ state }) => state === "failed" || state === "skipped")) return "failed";
  if (is("failed", "partial", "skipped")) return "partial";
  return is("held") ? "held" : "ok";
}

async function allSteps(
  app: App,
  warehouse: Warehouse,
  signal: AbortSignal,
  output: Output,
  options: CycleOptions,
): Promise<readonly Step[]> {
  const synced = await Promise.all(app.connectionIds.map((id) => syncConnection(app, warehouse, signal, output, id, {})));
  const steps: Step[] = [...synced];
  const next = async (name: Step["step"], work: () => Promise<Step>, connectionId?: string): Promise<void> => {
    const where = connectionId === undefined ? {} : { connectionId };
    steps.push(signal.aborted ? { step: name, ...where, state: "skipped", counts: {} } : await attempt({ step: name, ...where }, work));
  };
  await next("files", () => filesStep(app, warehouse, output));
  await next("measure", () => measureStep(app, warehouse, output));
  for (const id of app.connectionIds) await next("writeback", () => writebackStep(app, warehouse, signal, id, options.by), id);
  const peopleAreKnown = steps.every(({ step, state }) => step !== "files" || state !== "failed");
  await next("alerts", async () =>
    // With people.csv unreadable nobody knows any more who may get what.
    peopleAreKnown ? alertsStep(app, warehouse, signal, output, options) : { step: "alerts", state: "skipped", counts: {} },
  );
  return steps;
}

type Where = Pick<Step, "step" | "connectionId">;

/** A step that fails is a result; a lost lease and what nobody foresaw end the cycle. */
async function attempt(where: Where, work: () => Promise<Step>): Promise<Step> {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error) || error.code.startsWith("lease.")) throw error;
    return { ...where, state: error.recovery === "cancelled" ? "skipped" : "failed", counts: {}, error };
  }
}

async function measureStep(app: App, warehouse: Warehouse, output: Output): Promise<Step> {
  output.progress("measuring");
  const counts = await withRun({ ...app, warehouse }, { kind: "measure" }, async () => {
    const { blocks, cells, values } = await measure({ ...metricsContext(app), warehouse });
    return { state: "ok", counts: { blocks, cells, values }, value: { blocks, cells, values } };
  });
  return { step: "measure", state: "ok", counts };
}

async function writebackStep(app: App, warehouse: Warehouse, signal: AbortSignal, connectionId: string, by: string): Promise<Step> {
  const report = await applyStep(app, warehouse, signal, connectionId, by);
  const { counts } = report.planned.plan;
  const where = { step: "writeback", connectionId, counts: { ...counts, ...report.sent, held: report.held } } as const;
  switch (report.state) {
    case "held":
      return { ...where, state: "held" };
    case "failed":
      return { ...where, state: "failed" };
    case "partial":
    case "stale":
      return { ...where, state: "partial" };
    case "preview":
      return { ...where, state: "ok", note: counts.changed > 0 ? "shown only: preview" : "preview" };
    case "nothing":
    case "done":
      return { ...where, state: report.fieldsLeftOut.length > 0 ? "partial" : "ok" };
  }
}

async function alertsStep(app: App, warehouse: Warehouse, signal: AbortSignal, output: Output, options: CycleOptions): Promise<Step> {
  output.progress("alerts");
  const result = await alertStep(app, warehouse, signal, options);
  const { sent, retry, held, failed } = result.delivery;
  const events = result.decision.evaluations.reduce((sum, each) => sum + each.events.length, 0);
  const counts = { events, mails: sent, retry, held, failed, shownOnly: result.shownOnly };
  const exit = alertExit(result);
  return { step: "alerts", state: exit === EXIT.failed ? "failed" : exit === EXIT.partial ? "partial" : "ok", counts };
}
