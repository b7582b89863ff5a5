import type { Kysely } from "kysely";
import { createTable } from "./columns.ts";

const TABLES: readonly (readonly [string, string, string])[] = [
  ["metric_cells", "fact_set block cell tallies", "fact_set block cell"],
  ["metric_cell_keys", "cell person_id? manager_id? team? region? territory? pipeline? stage? connection_id", "cell"],
  ["metric_versions", "metric version:integer measured_at", "metric"],
  [
    "metric_values",
    "metric scope_kind scope_id grain period_start period_end as_of version:integer value:real? numerator:real? denominator:real? n:integer interval_low:real? interval_high:real? unit parts? flags measured_at",
    "metric scope_kind scope_id grain period_start",
  ],
];

const INDEXES: readonly (readonly [string, string, string[]])[] = [
  ["deals_created", "deals", ["created_day"]],
  ["deal_stage_history_left", "deal_stage_history", ["left_day"]],
  ["deal_stage_history_entered", "deal_stage_history", ["entered_day"]],
];

/** Results: partial sums by small cell, finished values, and what refilling one month of them looks up. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [name, columns, primaryKey] of TABLES) await createTable(db, name, columns, primaryKey);
  for (const [name, table, columns] of INDEXES) await db.schema.createIndex(name).on(table).columns(columns).execute();
}
