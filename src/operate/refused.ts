import type { RejectedRecordsTable } from "#warehouse/schema/operations.ts";
import type { ReadDb, WriteTx } from "#warehouse/warehouse.ts";

export const REFUSED_STATES = ["open", "parked", "resolved"] as const;
export type RefusedState = (typeof REFUSED_STATES)[number];

export interface RefusedFilter {
  readonly connectionId?: string | undefined;
  readonly stream?: string | undefined;
  readonly state?: RefusedState | undefined;
}

/** Records that were refused, last seen first; the payload is left out. */
export async function listRefused(
  db: ReadDb,
  filter: RefusedFilter,
  limit: number,
): Promise<{ readonly rows: readonly Omit<RejectedRecordsTable, "payload">[]; readonly total: number }> {
  let query = db.selectFrom("rejected_records").where("state", "=", filter.state ?? "open");
  if (filter.connectionId !== undefined) query = query.where("connection_id", "=", filter.connectionId);
  if (filter.stream !== undefined) query = query.where("stream", "=", filter.stream);
  const counted = await query.select((row) => row.fn.countAll().as("n")).executeTakeFirstOrThrow();
  const rows = await query
    .select(["connection_id", "stream", "record_type", "ref", "code", "reason", "first_seen_at", "last_seen_at", "times", "state"])
    .orderBy("last_seen_at", "desc")
    .orderBy("connection_id")
    .orderBy("stream")
    .orderBy("record_type")
    .orderBy("ref")
    .limit(limit)
    .execute();
  return { rows, total: Number(counted.n) };
}

/** Puts one refused record aside: it is no longer counted or shown as open. Returns how many rows that were. */
export async function parkRefused(tx: WriteTx, connectionId: string, ref: string): Promise<number> {
  const result = await tx
    .updateTable("rejected_records")
    .set({ state: "parked" })
    .where("connection_id", "=", connectionId)
    .where("ref", "=", ref)
    .where("state", "=", "open")
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Makes the next sync read again, from the beginning, every stream that has open refused records (parked ones count again).
 *  What is unchanged costs a look-up and no write. Returns the streams, as connection:stream. */
export async function retryRefused(tx: WriteTx, filter: Omit<RefusedFilter, "state">): Promise<readonly string[]> {
  let query = tx.selectFrom("rejected_records").select(["connection_id", "stream"]).distinct().where("state", "in", ["open", "parked"]);
  if (filter.connectionId !== undefined) query = query.where("connection_id", "=", filter.connectionId);
  if (filter.stream !== undefined) query = query.where("stream", "=", filter.stream);
  const streams = await query.orderBy("connection_id").orderBy("stream").execute();
  for (const { connection_id, stream } of streams) {
    await tx.deleteFrom("sync_cursors").where("connection_id", "=", connection_id).where("stream", "=", stream).execute();
    await tx
      .updateTable("rejected_records")
      .set({ state: "open" })
      .where("connection_id", "=", connection_id)
      .where("stream", "=", stream)
      .where("state", "=", "parked")
      .execute();
  }
  return streams.map(({ connection_id, stream }) => `${connection_id}:${stream}`);
}
