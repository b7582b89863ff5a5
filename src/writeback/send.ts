import type { Clock } from "#core/clock.ts";
import type { Writer } from "#core/connector.ts";
import { type AppError, isAppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import type { Result } from "#core/result.ts";
import type { Rng } from "#core/rng.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { confirm, moveItems, refuse } from "./outbox.ts";
import { type Failure, type PlanItem, recordKey, writeItem } from "./plan.ts";

/** Moments between which a process may die; named in tests. */
export type ApplyPoint = "stored" | "sending" | "answered" | "recorded";

export interface SendDeps {
  readonly warehouse: Warehouse;
  readonly writer: Pick<Writer, "write">;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly runId: string;
  readonly connectionId: string;
  /** Most records in one call. */
  readonly batch: number;
  readonly failures: ReadonlyMap<string, Failure>;
  /** By `recordKey`: digest of the values a refusal would be about. */
  readonly digests: ReadonlyMap<string, string>;
  readonly at?: (point: ApplyPoint) => void;
}

/** What became of the records of a run. */
export interface SendReport {
  readonly calls: number;
  readonly ok: number;
  readonly rejected: number;
  readonly parked: number;
  readonly gone: number;
  /** Why sending ended before the last record. */
  readonly stopped: AppError | null;
}

/** Tries for what the CRM is only too busy for. */
const TRIES = 3;
/** So many refusals in a row without one success say that it is not the records. */
const HOPELESS = 60;

interface Work {
  readonly items: readonly PlanItem[];
  readonly tries: number;
}

interface Tally {
  calls: number;
  ok: number;
  rejected: number;
  parked: number;
  gone: number;
}

/** Where a run stands: what is left, and how large a call may be now. */
interface Session {
  readonly tally: Tally;
  readonly queue: Work[];
  size: number;
}

/** Writes the records of a stored run in batches and notes each one's result before the next call (W10–W14). */
export async function sendItems(deps: SendDeps, items: readonly PlanItem[]): Promise<SendReport> {
  const tally: Tally = { calls: 0, ok: 0, rejected: 0, parked: 0, gone: 0 };
  const session: Session = { tally, queue: items.length === 0 ? [] : [{ items, tries: 0 }], size: deps.batch };
  for (let work = session.queue.shift(); work !== undefined && !deps.signal.aborted; work = session.queue.shift()) {
    const stopped = await sendBatch(deps, session, work);
    if (stopped !== null) return { ...tally, stopped };
  }
  return { ...tally, stopped: null };
}

/** One call. Gives back why sending has to stop, or null. */
async function sendBatch(deps: SendDeps, session: Session, work: Work): Promise<AppError | null> {
  const { tally, queue, size } = session;
  const batch = work.items.slice(0, size);
  if (work.items.length > size) queue.unshift({ ...work, items: work.items.slice(size) });
  const answer = await attempt(deps, batch);
  tally.calls += 1;
  if (answer.ok) {
    const again = await recordResults(deps, batch, answer.value, tally, work.tries + 1 < TRIES);
    session.size = again.length > 0 ? shrunk(size) : Math.min(deps.batch, size + Math.ceil(deps.batch / 10));
    if (again.length > 0) {
      queue.push({ items: again, tries: work.tries + 1 });
      await backOff(deps, work.tries);
    }
  } else {
    const next = await wholeFailure(deps, { items: batch, tries: work.tries }, answer.error, tally);
    if (next === null) return answer.error;
    if (answer.error.recovery === "retry") session.size = shrunk(size);
    queue.unshift(...next);
  }
  return tally.ok === 0 && tally.rejected + tally.parked >= HOPELESS ? lastError(answer) : null;
}

/** Locks and limits shrink the calls of the rest of the run; calm lets them grow again slowly (W13). */
function shrunk(size: number): number {
  return Math.max(1, size >> 1);
}

function lastError(answer: Awaited<ReturnType<typeof attempt>>): AppError | null {
  if (!answer.ok) return answer.error;
  const failed = answer.value.find((result) => !result.ok);
  return failed === undefined || failed.ok ? null : failed.error;
}

async function attempt(deps: SendDeps, batch: readonly PlanItem[]): Promise<Result<Awaited<ReturnType<Writer["write"]>>, AppError>> {
  await deps.warehouse.write((tx) => moveItems(tx, deps.runId, batch, "sending", { now: deps.clock.now() }));
  deps.at?.("sending");
  try {
    const value = await deps.writer.write(batch.map(writeItem), deps.signal);
    deps.at?.("answered");
    return { ok: true, value };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { ok: false, error };
  }
}

/** Reads the answer record by record (W12); gives back those to be tried again. */
async function recordResults(
  deps: SendDeps,
  batch: readonly PlanItem[],
  results: Awaited<ReturnType<Writer["write"]>>,
  tally: Tally,
  mayRetry: boolean,
): Promise<readonly PlanItem[]> {
  const { runId, connectionId } = deps;
  const now = deps.clock.now();
  const again: PlanItem[] = [];
  const counted: Tally = { calls: 0, ok: 0, rejected: 0, parked: 0, gone: 0 };
  await deps.warehouse.write(async (tx) => {
    for (const [index, item] of batch.entries()) {
      const result = results[index];
      if (result?.ok === true) {
        await confirm(tx, runId, connectionId, item, now);
        counted.ok += 1;
      } else if (result === undefined || (result.error.recovery === "retry" && mayRetry)) {
        // An answer that says nothing about a record confirms nothing.
        await moveItems(tx, runId, [item], "retry", { now });
        again.push(item);
      } else {
        counted[await refuse(tx, { runId, connectionId, now }, item, refusalOf(deps, item, result.error))] += 1;
      }
    }
  });
  deps.at?.("recorded");
  for (const key of ["ok", "rejected", "parked", "gone"] as const) tally[key] += counted[key];
  return again;
}

function refusalOf(deps: SendDeps, item: PlanItem, error: AppError) {
  const key = recordKey(item);
  return {
    ...{ error, valuesDigest: deps.digests.get(key) ?? "", before: deps.failures.get(key) },
    isGone: error.code.endsWith(".record_gone"),
    // Busy and "later" say nothing about the values.
    counts: error.recovery !== "retry" && error.recovery !== "wait",
  };
}

/** A call that failed as a whole: what to try next, or null to stop. */
async function wholeFailure(deps: SendDeps, work: Work, error: AppError, tally: Tally): Promise<readonly Work[] | null> {
  const { items, tries } = work;
  deps.log.warn({ code: error.code, records: items.length }, "write-back call failed");
  const single = items.length === 1 ? items[0] : undefined;
  if (error.recovery === "skip" && single !== undefined) {
    await recordResults(deps, items, [{ ok: false, error }], tally, false);
    return [];
  }
  await deps.warehouse.write((tx) => moveItems(tx, deps.runId, items, "retry", { now: deps.clock.now(), code: error.code }));
  if (error.recovery === "skip") {
    // The culprit is not named: halves, down to single records (W13).
    const middle = items.length >> 1;
    return [
      { items: items.slice(0, middle), tries },
      { items: items.slice(middle), tries },
    ];
  }
  if (error.recovery !== "retry" || tries + 1 >= TRIES) return null;
  await backOff(deps, tries, error.retryAfterMs);
  return [{ items, tries: tries + 1 }];
}

async function backOff(deps: SendDeps, tries: number, asked?: number): Promise<void> {
  await deps.clock.sleep(asked ?? 1000 * 2 ** tries * (0.5 + deps.rng.next()), deps.signal);
}
