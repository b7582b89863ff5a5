import type { Checkpoint } from "#core/connector.ts";
import { type Instant, storedInstant } from "#core/time/instant.ts";
import type { ReadDb, WriteTx } from "./warehouse.ts";

/** Where a stream stands; null before its first page. */
export async function loadCheckpoint(db: ReadDb, connectionId: string, stream: string): Promise<Checkpoint | null> {
  const row = await db
    .selectFrom("sync_cursors")
    .select("checkpoint")
    .where("connection_id", "=", connectionId)
    .where("stream", "=", stream)
    .executeTakeFirst();
  return row === undefined ? null : JSON.parse(row.checkpoint);
}

/** Moves a stream on, in the transaction that stores the page it covers (law 1). */
export async function saveCheckpoint(
  tx: WriteTx,
  connectionId: string,
  stream: string,
  checkpoint: Checkpoint,
  now: Instant,
): Promise<void> {
  const moved = { checkpoint: JSON.stringify(checkpoint), updated_at: now };
  await tx
    .insertInto("sync_cursors")
    .values({ connection_id: connectionId, stream, ...moved, pass_started_at: now })
    .onConflict((conflict) =>
      conflict.columns(["connection_id", "stream"]).doUpdateSet((e) => ({
        ...moved,
        // A reading that was killed goes on: it began when its first page was stored.
        pass_started_at: e.fn.coalesce("sync_cursors.pass_started_at", e.val(now)),
      })),
    )
    .execute();
}

/** The reading came to its end. Returns when it began; null when it stored no page. */
export async function endPass(tx: WriteTx, connectionId: string, stream: string): Promise<Instant | null> {
  const row = await tx
    .selectFrom("sync_cursors")
    .select("pass_started_at")
    .where("connection_id", "=", connectionId)
    .where("stream", "=", stream)
    .executeTakeFirst();
  if (row?.pass_started_at === null || row === undefined) return null;
  await tx
    .updateTable("sync_cursors")
    .set({ pass_started_at: null })
    .where("connection_id", "=", connectionId)
    .where("stream", "=", stream)
    .execute();
  return storedInstant(row.pass_started_at);
}
