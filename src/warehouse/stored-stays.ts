import type { Instant } from "#core/time/instant.ts";
import { deleteRows, lookUp, type SqlRow, upsertRows } from "./bulk.ts";
import type { StageLogRow, Stay } from "./stays.ts";
import type { WriteTx } from "./warehouse.ts";

/** The living stage log of deals, by deal. */
export async function stageLogs(
  tx: WriteTx,
  connectionId: string,
  dealIds: readonly string[],
): Promise<ReadonlyMap<string, StageLogRow[]>> {
  const logs = new Map<string, StageLogRow[]>();
  for (const row of await lookUp(tx, "deal_stage_entries", "*", connectionId, "deal_id", dealIds)) {
    if (row["deleted_seen_at"] !== null) continue;
    const entry: StageLogRow = {
      id: String(row["source_id"]),
      pipelineId: String(row["pipeline_id"]),
      stageId: String(row["stage_id"]),
      enteredAt: String(row["entered_at"]) as Instant,
      sequence: Number(row["sequence"]),
      basis: String(row["basis"]),
    };
    push(logs, String(row["deal_id"]), entry);
  }
  return logs;
}

/** Stays as stored, by deal and in order. */
export async function storedStays(tx: WriteTx, connectionId: string, dealIds: readonly string[]): Promise<ReadonlyMap<string, SqlRow[]>> {
  const stays = new Map<string, SqlRow[]>();
  for (const row of await lookUp(tx, "deal_stage_history", "*", connectionId, "deal_id", dealIds)) push(stays, String(row["deal_id"]), row);
  for (const rows of stays.values()) rows.sort((a, b) => Number(a["ordinal"]) - Number(b["ordinal"]));
  return stays;
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

export function stayRow(connectionId: string, dealId: string, stay: Stay): SqlRow {
  return {
    connection_id: connectionId,
    deal_id: dealId,
    ordinal: stay.ordinal,
    pipeline_id: stay.pipelineId,
    stage_id: stay.stageId,
    entered_at: stay.enteredAt,
    entered_day: stay.enteredDay,
    left_at: stay.leftAt,
    left_day: stay.leftDay,
    direction: stay.direction,
    basis: stay.basis,
    days: stay.days,
  };
}

/** Whether two lists of stays are the same, column by column. */
export function sameStays(a: readonly SqlRow[], b: readonly SqlRow[]): boolean {
  return a.length === b.length && a.every((row, index) => Object.keys(row).every((column) => row[column] === b[index]?.[column]));
}

/** Replaces the stays of deals. */
export async function replaceStays(tx: WriteTx, connectionId: string, outdated: readonly string[], rows: readonly SqlRow[]): Promise<void> {
  await deleteRows(tx, "deal_stage_history", connectionId, "deal_id", outdated);
  await upsertRows(tx, { table: "deal_stage_history", key: ["connection_id", "deal_id", "ordinal"] }, rows);
}
