import { num } from "../num.ts";
import type { ReadDb } from "../warehouse.ts";
import type { DealKey } from "./deals.ts";

/** Days `[start, end)` as ISO text. */
export interface DayRange {
  readonly start: string;
  readonly end: string;
}

/** Which deals of today's state a reading needs; a deal that matches any of them is read. */
export interface DealFilter {
  readonly open: boolean;
  readonly closed: readonly DayRange[];
  readonly created: readonly DayRange[];
  /** A stay that began or ended in these days. */
  readonly stayed: readonly DayRange[];
}

/** Above this share of all deals, reading all of them in order is faster than looking them up. */
const WORTH_LOOKING_UP = 0.3;

/** Keys of the deals that match, in order; undefined: so many that all should be read. */
export async function dealKeys(db: ReadDb, filter: DealFilter): Promise<readonly DealKey[] | undefined> {
  const { all } = await db
    .selectFrom("deals")
    .select((e) => e.fn.countAll<number | string>().as("all"))
    .executeTakeFirstOrThrow();
  const limit = Math.max(num(all) * WORTH_LOOKING_UP, 1_000);
  const keys = new Map<string, DealKey>();
  for (const select of selections(db, filter, Math.ceil(limit) + 1)) {
    for (const row of await select())
      keys.set(`${row.connection_id}\u001f${row.deal_id}`, { connectionId: row.connection_id, dealId: row.deal_id });
    if (keys.size > limit) return undefined;
  }
  return [...keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
}

function selections(
  db: ReadDb,
  filter: DealFilter,
  limit: number,
): readonly (() => Promise<readonly { connection_id: string; deal_id: string }[]>)[] {
  const deals = db.selectFrom("deals").select(["connection_id", "source_id as deal_id"]).limit(limit);
  const closed = deals.where("outcome", "in", CLOSED);
  const stays = db.selectFrom("deal_stage_history").select(["connection_id", "deal_id"]).distinct().limit(limit);
  return [
    ...(filter.open ? [() => deals.where("outcome", "=", "open").execute()] : []),
    ...(filter.closed.length > 0 ? [() => closed.where("close_day", "is", null).execute()] : []),
    ...filter.closed.map(
      ({ start, end }) =>
        () =>
          closed.where("close_day", ">=", start).where("close_day", "<", end).execute(),
    ),
    ...filter.created.map(
      ({ start, end }) =>
        () =>
          deals.where("created_day", ">=", start).where("created_day", "<", end).execute(),
    ),
    ...filter.stayed.map(
      ({ start, end }) =>
        () =>
          stays.where("left_day", ">=", start).where("left_day", "<", end).execute(),
    ),
    ...filter.stayed.map(
      ({ start, end }) =>
        () =>
          stays.where("entered_day", ">=", start).where("entered_day", "<", end).execute(),
    ),
  ];
}

const CLOSED = ["won", "lost", "disqualified"] as const;
