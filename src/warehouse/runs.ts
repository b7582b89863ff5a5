import type { Clock } from "#core/clock.ts";
import { AppError, isAppError } from "#core/errors.ts";
import type { JsonObject } from "#core/json.ts";
import type { Rng } from "#core/rng.ts";
import type { RunsTable } from "./schema/operations.ts";
import type { ReadDb, Warehouse, WriteTx } from "./warehouse.ts";

/** How a run can stand; `running` without a living process becomes `crashed`. */
export const RUN_STATES = ["running", "ok", "partial", "failed", "held", "crashed"] as const;
export type RunState = (typeof RUN_STATES)[number];

export interface RunDeps {
  readonly warehouse: Warehouse;
  readonly clock: Clock;
  readonly rng: Rng;
}

/** What a run came to. */
export interface RunResult<T> {
  readonly state: "ok" | "partial" | "held" | "failed";
  /** Rows read, changed, rejected and so on: numbers and ids only. */
  readonly counts: JsonObject;
  /** Why it is not `ok`. */
  readonly error?: AppError | null;
  readonly value: T;
}

/** Does `work` with a row in `runs`: `running` before, its end after, also when it throws (which it still does). */
export async function withRun<T>(
  deps: RunDeps,
  run: { readonly kind: string; readonly connectionId?: string | null },
  work: (runId: string) => Promise<RunResult<T>>,
): Promise<T> {
  const runId = deps.rng.uuid();
  await deps.warehouse.write((tx) =>
    startRun(tx, { runId, kind: run.kind, connectionId: run.connectionId ?? null, now: deps.clock.now() }),
  );
  try {
    const { state, counts, error = null, value } = await work(runId);
    await deps.warehouse.write((tx) => endRun(tx, runId, { state, counts, error, now: deps.clock.now() }));
    return value;
  } catch (error) {
    const known = isAppError(error) ? error : unexpected(error);
    const end = { state: "failed", counts: {}, error: known, now: deps.clock.now() } as const;
    // If not even this can be written, the first error still says why; the row is marked as crashed by the next run.
    await deps.warehouse.write((tx) => endRun(tx, runId, end)).catch(() => undefined);
    throw error;
  }
}

function unexpected(cause: unknown): AppError {
  return new AppError({ code: "unexpected", recovery: "abort", message: cause instanceof Error ? cause.message : String(cause), cause });
}

async function startRun(
  tx: WriteTx,
  run: { readonly runId: string; readonly kind: string; readonly connectionId: string | null; readonly now: string },
): Promise<void> {
  await tx
    .insertInto("runs")
    .values({
      ...{ run_id: run.runId, kind: run.kind, connection_id: run.connectionId, started_at: run.now, ended_at: null },
      ...{ state: "running", counts: "{}", error_code: null, error_message: null },
    })
    .execute();
}

async function endRun(
  tx: WriteTx,
  runId: string,
  end: { readonly state: RunState; readonly counts: JsonObject; readonly error: AppError | null; readonly now: string },
): Promise<void> {
  await tx
    .updateTable("runs")
    .set({
      ...{ state: end.state, counts: JSON.stringify(end.counts), ended_at: end.now },
      ...{ error_code: end.error?.code ?? null, error_message: end.error?.message ?? null },
    })
    .where("run_id", "=", runId)
    .execute();
}

/** Marks runs that were under way when their process died. Call it only while holding the lease they ran under. */
export async function markCrashed(tx: WriteTx, now: string): Promise<number> {
  const result = await tx.updateTable("runs").set({ state: "crashed", ended_at: now }).where("state", "=", "running").executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** The newest runs first. */
export async function listRuns(
  db: ReadDb,
  options: { readonly limit: number; readonly kind?: string | undefined; readonly connectionId?: string | undefined },
): Promise<readonly RunsTable[]> {
  let query = db.selectFrom("runs").selectAll();
  if (options.kind !== undefined) query = query.where("kind", "=", options.kind);
  if (options.connectionId !== undefined) query = query.where("connection_id", "=", options.connectionId);
  return query.orderBy("started_at", "desc").orderBy("run_id").limit(options.limit).execute();
}

/** One run by its id or the beginning of it; undefined when none or several fit. */
export async function findRun(db: ReadDb, idOrPrefix: string): Promise<RunsTable | undefined> {
  const upper = `${idOrPrefix}\u{10ffff}`;
  const rows = await db.selectFrom("runs").selectAll().where("run_id", ">=", idOrPrefix).where("run_id", "<", upper).limit(2).execute();
  return rows.length === 1 ? rows[0] : undefined;
}
