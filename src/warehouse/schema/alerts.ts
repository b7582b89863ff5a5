/** Where one rule stands for one subject now. */
export interface AlertStatesTable {
  /** Stable hash of rule id, subject kind and subject id. */
  subject_key: string;
  rule_id: string;
  /** `deal`, `connection`, `rule`. */
  subject_kind: string;
  /** `connection:id` for a deal; the connection's or the rule's id. */
  subject_id: string;
  /** `normal`, `pending`, `firing`, `recovering`, `resolved`, `no_data`, `error`. */
  state: string;
  /** `warning` or `critical` while firing or recovering. */
  level: string | null;
  /** Since when it is in this state. */
  since: string;
  /** Evaluations in a row that found what this state waits for. */
  held_for: number;
  fired_at: string | null;
  /** When a recipient was last told of this firing; null: nobody knows of it. */
  told_at: string | null;
  /** `live` or `preview` (operations only). */
  told_how: string | null;
  /** JSON: the facts behind the last evaluation, as a mail shows them. */
  evidence: string;
  /** Of the evaluation that last changed anything here. */
  evaluated_at: string;
}

/** One change of such a state, append-only. */
export interface AlertEventsTable {
  event_id: string;
  subject_key: string;
  rule_id: string;
  at: string;
  from_state: string;
  to_state: string;
  level: string | null;
  /** Why: `baseline`, `first`, `existing`, `level_up`, `level_down`, `reminder`, `resolved`, `no_data`, `error` … (A6). */
  reason: string;
  /** 1: somebody is to be told. */
  notify: number;
  /** The mail that told it; `dropped` when it was over before anybody could be told; null: still owed. */
  notification_id: string | null;
  evidence: string;
}

/** The mail outbox: one row is one mail to one address (E1), unique on notification and recipient. */
export interface AlertDeliveriesTable {
  delivery_id: string;
  notification_id: string;
  /** Where the mail goes; in preview the operations address. */
  recipient: string;
  /** In preview: whom it would go to. */
  intended_for: string | null;
  /** `live` or `preview`. */
  mode: string;
  template: string;
  language: string;
  subject: string;
  /** JSON: the data the mail is composed from. */
  content: string;
  /** `queued`, `sending`, `sent`, `retry`, `held` (sent or not is unknown), `failed`. */
  state: string;
  /** Fixed when the row is made, so that a repeat can be recognised. */
  message_id: string;
  attempts: number;
  created_at: string;
  next_attempt_at: string;
  sending_at: string | null;
  ended_at: string | null;
  server_reply: string | null;
  error_code: string | null;
  error_message: string | null;
}

/** An address its server refused for good; nothing is sent there until the row is removed. */
export interface SuspendedAddressesTable {
  address: string;
  since: string;
  delivery_id: string;
  server_reply: string;
}
