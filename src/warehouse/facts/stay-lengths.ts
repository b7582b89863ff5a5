import type { ReadDb } from "../warehouse.ts";

/** How often a settled stay of a deal that was won lasted so many days. */
export interface StayLength {
  readonly connection_id: string;
  readonly pipeline_id: string;
  readonly stage_id: string;
  readonly days: number;
  readonly times: number | string;
}

/** Settled stays that ended in `(after, upTo]`, of deals won until then. */
export async function wonStayLengths(db: ReadDb, after: string, upTo: string): Promise<readonly StayLength[]> {
  return db
    .selectFrom("deal_stage_history as stay")
    .innerJoin("deals as deal", (join) =>
      join.onRef("deal.connection_id", "=", "stay.connection_id").onRef("deal.source_id", "=", "stay.deal_id"),
    )
    .where("deal.outcome", "=", "won")
    .where("deal.deleted_seen_at", "is", null)
    .where("deal.merged_into", "is", null)
    .where((e) => e.or([e("deal.close_day", "is", null), e("deal.close_day", "<=", upTo)]))
    .where("stay.left_day", ">", after)
    .where("stay.left_day", "<=", upTo)
    .where("stay.days", "is not", null)
    .groupBy(["stay.connection_id", "stay.pipeline_id", "stay.stage_id", "stay.days"])
    .select(["stay.connection_id", "stay.pipeline_id", "stay.stage_id"])
    .select((e) => [e.ref("stay.days").$notNull().as("days"), e.fn.countAll<number | string>().as("times")])
    .execute();
}
