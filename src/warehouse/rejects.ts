import type { Reject } from "#core/connector.ts";
import type { RecordType } from "#core/records.ts";
import { cleanText } from "#core/text.ts";
import type { Instant } from "#core/time/instant.ts";
import { upsertRows } from "./bulk.ts";
import { chunksOf } from "./chunks.ts";
import type { RejectedRecordsTable } from "./schema/operations.ts";
import type { Reader, WriteTx } from "./warehouse.ts";

export type RejectState = "open" | "parked" | "resolved";

/** Puts records into quarantine (law 9). One that is there already counts once more; a parked one stays parked. */
export async function keepRejects(
  tx: WriteTx,
  connectionId: string,
  stream: string,
  rejects: readonly Reject[],
  now: Instant,
): Promise<void> {
  const unique = new Map(rejects.map((reject) => [`${reject.ref}\n${reject.code}`, reject]));
  for (const chunk of chunksOf([...unique.values()])) {
    const known = await tx
      .selectFrom("rejected_records")
      .selectAll()
      .where("connection_id", "=", connectionId)
      .where("stream", "=", stream)
      .where(
        "ref",
        "in",
        chunk.map((reject) => cleanText(reject.ref)),
      )
      .execute();
    const before = new Map(known.map((row) => [`${row.ref}\n${row.code}`, row]));
    const rows = chunk.map((reject) => {
      const ref = cleanText(reject.ref);
      const old = before.get(`${ref}\n${reject.code}`);
      return {
        connection_id: connectionId,
        stream,
        record_type: reject.type,
        ref,
        code: reject.code,
        reason: cleanText(reject.reason),
        payload: JSON.stringify(reject.payload),
        first_seen_at: old?.first_seen_at ?? now,
        last_seen_at: now,
        times: (old?.times ?? 0) + 1,
        state: old?.state === "parked" ? "parked" : "open",
      };
    });
    await upsertRows(tx, { table: "rejected_records", key: ["connection_id", "stream", "ref", "code"] }, rows);
  }
}

/** Records of the stream that went through now leave quarantine. */
export async function resolveRejects(
  tx: WriteTx,
  connectionId: string,
  stream: string,
  stored: ReadonlyMap<RecordType, ReadonlySet<string>>,
): Promise<void> {
  const waiting = await tx
    .selectFrom("rejected_records")
    .select("record_type")
    .distinct()
    .where("state", "in", ["open", "parked"])
    .where("connection_id", "=", connectionId)
    .where("stream", "=", stream)
    .execute();
  for (const [type, ids] of stored) {
    if (!waiting.some((row) => row.record_type === type)) continue;
    for (const chunk of chunksOf([...ids])) {
      await tx
        .updateTable("rejected_records")
        .set({ state: "resolved" })
        .where("connection_id", "=", connectionId)
        .where("stream", "=", stream)
        .where("record_type", "=", type)
        .where("ref", "in", chunk)
        .execute();
    }
  }
}

/** A whole reading of a stream has ended: what it did not reject again is gone or was corrected. */
export async function resolveUnseen(tx: WriteTx, connectionId: string, stream: string, since: Instant): Promise<void> {
  await tx
    .updateTable("rejected_records")
    .set({ state: "resolved" })
    .where("connection_id", "=", connectionId)
    .where("stream", "=", stream)
    .where("state", "!=", "resolved")
    .where("last_seen_at", "<", since)
    .execute();
}

export type RejectKey = Pick<RejectedRecordsTable, "connection_id" | "stream" | "ref" | "code">;

/** Parks a record (it no longer makes runs partial), or opens it again. Returns whether there is such a record. */
export async function setState(tx: WriteTx, key: RejectKey, state: RejectState): Promise<boolean> {
  const result = await tx
    .updateTable("rejected_records")
    .set({ state })
    .where("connection_id", "=", key.connection_id)
    .where("stream", "=", key.stream)
    .where("ref", "=", key.ref)
    .where("code", "=", key.code)
    .executeTakeFirst();
  return Number(result.numUpdatedRows) > 0;
}

/** Quarantine, newest first. */
export async function listRejects(
  db: Reader,
  filter: { readonly connectionId?: string | undefined; readonly states: readonly RejectState[]; readonly limit: number },
): Promise<readonly RejectedRecordsTable[]> {
  let query = db.selectFrom("rejected_records").selectAll().where("state", "in", filter.states);
  if (filter.connectionId !== undefined) query = query.where("connection_id", "=", filter.connectionId);
  return query
    .orderBy("last_seen_at", "desc")
    .orderBy("connection_id")
    .orderBy("stream")
    .orderBy("ref")
    .orderBy("code")
    .limit(filter.limit)
    .execute();
}
