import type { Clock } from "#core/clock.ts";
import type { Budget } from "#core/connector.ts";
import { AppError } from "#core/errors.ts";
import { addDays, type Day } from "#core/time/day.ts";
import { type Instant, msOf } from "#core/time/instant.ts";
import { zone } from "#core/time/zone.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";

export interface BudgetDeps {
  readonly warehouse: Warehouse;
  readonly connectionId: string;
  readonly clock: Clock;
  /** Share of the daily limit this connection may use, 0 to 1. */
  readonly dailyShare: number;
  /** Zone in which the CRM's day begins. */
  readonly timeZone: string;
}

/** Calls are booked in the warehouse this many at a time: after a crash at most so many are counted that were not made. */
const BOOKED_AT_ONCE = 10;

/** The daily share of a connection, counted in `api_usage` over all processes and runs of the day. Without a limit known from the CRM
 *  it only counts. */
export function dailyBudget(deps: BudgetDeps): Budget {
  const local = zone(deps.timeZone);
  let booked = { day: "", left: 0 };
  let seen: { readonly used: number; readonly limit: number } | null = null;
  let waiting: Promise<void> = Promise.resolve();
  const book = async (calls: number): Promise<void> => {
    const now = deps.clock.now();
    const day = local.dayOf(now);
    if (booked.day === day && booked.left >= calls) {
      booked.left -= calls;
      return;
    }
    const ahead = Math.max(calls, BOOKED_AT_ONCE);
    await deps.warehouse.write((tx) =>
      bookCalls(tx, { ...deps, day, calls: ahead, seen, now, nextDayMs: msOf(local.startOf(addDays(day, 1))) }),
    );
    booked = { day, left: ahead - calls };
  };
  return {
    // One after another, or two callers would book twice for what one booking covers.
    spend: (calls) => {
      const turn = waiting.then(() => book(calls));
      waiting = turn.catch(() => undefined);
      return turn;
    },
    observe: (usage) => {
      seen = usage;
    },
  };
}

interface Booking {
  readonly connectionId: string;
  readonly dailyShare: number;
  readonly day: Day;
  readonly calls: number;
  readonly seen: { readonly used: number; readonly limit: number } | null;
  readonly now: Instant;
  readonly nextDayMs: number;
}

async function bookCalls(tx: Parameters<Parameters<Warehouse["write"]>[0]>[0], booking: Booking): Promise<void> {
  const { connectionId, day } = booking;
  const row = await tx
    .selectFrom("api_usage")
    .selectAll()
    .where("connection_id", "=", connectionId)
    .where("day", "=", day)
    .executeTakeFirst();
  const limit = booking.seen?.limit ?? row?.reported_limit ?? null;
  const calls = (row?.calls ?? 0) + booking.calls;
  if (limit !== null && calls > limit * booking.dailyShare) throw usedUp(booking, row?.calls ?? 0, limit);
  const usage = { calls, reported_used: booking.seen?.used ?? row?.reported_used ?? null, reported_limit: limit, updated_at: booking.now };
  await tx
    .insertInto("api_usage")
    .values({ connection_id: connectionId, day, ...usage })
    .onConflict((conflict) => conflict.columns(["connection_id", "day"]).doUpdateSet(usage))
    .execute();
}

function usedUp(booking: Booking, calls: number, limit: number): AppError {
  return new AppError({
    code: "sync.daily_share",
    recovery: "wait",
    message: `Connection '${booking.connectionId}' has used ${calls} of the ${Math.floor(limit * booking.dailyShare)} calls it may make a day. It goes on tomorrow; 'budget.dailyShare' sets the share.`,
    retryAfterMs: booking.nextDayMs - msOf(booking.now),
    details: { connection: booking.connectionId, calls, limit },
  });
}
