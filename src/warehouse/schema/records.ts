import type { CrmRow } from "./common.ts";

export interface AccountsTable extends CrmRow {
  name: string | null;
  sector: string | null;
  region: string | null;
  parent_id: string | null;
  owner_id: string | null;
}

export interface ContactsTable extends CrmRow {
  name: string | null;
  email: string | null;
  account_id: string | null;
  owner_id: string | null;
  lifecycle_stage: string | null;
}

export interface LeadsTable extends CrmRow {
  name: string | null;
  owner_id: string | null;
  source: string | null;
  status: string | null;
  created_at: string | null;
  created_day: string | null;
  mql_at: string | null;
  sql_at: string | null;
  converted_at: string | null;
  deal_id: string | null;
}

export interface LifecycleHistoryTable {
  connection_id: string;
  source_id: string;
  contact_id: string;
  stage: string;
  changed_at: string;
  first_seen_at: string;
  deleted_seen_at: string | null;
}

export interface ActivitiesTable extends CrmRow {
  kind: string;
  direction: string | null;
  owner_id: string | null;
  occurred_at: string | null;
  occurred_day: string | null;
  logged_at: string | null;
  state: string;
  minutes: number | null;
  outcome: string | null;
  category: string | null;
  automated: number;
  external_id: string | null;
  thread_id: string | null;
}

export interface ActivityLinksTable {
  connection_id: string;
  source_id: string;
  activity_id: string;
  to_type: string;
  to_id: string;
  first_seen_at: string;
  deleted_seen_at: string | null;
}

/** Quotas and goals from every source; files have the connection id `targets`. */
export interface TargetsTable extends CrmRow {
  who: string;
  metric: string;
  period_start: string;
  /** Exclusive. */
  period_end: string;
  value_raw: string;
  /** A currency code, `count` or `percent`. */
  unit: string;
  ramped: number;
  origin: string | null;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
}

/** Units of the organisation's currency for one unit of `currency`, from `day` on. */
export interface ExchangeRatesTable {
  connection_id: string;
  source_id: string;
  currency: string;
  day: string;
  rate: number;
  first_seen_at: string;
  deleted_seen_at: string | null;
}

export interface AutomationsTable extends CrmRow {
  object: string;
  kind: string;
  name: string;
  active: number;
}

/** Loser → winner of a merge; chains are followed when read. */
export interface MergesTable {
  connection_id: string;
  record_type: string;
  loser_id: string;
  winner_id: string;
  first_seen_at: string;
}

/** Deleted in the CRM before the record itself arrived (streams run side by side). */
export interface TombstonesTable {
  connection_id: string;
  record_type: string;
  source_id: string;
  seen_at: string;
}

/** Row versions that were replaced: what was known at K is the row with `seen_from` ≤ K < `seen_to` (R5). */
export interface SupersededRecordsTable {
  connection_id: string;
  table_name: string;
  source_id: string;
  seen_from: string;
  seen_to: string;
  /** The whole row as JSON. */
  row: string;
}
