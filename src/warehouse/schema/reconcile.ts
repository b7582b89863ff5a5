/** The last comparison with the CRM: one row per pipeline, fiscal quarter, outcome and currency. */
export interface ReconcileResultsTable {
  connection_id: string;
  pipeline_id: string;
  /** First day of the fiscal quarter of the close date; empty: no close date. */
  quarter: string;
  outcome: string;
  currency: string;
  crm_count: number;
  our_count: number;
  crm_amount_minor: number;
  our_amount_minor: number;
  compared_at: string;
}

/** Each deal that differed in the last comparison, and why. */
export interface ReconcileDifferencesTable {
  connection_id: string;
  deal_id: string;
  reason: string;
  crm_value: string | null;
  our_value: string | null;
  compared_at: string;
}
