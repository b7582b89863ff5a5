/** One plan and what became of it. */
export interface WritebackRunsTable {
  run_id: string;
  connection_id: string;
  /** `planned`, `applying`, `held` (waits for approval), `approved`, `rejected`, `done`, `partial`, `failed`, `crashed`. */
  state: string;
  plan_digest: string;
  /** The moment the values are true for. */
  as_of: string;
  made_at: string;
  /** A person, or `schedule`. */
  made_by: string;
  decided_at: string | null;
  decided_by: string | null;
  comment: string | null;
  started_at: string | null;
  ended_at: string | null;
  /** JSON: records by result, calls made. */
  counts: string;
  error_code: string | null;
  error_message: string | null;
}

/** One field of one record of a plan: outbox before the call, audit after it (W10, W19). */
export interface WritebackChangesTable {
  run_id: string;
  connection_id: string;
  target: string;
  record_id: string;
  field: string;
  /** JSON of what the CRM last confirmed; null: nothing yet. */
  old_value: string | null;
  /** JSON; null clears the field. */
  new_value: string | null;
  /** `pending`, `sending`, `ok`, `rejected`, `retry`, `skipped`, `parked`. */
  state: string;
  attempts: number;
  error_code: string | null;
  error_message: string | null;
  changed_at: string;
}

/** What the CRM confirmed last, per record and field (W11). */
export interface WritebackSentTable {
  connection_id: string;
  target: string;
  record_id: string;
  field: string;
  /** JSON; null: the field was cleared. */
  value: string | null;
  sent_at: string;
  run_id: string;
}

/** A record the CRM refused and not taken since. */
export interface WritebackFailuresTable {
  connection_id: string;
  target: string;
  record_id: string;
  /** Of the refused values without the as-of: other values are tried afresh. */
  values_digest: string;
  times: number;
  /** `due`, `parked` (refused too often), `gone` (no such record). */
  state: string;
  error_code: string;
  error_message: string;
  last_at: string;
}
