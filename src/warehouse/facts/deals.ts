import { type RawBuilder, sql } from "kysely";
import type { DealsTable } from "../schema/deals.ts";
import type { ReadDb } from "../warehouse.ts";

const COLUMNS = [
  "connection_id",
  "source_id",
  "name",
  "owner_id",
  "account_id",
  "product_id",
  "pipeline_id",
  "stage_id",
  "outcome",
  "currency",
  "amount_minor",
  "created_at",
  "created_day",
  "close_day",
  "forecast_category",
  "probability",
  "next_step",
  "source",
  "segment",
  "territory_id",
  "loss_reason",
  "dimensions",
  "stage_closed_at",
  "reopen_count",
  "born_closed",
] as const;

/** The columns of a deal that metrics read. */
export type DealRow = Pick<DealsTable, (typeof COLUMNS)[number]>;

/** One stay as stored; it ends where the next begins. */
export interface StayRow {
  readonly pipelineId: string;
  readonly stageId: string;
  readonly enteredAt: string;
  readonly enteredDay: string;
  /** Settled calendar days; null while running or when the start is assumed. */
  readonly days: number | null;
  readonly direction: string;
  readonly basis: string;
}

export interface ChangeRow {
  readonly field: string;
  readonly changedAt: string;
  readonly value: string | null;
}

/** A deal as stored today with its history, oldest first. */
export interface DealHistory {
  readonly row: DealRow;
  readonly stays: readonly StayRow[];
  readonly changes: readonly ChangeRow[];
}

/** Which part of the history a reader needs; the rest is left unread. */
export interface HistoryNeeds {
  readonly stays: boolean;
  /** Names of `deal_changes.field`. */
  readonly changes: readonly string[];
}

export interface DealKey {
  readonly connectionId: string;
  readonly dealId: string;
}

const PAGE = 4_000;
const IDS_PER_PAGE = 800;
/** Between fields and between rows of a history read as one text per deal: a row object per stay would cost several times more. */
const FIELD = "\u001f";
const ROW = "\u001e";
const NONE: readonly never[] = [];

/** Every deal that exists (not deleted, not merged away), in pages; `keys` limits it to those. */
export async function* readDeals(db: ReadDb, needs: HistoryNeeds, keys?: readonly DealKey[]): AsyncGenerator<readonly DealHistory[]> {
  if (keys === undefined) yield* readAll(db, needs);
  else yield* readChosen(db, needs, keys);
}

async function* readAll(db: ReadDb, needs: HistoryNeeds): AsyncGenerator<readonly DealHistory[]> {
  let after: DealRow | undefined;
  for (;;) {
    const from = after;
    let query = db.selectFrom("deals").select(COLUMNS).where("deleted_seen_at", "is", null).where("merged_into", "is", null);
    if (from !== undefined) {
      query = query.where(sql<boolean>`(connection_id, source_id) > (${from.connection_id}, ${from.source_id})`);
    }
    const rows = await query.orderBy("connection_id").orderBy("source_id").limit(PAGE).execute();
    const first = rows[0];
    const last = rows.at(-1);
    if (first === undefined || last === undefined) return;
    const range = sql<boolean>`(connection_id, deal_id) >= (${first.connection_id}, ${first.source_id})
      and (connection_id, deal_id) <= (${last.connection_id}, ${last.source_id})`;
    yield await withHistory(db, needs, rows, range);
    if (rows.length < PAGE) return;
    after = last;
  }
}

async function* readChosen(db: ReadDb, needs: HistoryNeeds, keys: readonly DealKey[]): AsyncGenerator<readonly DealHistory[]> {
  for (const [connectionId, group] of Map.groupBy(keys, (key) => key.connectionId)) {
    for (let at = 0; at < group.length; at += IDS_PER_PAGE) {
      const ids = group.slice(at, at + IDS_PER_PAGE).map((key) => key.dealId);
      const rows = await db
        .selectFrom("deals")
        .select(COLUMNS)
        .where("connection_id", "=", connectionId)
        .where("source_id", "in", ids)
        .where("deleted_seen_at", "is", null)
        .where("merged_into", "is", null)
        .execute();
      yield await withHistory(db, needs, rows, sql<boolean>`connection_id = ${connectionId} and deal_id in (${sql.join(ids)})`);
    }
  }
}

async function withHistory(
  db: ReadDb,
  needs: HistoryNeeds,
  rows: readonly DealRow[],
  range: RawBuilder<boolean>,
): Promise<readonly DealHistory[]> {
  const stays = needs.stays ? await readStays(db, range) : new Map<string, readonly StayRow[]>();
  const changes = needs.changes.length > 0 ? await readChanges(db, needs.changes, range) : new Map<string, readonly ChangeRow[]>();
  return rows.map((row) => {
    const key = row.connection_id + FIELD + row.source_id;
    return { row: numeric(row), stays: stays.get(key) ?? NONE, changes: changes.get(key) ?? NONE };
  });
}

/** PostgreSQL returns bigint as text. */
function numeric(row: DealRow): DealRow {
  return typeof row.amount_minor === "string" ? { ...row, amount_minor: Number(row.amount_minor) } : row;
}

async function readStays(db: ReadDb, range: RawBuilder<boolean>): Promise<Map<string, readonly StayRow[]>> {
  const stay = sql`pipeline_id || ${FIELD} || stage_id || ${FIELD} || entered_at || ${FIELD} || entered_day || ${FIELD}
    || coalesce(cast(days as text), '') || ${FIELD} || direction || ${FIELD} || basis`;
  const rows = await db
    .selectFrom("deal_stage_history")
    .select(["connection_id", "deal_id", sql<string>`string_agg(${stay}, ${ROW} order by ordinal)`.as("history")])
    .where(range)
    .groupBy(["connection_id", "deal_id"])
    .execute();
  return new Map(rows.map((row) => [row.connection_id + FIELD + row.deal_id, row.history.split(ROW).map(stayOf)]));
}

function stayOf(text: string): StayRow {
  const [pipelineId = "", stageId = "", enteredAt = "", enteredDay = "", days = "", direction = "", basis = ""] = text.split(FIELD);
  return { pipelineId, stageId, enteredAt, enteredDay, days: days === "" ? null : Number(days), direction, basis };
}

async function readChanges(db: ReadDb, fields: readonly string[], range: RawBuilder<boolean>): Promise<Map<string, readonly ChangeRow[]>> {
  const change = sql`field || ${FIELD} || changed_at || ${FIELD} || case when value is null then '' else '=' || value end`;
  const rows = await db
    .selectFrom("deal_changes")
    .select(["connection_id", "deal_id", sql<string>`string_agg(${change}, ${ROW} order by changed_at, sequence, source_id)`.as("history")])
    .where("deleted_seen_at", "is", null)
    .where("field", "in", fields)
    .where(range)
    .groupBy(["connection_id", "deal_id"])
    .execute();
  return new Map(rows.map((row) => [row.connection_id + FIELD + row.deal_id, row.history.split(ROW).map(changeOf)]));
}

function changeOf(text: string): ChangeRow {
  const [field = "", changedAt = "", value = ""] = text.split(FIELD);
  return { field, changedAt, value: value === "" ? null : value.slice(1) };
}
