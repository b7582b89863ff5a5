import type { ObjectType } from "./object-types.ts";

/** Where a value came from, as `propertiesWithHistory` tells. */
export interface Source {
  readonly type: "CRM_UI" | "INTEGRATION" | "API" | "IMPORT" | "CALCULATED" | "MERGE_OBJECTS" | "FORM";
  readonly id: string | null;
  readonly userId: number | null;
}

export interface HistoryEntry {
  readonly value: string;
  readonly ms: number;
  readonly source: Source;
}

/** A record as the search index last saw it. */
export interface Snapshot {
  readonly values: Readonly<Record<string, string>>;
  readonly modifiedMs: number;
  readonly archivedMs: number | null;
}

/** One record of the portal. Empty properties are left out of `values`. */
export interface StoredRecord extends Snapshot {
  readonly id: number;
  readonly type: ObjectType;
  readonly createdMs: number;
  readonly createdBy: Source;
  modifiedMs: number;
  archivedMs: number | null;
  values: Readonly<Record<string, string>>;
  /** Oldest first; a property that never changed since creation is not listed. */
  history: Record<string, HistoryEntry[]>;
  links: Partial<Record<ObjectType, number[]>>;
  /** What the record was before each write, with the moment of the write, while the index may not have seen it. */
  pending: { readonly writtenMs: number; readonly before: Snapshot | null }[] | null;
}

export function newRecord(
  type: ObjectType,
  id: number,
  ms: number,
  values: Readonly<Record<string, string>>,
  createdBy: Source,
): StoredRecord {
  return {
    id,
    type,
    createdMs: ms,
    createdBy,
    modifiedMs: ms,
    archivedMs: null,
    values,
    history: {},
    links: {},
    pending: [{ writtenMs: ms, before: null }],
  };
}

/** Writes the values that differ, notes their history, and bumps the modified stamp whether they differ or not. Null clears. */
export function writeValues(record: StoredRecord, values: Readonly<Record<string, string | null>>, ms: number, source: Source): void {
  noteBefore(record, ms);
  const next = { ...record.values };
  for (const [name, value] of Object.entries(values)) {
    const text = value ?? "";
    const before = next[name] ?? "";
    if (before === text) continue;
    const known =
      record.history[name] ?? (name in record.values ? [{ value: before, ms: record.createdMs, source: record.createdBy }] : []);
    record.history[name] = [...known, { value: text, ms, source }];
    if (text === "") delete next[name];
    else next[name] = text;
  }
  record.values = next;
  touch(record, ms);
}

/** Values HubSpot maintains by itself: no history is kept of them, but the modified stamp moves. */
export function setQuietly(record: StoredRecord, values: Readonly<Record<string, string>>, ms: number): void {
  noteBefore(record, ms);
  record.values = { ...record.values, ...values };
  touch(record, ms);
}

export function archive(record: StoredRecord, ms: number): void {
  noteBefore(record, ms);
  record.archivedMs = ms;
  touch(record, ms);
}

export function restore(record: StoredRecord, ms: number): void {
  noteBefore(record, ms);
  record.archivedMs = null;
  touch(record, ms);
}

/** What the index shows at that moment; null: it does not know the record yet. Forgets what it no longer needs. */
export function indexed(record: StoredRecord, nowMs: number, lagMs: number): Snapshot | null {
  if (record.pending !== null) {
    const still = record.pending.filter((each) => each.writtenMs > nowMs - lagMs);
    record.pending = still.length === 0 ? null : still;
    const oldest = still[0];
    if (oldest !== undefined) return oldest.before;
  }
  // The record itself has all a snapshot needs.
  return record;
}

function noteBefore(record: StoredRecord, ms: number): void {
  const before: Snapshot = { values: record.values, modifiedMs: record.modifiedMs, archivedMs: record.archivedMs };
  record.pending = [...(record.pending ?? []).slice(-20), { writtenMs: ms, before }];
}

function touch(record: StoredRecord, ms: number): void {
  record.modifiedMs = Math.max(record.modifiedMs, ms);
}

export function linkRecords(a: StoredRecord, b: StoredRecord): void {
  push(a, b.type, b.id);
  push(b, a.type, a.id);
}

export function unlinkRecords(a: StoredRecord, b: StoredRecord): void {
  a.links[b.type] = (a.links[b.type] ?? []).filter((id) => id !== b.id);
  b.links[a.type] = (b.links[a.type] ?? []).filter((id) => id !== a.id);
}

function push(record: StoredRecord, type: ObjectType, id: number): void {
  const list = record.links[type];
  if (list === undefined) record.links[type] = [id];
  else if (!list.includes(id)) list.push(id);
}
