import { historyOf, propertyValue } from "./computed.ts";
import { createdProperty, linkTypeIds, modifiedProperty, OBJECT_TYPES, type ObjectType } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import type { HistoryEntry, Snapshot, StoredRecord } from "./record.ts";

export interface Wanted {
  readonly properties: readonly string[];
  readonly withHistory: readonly string[];
  readonly associations: readonly ObjectType[];
}

/** A record as the API shows it. Unknown names are left out, empty known ones are null. */
export function show(portal: Portal, record: StoredRecord, wanted: Wanted): Record<string, unknown> {
  const names = visibleNames(record.type, [...wanted.properties, ...wanted.withHistory]);
  return {
    id: String(record.id),
    properties: propertyValues(portal, record, names, null),
    ...(wanted.withHistory.length === 0 ? {} : { propertiesWithHistory: histories(portal, record, wanted.withHistory) }),
    createdAt: iso(record.createdMs),
    updatedAt: iso(record.modifiedMs),
    archived: record.archivedMs !== null,
    ...(record.archivedMs === null ? {} : { archivedAt: iso(record.archivedMs) }),
    ...(wanted.associations.length === 0 ? {} : inlineAssociations(record, wanted.associations)),
    url: recordUrl(portal, record),
  };
}

/** A search result: what the index knew. */
export function showIndexed(
  portal: Portal,
  record: StoredRecord,
  snapshot: Snapshot,
  properties: readonly string[],
): Record<string, unknown> {
  return {
    id: String(record.id),
    properties: propertyValues(portal, record, visibleNames(record.type, properties), snapshot),
    createdAt: iso(record.createdMs),
    updatedAt: iso(snapshot.modifiedMs),
    archived: false,
    url: recordUrl(portal, record),
  };
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function recordUrl(portal: Portal, record: StoredRecord): string {
  return `https://${portal.uiDomain}/contacts/${portal.id}/record/${OBJECT_TYPES[record.type].id}/${record.id}`;
}

function visibleNames(type: ObjectType, asked: readonly string[]): readonly string[] {
  if (asked.length === 0) return OBJECT_TYPES[type].defaults;
  return [...new Set([...asked, "hs_object_id", createdProperty(type), modifiedProperty(type)])];
}

function propertyValues(
  portal: Portal,
  record: StoredRecord,
  names: readonly string[],
  snapshot: Snapshot | null,
): Record<string, string | null> {
  const known = portal.properties[record.type];
  const values: Record<string, string | null> = {};
  for (const name of names) {
    if (!known.has(name)) continue;
    values[name] = propertyValue(portal, record, name, snapshot?.values, snapshot?.modifiedMs) ?? null;
  }
  return values;
}

/** Newest first, the newest 20 (45 on contacts) only. */
function histories(portal: Portal, record: StoredRecord, names: readonly string[]): Record<string, unknown> {
  const cap = OBJECT_TYPES[record.type].historyCap;
  const found: Record<string, unknown> = {};
  for (const name of names) {
    if (portal.properties[record.type].has(name)) found[name] = historyOf(record, name).slice(-cap).reverse().map(historyEntry);
  }
  return found;
}

function historyEntry(entry: HistoryEntry): Record<string, unknown> {
  return {
    value: entry.value,
    timestamp: iso(entry.ms),
    sourceType: entry.source.type,
    ...(entry.source.id === null ? {} : { sourceId: entry.source.id }),
    ...(entry.source.userId === null ? {} : { updatedByUserId: entry.source.userId }),
  };
}

const INLINE_LINKS = 100;

function inlineAssociations(record: StoredRecord, types: readonly ObjectType[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const to of types) {
    const ids = record.links[to] ?? [];
    if (ids.length === 0) continue;
    const name = `${OBJECT_TYPES[record.type].singular}_to_${OBJECT_TYPES[to].singular}`;
    const results = ids
      .slice(0, INLINE_LINKS)
      .flatMap((id) =>
        linkTypeIds(record.type, to).map((_, index) => ({ id: String(id), type: index === 0 ? name : `${name}_unlabeled` })),
      );
    const next = ids[INLINE_LINKS];
    found[to.replace("_", " ")] = { results, ...(next === undefined ? {} : { paging: { next: { after: String(next) } } }) };
  }
  return Object.keys(found).length === 0 ? {} : { associations: found };
}
