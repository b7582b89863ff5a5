import { hash as digest } from "node:crypto";
import type { Reject } from "#core/connector.ts";
import { isAppError } from "#core/errors.ts";
import type { Change, RecordType, RecordTypes } from "#core/records.ts";
import { cleanText, unkeepable } from "#core/text.ts";
import { lookUp, type SqlRow } from "./bulk.ts";
import { type Decision, fold, type Operation, type Present } from "./fold.ts";
import type { MapContext, RecordTable } from "./records/mapping.ts";
import { storedWithin } from "./sweep.ts";
import { mergedIds, tombstones } from "./tombstones.ts";
import type { WriteTx } from "./warehouse.ts";

/** A page's changes of one type, decided against what is stored; nothing is written yet. */
export interface TypePlan {
  readonly type: RecordType;
  readonly table: AnyTable;
  readonly decisions: readonly Decision[];
  readonly unknownDeletes: readonly string[];
  /** Merges of this page, loser → winner. */
  readonly merges: ReadonlyMap<string, string>;
  /** All known merges of the page's ids. */
  readonly merged: ReadonlyMap<string, string>;
  readonly rejects: readonly Reject[];
  readonly replacedCharacters: number;
  readonly unchanged: number;
  readonly older: number;
}

export interface PlanContext extends MapContext {
  readonly now: string;
}

type AnyRecord = RecordTypes[RecordType];
export type AnyTable = RecordTable<AnyRecord>;

/** What the page says, in its order; filled while reading it. */
interface Reading {
  readonly operations: Operation[];
  readonly merges: Map<string, string>;
  readonly rejects: Reject[];
  replacedCharacters: number;
}

/** Looks up the present rows with one query and decides; pure but for that. */
export async function planType(
  tx: WriteTx,
  type: RecordType,
  table: AnyTable,
  changes: readonly Change[],
  context: PlanContext,
): Promise<TypePlan> {
  const reading = await readChanges(tx, table, changes, context);
  const { operations, merges, rejects, replacedCharacters } = reading;
  const ids = [...new Set(operations.map((operation) => operation.id))];
  const present = await presentRows(tx, table, context.connectionId, ids, operations);
  // Only a row that is missing or deleted can turn out to be merged away or buried.
  const doubtful = table.kind === "log" ? [] : ids.filter((id) => present.get(id)?.deletedAt !== null);
  const merged = await mergedIds(tx, context.connectionId, type, doubtful);
  for (const [loser, winner] of merges) merged.set(loser, winner);
  const missing = doubtful.filter((id) => !present.has(id));
  const buried = await tombstones(tx, context.connectionId, type, missing);
  const folded = fold(operations, { present, merged, tombstones: buried }, context.now);
  return { type, table, ...folded, merges, merged, rejects, replacedCharacters };
}

async function readChanges(tx: WriteTx, table: AnyTable, changes: readonly Change[], context: PlanContext): Promise<Reading> {
  const reading: Reading = { operations: [], merges: new Map(), rejects: [], replacedCharacters: 0 };
  for (const change of changes) {
    switch (change.op) {
      case "upsert":
        readUpsert(reading, change, table, context);
        break;
      case "delete":
        reading.operations.push({ op: "delete", id: cleanText(change.id) });
        break;
      case "merge":
        reading.merges.set(cleanText(change.loser), cleanText(change.winner));
        reading.operations.push({ op: "delete", id: cleanText(change.loser) });
        break;
      case "present": {
        const listed = new Set(change.ids);
        const stored = await storedWithin(tx, table.table, context.connectionId, change.within);
        for (const row of stored) {
          if (listed.has(row.id) === row.isDeleted) reading.operations.push({ op: row.isDeleted ? "restore" : "delete", id: row.id });
        }
        break;
      }
    }
  }
  return reading;
}

function readUpsert(reading: Reading, change: Change & { readonly op: "upsert" }, table: AnyTable, context: PlanContext): void {
  const { type, record } = change;
  try {
    const row = cleanRow(reading, table.toRow(record, context));
    const id = clean(reading, table.idOf?.(record) ?? record.id);
    const updatedAt = "sourceUpdatedAt" in record ? record.sourceUpdatedAt : null;
    reading.operations.push({ op: "upsert", id, updatedAt, hash: contentHash(table, row), row });
  } catch (error) {
    if (!isAppError(error) || error.recovery !== "skip") throw error;
    reading.rejects.push({ type, ref: record.id, code: error.code, reason: error.message, payload: JSON.parse(JSON.stringify(record)) });
  }
}

function clean(reading: Reading, text: string): string {
  reading.replacedCharacters += unkeepable(text);
  return cleanText(text);
}

function cleanRow(reading: Reading, row: SqlRow): SqlRow {
  let dirty = false;
  for (const key in row) {
    const value = row[key];
    if (typeof value === "string" && unkeepable(value) > 0) dirty = true;
  }
  if (!dirty) return row;
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, typeof value === "string" ? clean(reading, value) : value]));
}

/** Of the values in their order. A log row is compared by its text itself, which is not stored. */
function contentHash(table: AnyTable, row: SqlRow): string {
  let text = "";
  for (const key in row) text += `${row[key] ?? "\0"}\u001f`;
  return table.kind === "log" ? text : digest("sha1", text, "base64url");
}

async function presentRows(
  tx: WriteTx,
  table: AnyTable,
  connectionId: string,
  ids: readonly string[],
  operations: readonly Operation[],
): Promise<ReadonlyMap<string, Present>> {
  if (table.kind === "versioned") {
    const columns = ["source_id", "content_hash", "source_updated_at", "deleted_seen_at"] as const;
    const rows = await lookUp(tx, table.table, columns, connectionId, "source_id", ids);
    return new Map(
      rows.map((row) => [
        String(row["source_id"]),
        { hash: String(row["content_hash"]), updatedAt: textOf(row["source_updated_at"]), deletedAt: textOf(row["deleted_seen_at"]) },
      ]),
    );
  }
  const columns = Object.keys(operations.find((operation) => operation.op === "upsert")?.row ?? {});
  const rows = await lookUp(tx, table.table, ["source_id", "deleted_seen_at", ...columns], connectionId, "source_id", ids);
  return new Map(
    rows.map(({ source_id, deleted_seen_at, ...content }) => [
      String(source_id),
      { hash: contentHash(table, content), updatedAt: null, deletedAt: textOf(deleted_seen_at) },
    ]),
  );
}

function textOf(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
