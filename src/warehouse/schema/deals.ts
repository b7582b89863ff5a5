import type { CrmRow } from "./common.ts";

export interface DealsTable extends CrmRow {
  name: string | null;
  /** `crm_users.source_id` of the same connection. */
  owner_id: string | null;
  account_id: string | null;
  product_id: string | null;
  pipeline_id: string;
  stage_id: string;
  /** The CRM's own verdict; null where it gives none. */
  crm_outcome: string | null;
  /** Settled outcome (R9): configured override, else the CRM's, else the stage's. Maintained when stages change. */
  outcome: string;
  amount_raw: string | null;
  currency: string;
  /** Null: no amount (R3). */
  amount_minor: number | null;
  created_at: string | null;
  /** Local day of `created_at` in the organisation's zone. */
  created_day: string | null;
  closed_at: string | null;
  close_day: string | null;
  forecast_category: string | null;
  probability: number | null;
  next_step: string | null;
  source: string | null;
  segment: string | null;
  territory_id: string | null;
  loss_reason: string | null;
  /** JSON object of configured dimensions. */
  dimensions: string;
  /** Of the stays, maintained with them: start of the running stay, last move into a closed stage, first and last known stage. */
  stage_entered_at: string | null;
  stage_closed_at: string | null;
  reopen_count: number;
  /** 1: the first known stage was a closed one. */
  born_closed: number;
  merged_into: string | null;
}

/** The stage log as read, append-only; stays are derived from it. */
export interface DealStageEntriesTable {
  connection_id: string;
  source_id: string;
  deal_id: string;
  pipeline_id: string;
  stage_id: string;
  entered_at: string;
  sequence: number;
  actor_id: string | null;
  /** `recorded` by the CRM, `observed` by us between two readings, `created`: assumed at creation. */
  basis: string;
  first_seen_at: string;
  deleted_seen_at: string | null;
}

/** One stay in one stage (R16), maintained on arrival of entries. */
export interface DealStageHistoryTable {
  connection_id: string;
  deal_id: string;
  /** 1 is the deal's first stay. */
  ordinal: number;
  pipeline_id: string;
  stage_id: string;
  entered_at: string;
  entered_day: string;
  /** Null: still there. */
  left_at: string | null;
  left_day: string | null;
  /** How the deal came here: `first`, `forward`, `backward`, `close`, `reopen`, `handover` (other pipeline), `unknown`. */
  direction: string;
  basis: string;
  /** Calendar days of a settled stay (R7); null while running or when its start is assumed. */
  days: number | null;
}

export interface DealChangesTable {
  connection_id: string;
  source_id: string;
  deal_id: string;
  field: string;
  changed_at: string;
  sequence: number;
  value: string | null;
  actor_id: string | null;
  basis: string;
  first_seen_at: string;
  deleted_seen_at: string | null;
}

export interface DealItemsTable extends CrmRow {
  deal_id: string;
  product_id: string | null;
  quantity: number | null;
  amount_raw: string | null;
  currency: string;
  amount_minor: number | null;
  list_price_raw: string | null;
  list_price_minor: number | null;
}

export interface DealContactsTable extends CrmRow {
  deal_id: string;
  contact_id: string;
  role: string | null;
  is_primary: number;
}

export interface ProductsTable extends CrmRow {
  name: string;
  series: string | null;
  price_raw: string | null;
  currency: string;
  price_minor: number | null;
}

export interface PipelinesTable extends CrmRow {
  label: string;
  sort_order: number;
  archived: number;
}

/** The stage as it is now; `source_id` is `pipeline/stage`. */
export interface StagesTable extends CrmRow {
  pipeline_id: string;
  stage_id: string;
  label: string;
  sort_order: number;
  probability: number | null;
  /** After configured overrides. */
  outcome: string;
  crm_outcome: string;
  forecast_category: string | null;
  archived: number;
}

/** Every definition a stage has had, renamed and deleted ones too. */
export interface StageVersionsTable {
  connection_id: string;
  pipeline_id: string;
  stage_id: string;
  /** Since when this definition holds; the earliest known one holds for the time before, too. */
  valid_from: string;
  label: string;
  sort_order: number;
  probability: number | null;
  outcome: string;
  forecast_category: string | null;
  archived: number;
  first_seen_at: string;
}
