import type { RecordType } from "#core/records.ts";
import { upsertRows } from "./bulk.ts";
import { chunksOf } from "./chunks.ts";
import type { WriteTx } from "./warehouse.ts";

/** Which of the ids were merged into another record: loser → winner. */
export async function mergedIds(tx: WriteTx, connectionId: string, type: RecordType, ids: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const any = tx
    .selectFrom("merges")
    .select(["loser_id", "winner_id"])
    .where("connection_id", "=", connectionId)
    .where("record_type", "=", type);
  if (ids.length === 0 || (await any.limit(1).executeTakeFirst()) === undefined) return found;
  for (const chunk of chunksOf(ids)) {
    for (const row of await any.where("loser_id", "in", chunk).execute()) found.set(row.loser_id, row.winner_id);
  }
  return found;
}

/** Which of the ids were deleted before their record arrived, and when we learned it. */
export async function tombstones(
  tx: WriteTx,
  connectionId: string,
  type: RecordType,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const any = tx
    .selectFrom("tombstones")
    .select(["source_id", "seen_at"])
    .where("connection_id", "=", connectionId)
    .where("record_type", "=", type);
  if (ids.length === 0 || (await any.limit(1).executeTakeFirst()) === undefined) return found;
  for (const chunk of chunksOf(ids)) {
    for (const row of await any.where("source_id", "in", chunk).execute()) found.set(row.source_id, row.seen_at);
  }
  return found;
}

/** Remembers deletions of records that have not arrived: streams run side by side, so the news may come first. */
export async function bury(tx: WriteTx, connectionId: string, type: RecordType, ids: readonly string[], now: string): Promise<void> {
  await upsertRows(
    tx,
    { table: "tombstones", key: ["connection_id", "record_type", "source_id"] },
    ids.map((id) => ({ connection_id: connectionId, record_type: type, source_id: id, seen_at: now })),
  );
}

export async function keepMerges(
  tx: WriteTx,
  connectionId: string,
  type: RecordType,
  merges: ReadonlyMap<string, string>,
  now: string,
): Promise<void> {
  await upsertRows(
    tx,
    { table: "merges", key: ["connection_id", "record_type", "loser_id"], keep: ["first_seen_at"] },
    [...merges].map(([loser, winner]) => ({
      connection_id: connectionId,
      record_type: type,
      loser_id: loser,
      winner_id: winner,
      first_seen_at: now,
    })),
  );
}
