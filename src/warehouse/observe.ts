import { toMajor } from "#core/money.ts";
import type { SqlRow } from "./bulk.ts";
import type { Decision } from "./fold.ts";

/** Rows for the logs of a source that keeps none: what was seen to differ between two readings. */
export interface Observed {
  readonly entries: readonly SqlRow[];
  readonly changes: readonly SqlRow[];
}

const FIELDS = [
  ["amount", "amount_minor"],
  ["currency", "currency"],
  ["closeDay", "close_day"],
  ["owner", "owner_id"],
  ["pipeline", "pipeline_id"],
  ["forecastCategory", "forecast_category"],
  ["nextStep", "next_step"],
] as const;

/** What changed between the stored deal and the one just read, as log rows of basis `observed` at `now`; the state before it is
 *  given a beginning of basis `created`, once. Pure. Ids are made of what they say, so that writing them again changes nothing. */
export function observe(decision: Decision, before: SqlRow, now: string): Observed {
  const row = decision.row;
  if (row === null) return { entries: [], changes: [] };
  const start = String(before["created_at"] ?? before["first_seen_at"]);
  const hasMoved = row["stage_id"] !== before["stage_id"] || row["pipeline_id"] !== before["pipeline_id"];
  const changed = FIELDS.filter(([, column]) => row[column] !== before[column]);
  return {
    entries: hasMoved ? [entry(decision.id, before, start, "created", now), entry(decision.id, row, now, "observed", now)] : [],
    changes: changed.flatMap(([field, column]) => [
      change(decision.id, field, text(before, column), start, "created", now),
      change(decision.id, field, text(row, column), now, "observed", now),
    ]),
  };
}

function entry(dealId: string, row: SqlRow, at: string, basis: "created" | "observed", now: string): SqlRow {
  return {
    source_id: basis === "created" ? `${dealId}:stage:created` : `${dealId}:stage:${at}`,
    deal_id: dealId,
    pipeline_id: row["pipeline_id"] ?? "",
    stage_id: row["stage_id"] ?? "",
    entered_at: at,
    sequence: 0,
    actor_id: null,
    basis,
    first_seen_at: now,
    deleted_seen_at: null,
  };
}

function change(dealId: string, field: string, value: string | null, at: string, basis: "created" | "observed", now: string): SqlRow {
  return {
    source_id: basis === "created" ? `${dealId}:${field}:created` : `${dealId}:${field}:${at}`,
    deal_id: dealId,
    field,
    changed_at: at,
    sequence: 0,
    value,
    actor_id: null,
    basis,
    first_seen_at: now,
    deleted_seen_at: null,
  };
}

/** Amounts in major units as text, as sources give them. */
function text(row: SqlRow, column: string): string | null {
  const value = row[column] ?? null;
  if (value === null) return null;
  return column === "amount_minor" ? String(toMajor(Number(value), String(row["currency"]))) : String(value);
}
