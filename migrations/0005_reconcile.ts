import type { Kysely } from "kysely";
import { createTable } from "./columns.ts";

/** The last comparison with each CRM: totals, and the deals that differ with the reason. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createTable(
    db,
    "reconcile_results",
    "connection_id pipeline_id quarter outcome currency crm_count:integer our_count:integer crm_amount_minor:bigint our_amount_minor:bigint compared_at",
    "connection_id pipeline_id quarter outcome currency",
  );
  await createTable(
    db,
    "reconcile_differences",
    "connection_id deal_id reason crm_value? our_value? compared_at",
    "connection_id deal_id reason",
  );
}
