import type { ReadDb } from "../warehouse.ts";

const IDS_PER_QUERY = 800;

/** Names of accounts by `connection:id`. */
export async function accountNames(
  db: ReadDb,
  wanted: readonly { readonly connectionId: string; readonly id: string }[],
): Promise<ReadonlyMap<string, string | null>> {
  const names = new Map<string, string | null>();
  for (const [connectionId, group] of Map.groupBy(wanted, (account) => account.connectionId)) {
    const ids = [...new Set(group.map((account) => account.id))];
    for (let at = 0; at < ids.length; at += IDS_PER_QUERY) {
      const rows = await db
        .selectFrom("accounts")
        .select(["source_id", "name"])
        .where("connection_id", "=", connectionId)
        .where("source_id", "in", ids.slice(at, at + IDS_PER_QUERY))
        .execute();
      for (const row of rows) names.set(`${connectionId}:${row.source_id}`, row.name);
    }
  }
  return names;
}

/** Whether anything of the deals was seen to change after the moment: if not, today's rows are their state as of then. */
export async function seenAfter(db: ReadDb, moment: string): Promise<boolean> {
  const later = await db.selectFrom("deals").select("source_id").where("changed_seen_at", ">", moment).limit(1).executeTakeFirst();
  return later !== undefined;
}
