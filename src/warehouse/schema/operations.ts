/** Where each stream of each connection stands. */
export interface SyncCursorsTable {
  connection_id: string;
  stream: string;
  /** JSON of a Checkpoint. */
  checkpoint: string;
  updated_at: string;
  /** When the reading under way began; null: the last one came to its end. */
  pass_started_at: string | null;
}

/** One row per verb that ran: nothing a cycle does is without its row here. */
export interface RunsTable {
  run_id: string;
  kind: string;
  connection_id: string | null;
  started_at: string;
  ended_at: string | null;
  /** `running`, `ok`, `partial`, `failed`, `held`, `crashed`. */
  state: string;
  /** JSON: rows read, changed, rejected and so on. */
  counts: string;
  error_code: string | null;
  error_message: string | null;
}

/** A record that was refused, kept until it goes through or is parked (law 9). */
export interface RejectedRecordsTable {
  connection_id: string;
  stream: string;
  record_type: string;
  ref: string;
  code: string;
  reason: string;
  /** JSON of the record as it arrived. */
  payload: string;
  first_seen_at: string;
  last_seen_at: string;
  times: number;
  /** `open`, `parked`, `resolved`. */
  state: string;
}

/** Who may do a thing now; `token` rises with every new holder, so a holder that slept past its lease is refused. */
export interface LeasesTable {
  name: string;
  holder: string;
  token: number;
  expires_at: string;
}

/** Decisions of people that live in the warehouse, with who and when: go-live, mutes of the service, baselines taken. */
export interface SettingsTable {
  key: string;
  value: string;
  changed_at: string;
  changed_by: string;
}

/** What the next `measure` has to look at again, in the words of the metrics engine. */
export interface DirtyScopesTable {
  scope: string;
  reason: string;
  marked_at: string;
}

/** Calls made to a CRM per day of its own calendar, so that the daily share holds across processes. */
export interface ApiUsageTable {
  connection_id: string;
  day: string;
  calls: number;
  /** As the CRM last reported, all integrations together. */
  reported_used: number | null;
  reported_limit: number | null;
  updated_at: string;
}
