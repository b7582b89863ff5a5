/** What the facts of one block (fact set and month) add up to in one small cell, for every KPI that reads them. */
export interface MetricCellsTable {
  /** `closedDeals`, `openDeals`, `createdDeals`, `stays`, `entries`. */
  fact_set: string;
  /** `closed:2026-03`, `created:…`, `stage:…`, `open`. */
  block: string;
  /** Key of `metric_cell_keys`. */
  cell: string;
  /** JSON object: KPI → sums and counts. */
  tallies: string;
}

/** Who and what a cell belongs to: the credited person with the membership valid at that moment, and the pipeline and stage. */
export interface MetricCellKeysTable {
  cell: string;
  person_id: string | null;
  manager_id: string | null;
  team: string | null;
  region: string | null;
  territory: string | null;
  /** `connection:id`. */
  pipeline: string | null;
  /** `connection:id`; null where cells do not go by stage. */
  stage: string | null;
  connection_id: string;
}

/** Definition version the stored cells of a metric were computed with. */
export interface MetricVersionsTable {
  metric: string;
  version: number;
  measured_at: string;
}

/** Finished values by rep, team, manager and company: months, quarters and fiscal quarters of flow KPIs, days of stock KPIs. Money in minor units. */
export interface MetricValuesTable {
  metric: string;
  /** `rep`, `team`, `manager` or `company`. */
  scope_kind: string;
  /** Person id, name of the team, or empty for the company. */
  scope_id: string;
  grain: string;
  period_start: string;
  /** Exclusive. */
  period_end: string;
  as_of: string;
  version: number;
  /** Null: no data; `flags` says why. */
  value: number | null;
  numerator: number | null;
  denominator: number | null;
  n: number;
  interval_low: number | null;
  interval_high: number | null;
  unit: string;
  /** JSON object or null. */
  parts: string | null;
  /** JSON array; `restated`: the period was over when the value changed. */
  flags: string;
  measured_at: string;
}
