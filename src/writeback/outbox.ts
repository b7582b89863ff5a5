import { AppError } from "#core/errors.ts";
import type { Instant } from "#core/time/instant.ts";
import type { FieldValue } from "#core/writeback.ts";
import type { Reader, WriteTx } from "#warehouse/warehouse.ts";
import type { Failure, PlanItem, SentValues, WritebackPlan } from "./plan.ts";
import { recordKey } from "./plan.ts";
import { type ChangeState, statesBefore } from "./state.ts";

const ROWS = 500;
/** Refused so often with the same values, a record is left alone until they change (W14). */
const PARK_AFTER = 3;

export interface Memory {
  readonly sent: ReadonlyMap<string, SentValues>;
  readonly failures: ReadonlyMap<string, Failure>;
}

/** What the CRM confirmed, and what it refused. */
export async function loadMemory(db: Reader, connectionId: string): Promise<Memory> {
  const rows = await db.selectFrom("writeback_sent").selectAll().where("connection_id", "=", connectionId).execute();
  const sent = new Map<string, Record<string, FieldValue>>();
  for (const row of rows) {
    const key = recordKey({ target: row.target, id: row.record_id });
    const values = sent.get(key) ?? {};
    values[row.field] = decodeValue(row.value);
    sent.set(key, values);
  }
  const refused = await db.selectFrom("writeback_failures").selectAll().where("connection_id", "=", connectionId).execute();
  const failures = refused.map((row) => {
    const state = row.state === "parked" || row.state === "gone" ? row.state : "due";
    const failure: Failure = { valuesDigest: row.values_digest, times: row.times, state };
    return [recordKey({ target: row.target, id: row.record_id }), failure] as const;
  });
  return { sent, failures: new Map(failures) };
}

/** Stores a plan before anything is called: the run and one row per field (W10). */
export async function storeRun(
  tx: WriteTx,
  run: {
    readonly runId: string;
    readonly plan: WritebackPlan;
    readonly by: string;
    readonly state: "applying" | "held";
    readonly now: Instant;
  },
): Promise<void> {
  const { plan } = run;
  await tx
    .insertInto("writeback_runs")
    .values({
      ...{ run_id: run.runId, connection_id: plan.connectionId, state: run.state, plan_digest: plan.digest, as_of: plan.asOf },
      ...{ made_at: plan.madeAt, made_by: run.by, decided_at: null, decided_by: null, comment: null },
      ...{ started_at: run.state === "applying" ? run.now : null, ended_at: null, counts: JSON.stringify(plan.counts) },
      ...{ error_code: null, error_message: null },
    })
    .execute();
  const rows = plan.items.flatMap((item) =>
    item.changes.map((change) => ({
      ...{ run_id: run.runId, connection_id: plan.connectionId, target: item.target, record_id: item.id, field: change.field },
      ...{ old_value: encodeValue(change.old), new_value: encodeValue(change.new), state: "pending", attempts: 0 },
      ...{ error_code: null, error_message: null, changed_at: run.now },
    })),
  );
  for (let start = 0; start < rows.length; start += ROWS) {
    await tx
      .insertInto("writeback_changes")
      .values(rows.slice(start, start + ROWS))
      .execute();
  }
}

/** Moves every row of these records; throws when one of them is not where the move may start. */
export async function moveItems(
  tx: WriteTx,
  runId: string,
  items: readonly PlanItem[],
  to: ChangeState,
  note: { readonly now: Instant; readonly code?: string; readonly message?: string },
): Promise<void> {
  for (const [target, group] of Map.groupBy(items, (item) => item.target)) {
    for (let start = 0; start < group.length; start += ROWS) {
      const some = group.slice(start, start + ROWS);
      const result = await tx
        .updateTable("writeback_changes")
        .set((row) => ({
          ...{ state: to, changed_at: note.now, error_code: note.code ?? null, error_message: note.message ?? null },
          ...(to === "sending" ? { attempts: row("attempts", "+", 1) } : {}),
        }))
        .where("run_id", "=", runId)
        .where("target", "=", target)
        .where(
          "record_id",
          "in",
          some.map((item) => item.id),
        )
        .where("state", "in", statesBefore(to))
        .executeTakeFirst();
      const expected = some.reduce((sum, item) => sum + item.changes.length, 0);
      if (Number(result.numUpdatedRows) !== expected) throw illegalMove(to, expected, Number(result.numUpdatedRows));
    }
  }
}

function illegalMove(to: ChangeState, expected: number, moved: number): AppError {
  return new AppError({
    code: "writeback.illegal_move",
    recovery: "abort",
    message: `${expected} write-back rows were to become ${to}, but only ${moved} were where that starts. Nothing more is written; report this.`,
    details: { to, expected, moved },
  });
}

/** Whatever is left of a run is not written: it stays due and comes with the next plan. */
export async function skipRest(tx: WriteTx, runId: string, note: { readonly now: Instant; readonly code: string }): Promise<number> {
  const mark = (to: ChangeState, from: readonly ChangeState[]) =>
    tx
      .updateTable("writeback_changes")
      .set({ state: to, changed_at: note.now, error_code: note.code })
      .where("run_id", "=", runId)
      .where("state", "in", from)
      .executeTakeFirst();
  await mark("retry", ["sending"]);
  const result = await mark("skipped", statesBefore("skipped"));
  return Number(result.numUpdatedRows);
}

/** The CRM has confirmed this very record: from now on these values are what it holds (W11). */
export async function confirm(tx: WriteTx, runId: string, connectionId: string, item: PlanItem, now: Instant): Promise<void> {
  await moveItems(tx, runId, [item], "ok", { now });
  for (const change of item.changes) {
    const row = { value: encodeValue(change.new), sent_at: now, run_id: runId };
    await tx
      .insertInto("writeback_sent")
      .values({ connection_id: connectionId, target: item.target, record_id: item.id, field: change.field, ...row })
      .onConflict((conflict) => conflict.columns(["connection_id", "target", "record_id", "field"]).doUpdateSet(row))
      .execute();
  }
  await tx
    .deleteFrom("writeback_failures")
    .where("connection_id", "=", connectionId)
    .where("target", "=", item.target)
    .where("record_id", "=", item.id)
    .execute();
}

/** The CRM refuses this record: it stays due, until it is parked or known to be gone. */
export async function refuse(
  tx: WriteTx,
  run: { readonly runId: string; readonly connectionId: string; readonly now: Instant },
  item: PlanItem,
  refusal: {
    readonly error: AppError;
    readonly valuesDigest: string;
    readonly before: Failure | undefined;
    readonly isGone: boolean;
    readonly counts: boolean;
  },
): Promise<"rejected" | "parked" | "gone"> {
  const { error, before, isGone } = refusal;
  const repeated = before?.valuesDigest === refusal.valuesDigest ? before.times : 0;
  const times = refusal.counts ? repeated + 1 : repeated;
  const state = isGone ? "gone" : times >= PARK_AFTER ? "parked" : "due";
  await moveItems(tx, run.runId, [item], state === "due" ? "rejected" : "parked", {
    now: run.now,
    code: error.code,
    message: error.message,
  });
  const row = {
    ...{ values_digest: refusal.valuesDigest, times, state, error_code: error.code, error_message: error.message, last_at: run.now },
  };
  await tx
    .insertInto("writeback_failures")
    .values({ connection_id: run.connectionId, target: item.target, record_id: item.id, ...row })
    .onConflict((conflict) => conflict.columns(["connection_id", "target", "record_id"]).doUpdateSet(row))
    .execute();
  return state === "due" ? "rejected" : state;
}

export async function endRun(
  tx: WriteTx,
  runId: string,
  end: {
    readonly state: "done" | "partial" | "failed" | "held";
    readonly counts: Readonly<Record<string, number>>;
    readonly error: { readonly code: string; readonly message: string } | null;
    readonly now: Instant;
  },
): Promise<void> {
  await tx
    .updateTable("writeback_runs")
    .set({
      ...{ state: end.state, counts: JSON.stringify(end.counts), ended_at: end.state === "held" ? null : end.now },
      ...{ error_code: end.error?.code ?? null, error_message: end.error?.message ?? null },
    })
    .where("run_id", "=", runId)
    .execute();
}

/** Runs without an end, found by the only writer: their process died. What they had not confirmed is planned again (W16). */
export async function closeCrashed(tx: WriteTx, connectionId: string, now: Instant): Promise<number> {
  const open = await tx
    .selectFrom("writeback_runs")
    .select("run_id")
    .where("connection_id", "=", connectionId)
    .where("state", "=", "applying")
    .execute();
  for (const { run_id } of open) {
    await skipRest(tx, run_id, { now, code: "writeback.crashed" });
    await tx
      .updateTable("writeback_runs")
      .set({ state: "crashed", ended_at: now, error_code: "writeback.crashed" })
      .where("run_id", "=", run_id)
      .execute();
  }
  return open.length;
}

export function encodeValue(value: FieldValue): string | null {
  return value === null ? null : JSON.stringify(value);
}

export function decodeValue(text: string | null): FieldValue {
  const value: unknown = text === null ? null : JSON.parse(text);
  return typeof value === "string" || typeof value === "number" ? value : null;
}
