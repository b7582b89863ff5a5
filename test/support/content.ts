import type { Db } from "#warehouse/schema/db.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";

/** What pages of a CRM come to: two ways to the same end must leave the same in all of these. */
const TABLES = [
  ...["deals", "deal_stage_entries", "deal_stage_history", "deal_changes", "deal_items", "deal_contacts", "products", "pipelines"],
  ...["stages", "stage_versions", "crm_users", "teams", "crm_memberships", "accounts", "contacts", "leads", "lifecycle_history"],
  ...["activities", "activity_links", "targets", "exchange_rates", "automations", "merges", "tombstones", "superseded_records"],
  ...["sync_cursors", "rejected_records", "dirty_scopes"],
] as readonly (keyof Db)[];

/** When we processed something is no part of what the database says. */
const PROCESSING = new Set(["updated_at", "marked_at", "times", "pass_started_at"]);

export type Content = Readonly<Record<string, readonly unknown[]>>;

/** The warehouse as data, rows in an order of their own. `ignore` names columns (such as seen stamps) that may differ, or tables. */
export async function contentOf(warehouse: Warehouse, ignore: readonly string[] = []): Promise<Content> {
  return warehouse.read(async (db) => {
    const content: Record<string, unknown[]> = {};
    for (const table of TABLES.filter((name) => !ignore.includes(name))) {
      const rows = await db.selectFrom(table).selectAll().execute();
      const kept = rows.map((row) => Object.entries(row).filter(([column]) => !PROCESSING.has(column) && !ignore.includes(column)));
      if (kept.length > 0) content[table] = kept.map((entries) => JSON.stringify(Object.fromEntries(entries.sort()))).sort();
    }
    return content;
  });
}
