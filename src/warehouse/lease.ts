import { after, type Clock } from "#core/clock.ts";
import { AppError, isAppError } from "#core/errors.ts";
import { type Instant, instantFromMs, msOf } from "#core/time/instant.ts";
import type { Warehouse, WriteTx } from "./warehouse.ts";

/** Who asks for a lease. */
export interface Holder {
  /** Unique to this process, and readable: `host:pid:…`. */
  readonly name: string;
  /** Whether another holder certainly no longer runs, so that its lease need not be waited for after a crash. */
  isGone(holder: string): boolean;
}

export interface LeaseDeps {
  readonly warehouse: Warehouse;
  readonly clock: Clock;
  readonly holder: Holder;
  /** A holder silent this long has lost its lease. */
  readonly ttlMs: number;
}

/** Does `work` alone: one holder per name at a time, over all processes. The warehouse it is given refuses every write once the lease is
 *  lost (its token is checked inside each transaction), and `signal` aborts then. Throws `lease.busy` naming the holder. */
export async function withLease<T>(
  deps: LeaseDeps,
  name: string,
  work: (warehouse: Warehouse, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const token = await deps.warehouse.write((tx) => take(tx, deps, name));
  const lost = new AbortController();
  const beat = heartbeat(deps, name, token, lost);
  try {
    return await work(fenced(deps.warehouse, name, token), lost.signal);
  } finally {
    await beat.stop();
    await deps.warehouse.write((tx) => release(tx, name, token, deps.clock.now()));
  }
}

async function take(tx: WriteTx, deps: LeaseDeps, name: string): Promise<number> {
  const now = deps.clock.now();
  const held = await tx.selectFrom("leases").selectAll().where("name", "=", name).executeTakeFirst();
  if (held !== undefined && held.expires_at > now && !deps.holder.isGone(held.holder)) throw busy(name, held.holder, held.expires_at);
  const token = Number(held?.token ?? 0) + 1;
  const row = { name, holder: deps.holder.name, token, expires_at: expiry(now, deps.ttlMs) };
  // On PostgreSQL two takers may both see it free: the later one's statement waits, sees another token and changes nothing.
  await tx
    .insertInto("leases")
    .values(row)
    .onConflict((conflict) =>
      conflict
        .column("name")
        .doUpdateSet(row)
        .where("leases.token", "=", held?.token ?? -1),
    )
    .execute();
  const kept = await tx.selectFrom("leases").selectAll().where("name", "=", name).executeTakeFirstOrThrow();
  if (kept.holder !== deps.holder.name || Number(kept.token) !== token) throw busy(name, kept.holder, kept.expires_at);
  return token;
}

function expiry(now: Instant, ttlMs: number): Instant {
  return instantFromMs(msOf(now) + ttlMs);
}

function busy(name: string, holder: string, until: string): AppError {
  return new AppError({
    code: "lease.busy",
    recovery: "wait",
    message: `Another process is at work (${holder}, until ${until} unless it goes on). Wait for it, or stop it, and run again.`,
    details: { lease: name, holder, until },
  });
}

/** Puts the expiry off while the work goes on; aborts when somebody else has the lease. */
function heartbeat(deps: LeaseDeps, name: string, token: number, lost: AbortController): { stop(): Promise<void> } {
  let pending: Promise<void> = Promise.resolve();
  let timer = { cancel: (): void => {} };
  let stopped = false;
  const beat = async (): Promise<void> => {
    try {
      await deps.warehouse.write(async (tx) => {
        await assertHeld(tx, name, token);
        await tx
          .updateTable("leases")
          .set({ expires_at: expiry(deps.clock.now(), deps.ttlMs) })
          .where("name", "=", name)
          .execute();
      });
    } catch (error) {
      // A busy database is tried again at the next beat; a lost lease ends the work.
      if (isAppError(error) && error.code === "lease.lost") lost.abort(error);
    }
    schedule();
  };
  const schedule = (): void => {
    if (stopped || lost.signal.aborted) return;
    timer = after(deps.ttlMs / 3, () => {
      pending = beat();
    });
  };
  schedule();
  return {
    stop: async () => {
      stopped = true;
      timer.cancel();
      await pending;
    },
  };
}

/** The same warehouse, whose every write first makes sure that the lease is still held. */
function fenced(warehouse: Warehouse, name: string, token: number): Warehouse {
  return {
    read: (fn) => warehouse.read(fn),
    write: (fn) =>
      warehouse.write(async (tx) => {
        await assertHeld(tx, name, token);
        return fn(tx);
      }),
    close: () => warehouse.close(),
  };
}

async function assertHeld(tx: WriteTx, name: string, token: number): Promise<void> {
  const row = await tx.selectFrom("leases").select("token").where("name", "=", name).executeTakeFirst();
  if (Number(row?.token) === token) return;
  throw new AppError({
    code: "lease.lost",
    recovery: "abort",
    message: "This process was silent so long that another one took over; it stopped without writing more. Run again.",
    details: { lease: name },
  });
}

async function release(tx: WriteTx, name: string, token: number, now: Instant): Promise<void> {
  await tx.updateTable("leases").set({ expires_at: now }).where("name", "=", name).where("token", "=", token).execute();
}
