import type { Writer } from "#core/connector.ts";
import { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import type { Rng } from "#core/rng.ts";
import { AS_OF } from "./fields.ts";
import { heldRun, setWritebackMode } from "./mode.ts";
import { closeCrashed, endRun, skipRest, storeRun } from "./outbox.ts";
import { type PlanItem, recordKey, valuesDigest } from "./plan.ts";
import { makePlan, type PlanDeps, type Planned } from "./planned.ts";
import { type ApplyPoint, type SendReport, sendItems } from "./send.ts";

/** How the values reach the CRM: its API, or a file to be imported there. */
export type Outlet =
  | { readonly kind: "crm"; readonly writer: Writer }
  | { readonly kind: "file"; readonly write: (planned: Planned) => Promise<string> };

export interface ApplyDeps extends PlanDeps {
  readonly outlet: Outlet;
  readonly rng: Rng;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Who asked for it: a person, or `schedule`. */
  readonly by: string;
  readonly at?: (point: ApplyPoint) => void;
}

/** What one apply came to. */
export interface ApplyReport {
  /** `preview`: not live, nothing written. `stale`: the data can't be relied on. `held`: waits for approval. */
  readonly state: "preview" | "stale" | "held" | "nothing" | "done" | "partial" | "failed";
  readonly runId: string | null;
  readonly planned: Planned;
  readonly sent: Omit<SendReport, "stopped">;
  /** Records that wait for approval. */
  readonly held: number;
  readonly stopped: { readonly code: string; readonly message: string } | null;
  /** Fields the CRM can't take yet, with the remedy; the others were written. */
  readonly fieldsLeftOut: readonly { readonly name: string; readonly remedy: string | null }[];
  /** Path of the import-ready file. */
  readonly file: string | null;
}

const NOTHING_SENT = { calls: 0, ok: 0, rejected: 0, parked: 0, gone: 0 } as const;

/** Writes what has changed. The caller MUST hold the lease `writeback:ID` and hand in the warehouse it fences (W17). */
export async function applyWriteback(deps: ApplyDeps): Promise<ApplyReport> {
  const planned = await makePlan(deps);
  const end = (state: ApplyReport["state"], more: Partial<ApplyReport> = {}): ApplyReport => ({
    ...{ state, runId: null, planned, sent: NOTHING_SENT, held: 0, stopped: null, fieldsLeftOut: [], file: null },
    ...more,
  });
  if (planned.mode.mode === "preview") return end("preview");
  await deps.warehouse.write((tx) => closeCrashed(tx, deps.connectionId, deps.clock.now()));
  if (planned.health.state !== "ok") return end("stale", { stopped: staleData(planned) });
  const held = await deps.warehouse.read((db) => heldRun(db, deps.connectionId));
  if (held !== undefined) return end("held", { runId: held.run_id, held: planned.plan.items.length });
  const { ready, fieldsLeftOut } = await readyPlan(deps, planned);
  if (ready.plan.items.length === 0) return end("nothing", { planned: ready, fieldsLeftOut });
  return { ...end("done"), ...(await applyPlan(deps, ready)), planned: ready, fieldsLeftOut };
}

/** The plan without the fields the CRM can't take: they are stopped, the others go on (W14). */
async function readyPlan(deps: ApplyDeps, planned: Planned) {
  if (deps.outlet.kind === "file" || planned.plan.items.length === 0) return { ready: planned, fieldsLeftOut: [] };
  const readiness = await deps.outlet.writer.readiness(
    deps.settings.fields.map((field) => field.spec),
    deps.signal,
  );
  const missing = readiness.filter((each) => !each.ready);
  if (missing.length === 0) return { ready: planned, fieldsLeftOut: [] };
  const names = new Set(missing.map((each) => each.field.name));
  const fields = deps.settings.fields.filter((field) => !names.has(field.spec.name));
  if (fields.every((field) => field.spec.name === AS_OF)) throw fieldsMissing(deps.connectionId, missing[0]?.remedy ?? null);
  const ready = await makePlan({ ...deps, settings: { ...deps.settings, fields } });
  return { ready, fieldsLeftOut: missing.map((each) => ({ name: each.field.name, remedy: each.remedy })) };
}

function fieldsMissing(connectionId: string, remedy: string | null): AppError {
  return new AppError({
    code: "writeback.fields_missing",
    recovery: "configure",
    message: `Connection ${connectionId} has none of our fields ready: ${remedy ?? "they are missing."} Run: scorekeeper writeback provision --connection ${connectionId}`,
    details: { connectionId },
  });
}

type Applied = Pick<ApplyReport, "state" | "runId" | "sent" | "held" | "stopped" | "file">;

async function applyPlan(deps: ApplyDeps, planned: Planned): Promise<Applied> {
  const { plan, mode } = planned;
  const runId = deps.rng.uuid();
  const isHeld = planned.breaker !== null;
  const now = deps.clock.now();
  const items = isHeld ? [] : mode.mode === "trial" ? plan.items.slice(0, deps.settings.firstApplyRecords) : plan.items;
  const held = plan.items.length - items.length;
  await deps.warehouse.write((tx) => storeRun(tx, { runId, plan, by: deps.by, state: isHeld ? "held" : "applying", now }));
  deps.at?.("stored");
  if (isHeld) return { state: "held", runId, sent: NOTHING_SENT, held, stopped: null, file: null };
  const { report, file } = await send(deps, planned, runId, items);
  return { ...(await finish(deps, { runId, report, items, held, isTrial: mode.mode === "trial" })), file };
}

async function send(
  deps: ApplyDeps,
  planned: Planned,
  runId: string,
  items: readonly PlanItem[],
): Promise<{ readonly report: SendReport; readonly file: string | null }> {
  const { outlet, connectionId } = deps;
  const digests = new Map(planned.desired.map((record) => [recordKey(record), valuesDigest(record)]));
  const common = { ...deps, runId, connectionId, digests, failures: planned.memory.failures };
  if (outlet.kind === "crm") return { report: await sendItems({ ...common, writer: outlet.writer }, items), file: null };
  let file: string | null = null;
  // One file takes everything: it is written whole, then every record of it is confirmed.
  const write: Writer["write"] = async (batch) => {
    file = await outlet.write({ ...planned, plan: { ...planned.plan, items } });
    return batch.map(({ id }) => ({ ok: true, value: { id } }));
  };
  const report = await sendItems({ ...common, writer: { write }, batch: items.length }, items);
  return { report, file };
}

async function finish(
  deps: ApplyDeps,
  run: {
    readonly runId: string;
    readonly report: SendReport;
    readonly items: readonly PlanItem[];
    readonly held: number;
    readonly isTrial: boolean;
  },
): Promise<Omit<Applied, "file">> {
  const { runId, held } = run;
  const { stopped, ...sent } = run.report;
  const now = deps.clock.now();
  const isWhole = sent.ok === run.items.length;
  const ended = isWhole ? "done" : sent.ok > 0 ? "partial" : "failed";
  const error = stopped === null ? null : { code: stopped.code, message: stopped.message };
  await deps.warehouse.write(async (tx) => {
    // What is held keeps its rows; what was to be sent and was not is planned again.
    if (held === 0 || !isWhole) await skipRest(tx, runId, { now, code: error?.code ?? "writeback.not_sent" });
    const state = held > 0 && isWhole ? "held" : ended;
    await endRun(tx, runId, { state, counts: { ...sent, held: state === "held" ? held : 0 }, error, now });
    // A first apply that left nothing over needs no approval.
    if (held === 0 && isWhole && run.isTrial) await setWritebackMode(tx, deps.connectionId, "live", deps.by, now);
  });
  return { state: held > 0 && isWhole ? "held" : ended, runId, sent, held: isWhole ? held : 0, stopped: error };
}

function staleData({ health }: Planned): { readonly code: string; readonly message: string } {
  const why = {
    never: "has not been synced yet",
    failed: "could not be synced last time",
    partial: "was synced in part only",
    stale: `was last synced ${health.asOf ?? "long ago"}`,
    ok: "is in order",
  }[health.state];
  const message = `Connection ${health.connectionId} ${why}; nothing is written from such data. Run: scorekeeper sync --connection ${health.connectionId}`;
  return { code: "writeback.stale_data", message };
}
