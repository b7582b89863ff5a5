import type { Kysely } from "kysely";
import { CRM_ROW, createTable } from "./columns.ts";

/** Table, columns, primary key. */
const TABLES: readonly (readonly [string, string, string])[] = [
  [
    "deals",
    `${CRM_ROW} name? owner_id? account_id? product_id? pipeline_id stage_id crm_outcome? outcome amount_raw? currency amount_minor:bigint? created_at? created_day? closed_at? close_day? forecast_category? probability:real? next_step? source? segment? territory_id? loss_reason? dimensions stage_entered_at? stage_closed_at? reopen_count:integer born_closed:integer merged_into?`,
    "connection_id source_id",
  ],
  [
    "deal_stage_entries",
    "connection_id source_id deal_id pipeline_id stage_id entered_at sequence:integer actor_id? basis first_seen_at deleted_seen_at?",
    "connection_id source_id",
  ],
  [
    "deal_stage_history",
    "connection_id deal_id ordinal:integer pipeline_id stage_id entered_at entered_day left_at? left_day? direction basis days:integer?",
    "connection_id deal_id ordinal",
  ],
  [
    "deal_changes",
    "connection_id source_id deal_id field changed_at sequence:integer value? actor_id? basis first_seen_at deleted_seen_at?",
    "connection_id source_id",
  ],
  [
    "deal_items",
    `${CRM_ROW} deal_id product_id? quantity:real? amount_raw? currency amount_minor:bigint? list_price_raw? list_price_minor:bigint?`,
    "connection_id source_id",
  ],
  ["deal_contacts", `${CRM_ROW} deal_id contact_id role? is_primary:integer`, "connection_id source_id"],
  ["products", `${CRM_ROW} name series? price_raw? currency price_minor:bigint?`, "connection_id source_id"],
  ["pipelines", `${CRM_ROW} label sort_order:integer archived:integer`, "connection_id source_id"],
  [
    "stages",
    `${CRM_ROW} pipeline_id stage_id label sort_order:integer probability:real? outcome crm_outcome forecast_category? archived:integer`,
    "connection_id source_id",
  ],
  [
    "stage_versions",
    "connection_id pipeline_id stage_id valid_from label sort_order:integer probability:real? outcome forecast_category? archived:integer first_seen_at",
    "connection_id pipeline_id stage_id valid_from",
  ],
  [
    "people",
    "person_id email? name? role? segment? region? territory? team? manager_id? language? time_zone? started_on? ended_on? is_active:integer first_seen_at changed_seen_at",
    "person_id",
  ],
  [
    "crm_users",
    `${CRM_ROW} person_id? name? email? manager_source_id? manager_name? team_name? region? territory? role? active:integer is_person:integer started_on? ended_on? other_ids`,
    "connection_id source_id",
  ],
  ["manager_history", "person_id manager_id? valid_from valid_to?", "person_id valid_from"],
  ["teams", `${CRM_ROW} name parent_id?`, "connection_id source_id"],
  ["team_members", "person_id kind value valid_from valid_to?", "person_id kind value valid_from"],
  ["crm_memberships", `${CRM_ROW} team_id user_id is_primary:integer`, "connection_id source_id"],
  ["accounts", `${CRM_ROW} name? sector? region? parent_id? owner_id?`, "connection_id source_id"],
  ["contacts", `${CRM_ROW} name? email? account_id? owner_id? lifecycle_stage?`, "connection_id source_id"],
  [
    "leads",
    `${CRM_ROW} name? owner_id? source? status? created_at? created_day? mql_at? sql_at? converted_at? deal_id?`,
    "connection_id source_id",
  ],
  ["lifecycle_history", "connection_id source_id contact_id stage changed_at first_seen_at deleted_seen_at?", "connection_id source_id"],
  [
    "activities",
    `${CRM_ROW} kind direction? owner_id? occurred_at? occurred_day? logged_at? state minutes:real? outcome? category? automated:integer external_id? thread_id?`,
    "connection_id source_id",
  ],
  ["activity_links", "connection_id source_id activity_id to_type to_id first_seen_at deleted_seen_at?", "connection_id source_id"],
  [
    "targets",
    `${CRM_ROW} who metric period_start period_end value_raw unit ramped:integer origin? acknowledged_at? acknowledged_by?`,
    "connection_id source_id",
  ],
  ["exchange_rates", "connection_id source_id currency day rate:real first_seen_at deleted_seen_at?", "connection_id source_id"],
  ["automations", `${CRM_ROW} object kind name active:integer`, "connection_id source_id"],
  ["merges", "connection_id record_type loser_id winner_id first_seen_at", "connection_id record_type loser_id"],
  ["tombstones", "connection_id record_type source_id seen_at", "connection_id record_type source_id"],
  ["superseded_records", "connection_id table_name source_id seen_from seen_to row", "connection_id table_name source_id seen_from"],
  ["sync_cursors", "connection_id stream checkpoint updated_at pass_started_at?", "connection_id stream"],
  ["runs", "run_id kind connection_id? started_at ended_at? state counts error_code? error_message?", "run_id"],
  [
    "rejected_records",
    "connection_id stream record_type ref code reason payload first_seen_at last_seen_at times:integer state",
    "connection_id stream ref code",
  ],
  ["leases", "name holder token:integer expires_at", "name"],
  ["settings", "key value changed_at changed_by", "key"],
  ["dirty_scopes", "scope reason marked_at", "scope"],
  ["api_usage", "connection_id day calls:integer reported_used:integer? reported_limit:integer? updated_at", "connection_id day"],
];

/** Index, table, columns. */
const INDEXES: readonly (readonly [string, string, string[]])[] = [
  ["deals_account", "deals", ["connection_id", "account_id"]],
  ["deals_close", "deals", ["outcome", "close_day"]],
  ["deal_stage_entries_deal", "deal_stage_entries", ["connection_id", "deal_id"]],
  ["deal_changes_deal", "deal_changes", ["connection_id", "deal_id", "field"]],
  ["deal_items_deal", "deal_items", ["connection_id", "deal_id"]],
  ["deal_contacts_deal", "deal_contacts", ["connection_id", "deal_id"]],
  ["activity_links_activity", "activity_links", ["connection_id", "activity_id"]],
  ["activity_links_to", "activity_links", ["connection_id", "to_type", "to_id"]],
  ["activities_owner", "activities", ["connection_id", "owner_id", "occurred_day"]],
  ["crm_users_person", "crm_users", ["person_id"]],
  ["rejected_records_state", "rejected_records", ["state", "connection_id"]],
];

/** The warehouse as first released: CRM tables, people, targets, and what sync and runs keep for themselves. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [name, columns, primaryKey] of TABLES) await createTable(db, name, columns, primaryKey);
  for (const [name, table, columns] of INDEXES) await db.schema.createIndex(name).on(table).columns(columns).execute();
}
