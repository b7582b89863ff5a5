import { jsonReply, type Route, route } from "#sandbox/http.ts";
import { invalid, notFound } from "../errors.ts";
import { OBJECT_TYPES, type ObjectType, objectType } from "../object-types.ts";
import { findRecord, type Portal } from "../portal.ts";
import type { StoredRecord } from "../record.ts";
import { type HubspotRequest, inputsOf, jsonBody, queryList, queryNumber, requireRead, strings, typeParam } from "../request.ts";
import { show, type Wanted } from "../show.ts";

const PAGE = 100;
const PAGE_WITH_HISTORY = 50;
/** Archived records are listed, and can be restored, for so long (fact sheet 4.5). */
const BIN_MS = 90 * 86_400_000;

export interface Strictness {
  /** Ids of one batch read with history. */
  readonly historyBatch: number;
}

export function readRoutes(portal: Portal, strictness: Strictness): readonly Route<HubspotRequest>[] {
  return [
    route("GET", "/crm/objects/:type", (request, params) => {
      const type = typeParam(params);
      requireRead(request, type);
      return jsonReply(200, listPage(portal, type, request));
    }),
    route("GET", "/crm/objects/:type/:id", (request, params) => {
      const type = typeParam(params);
      requireRead(request, type);
      const record = find(portal, type, params["id"] ?? "", request.query.get("idProperty"), request.query.get("archived") === "true");
      if (record === null) throw notFound();
      return jsonReply(200, show(portal, record, wantedOf(request)));
    }),
    route("POST", "/crm/objects/:type/batch/read", (request, params) => {
      const type = typeParam(params);
      requireRead(request, type);
      return batchRead(portal, type, request, strictness);
    }),
  ];
}

function wantedOf(request: HubspotRequest): Wanted {
  return {
    properties: queryList(request, "properties"),
    withHistory: queryList(request, "propertiesWithHistory"),
    associations: queryList(request, "associations").flatMap((name) => objectType(name) ?? []),
  };
}

/** In the order of ids; `after` is the id the page begins with. */
function listPage(portal: Portal, type: ObjectType, request: HubspotRequest): unknown {
  const wanted = wantedOf(request);
  const limit = queryNumber(request, "limit", 10, wanted.withHistory.length > 0 ? PAGE_WITH_HISTORY : PAGE);
  const archived = request.query.get("archived") === "true";
  const after = request.query.get("after");
  if (after !== null && !/^\d+$/.test(after)) throw invalid(`Unable to parse value for query parameter 'after': ${after}`);
  const { records } = portal.tables[type];
  const results: unknown[] = [];
  for (let index = firstAtLeast(records, Number(after ?? 0)); index < records.length; index += 1) {
    const record = records[index];
    if (record === undefined || !isListed(record, archived, portal.clock.nowMs())) continue;
    if (results.length === limit)
      return {
        results,
        paging: {
          next: { after: String(record.id), link: `https://api.hubapi.com/crm/v3/objects/${OBJECT_TYPES[type].id}?after=${record.id}` },
        },
      };
    results.push(show(portal, record, wanted));
  }
  return { results };
}

function isListed(record: StoredRecord, archived: boolean, nowMs: number): boolean {
  return archived ? record.archivedMs !== null && record.archivedMs > nowMs - BIN_MS : record.archivedMs === null;
}

/** Where the first record with that id or a greater one stands. */
export function firstAtLeast(records: readonly StoredRecord[], id: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records[middle]?.id ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function find(portal: Portal, type: ObjectType, id: string, idProperty: string | null, archived: boolean): StoredRecord | null {
  const record = idProperty === null ? findRecord(portal, type, id, true) : findUnique(portal, type, idProperty, id);
  return record !== null && (record.archivedMs !== null) === archived ? record : null;
}

/** By the value of a property that is unique; 400 for one that is not. */
export function findUnique(portal: Portal, type: ObjectType, property: string, value: string): StoredRecord | null {
  if (portal.properties[type].get(property)?.hasUniqueValue !== true) {
    throw invalid(`Unable to perform update/upsert by non-unique ${OBJECT_TYPES[type].id} property ${property} in portal ID ${portal.id}`);
  }
  return portal.tables[type].records.find((record) => record.values[property]?.toLowerCase() === value.toLowerCase()) ?? null;
}

function batchRead(portal: Portal, type: ObjectType, request: HubspotRequest, strictness: Strictness) {
  const body = jsonBody(request);
  const wanted: Wanted = { properties: strings(body["properties"]), withHistory: strings(body["propertiesWithHistory"]), associations: [] };
  const inputs = inputsOf(body, wanted.withHistory.length > 0 ? strictness.historyBatch : PAGE);
  const idProperty = typeof body["idProperty"] === "string" ? body["idProperty"] : null;
  const archived = request.query.get("archived") === "true";
  const startedAt = portal.clock.now();
  const missing: string[] = [];
  const found = new Map<number, StoredRecord>();
  for (const input of inputs) {
    const id = String(input["id"]);
    const record = find(portal, type, id, idProperty, archived);
    if (record === null) missing.push(id);
    else found.set(record.id, record);
  }
  // As found: by id, whatever the order of the question.
  const results = [...found.values()].toSorted((a, b) => a.id - b.id).map((record) => show(portal, record, wanted));
  const base = { status: "COMPLETE", results, startedAt, completedAt: portal.clock.now() };
  if (missing.length === 0) return jsonReply(200, base);
  return jsonReply(207, { ...base, numErrors: 1, errors: [missingObjects(type, missing)] });
}

export function missingObjects(type: ObjectType, ids: readonly string[]): unknown {
  return {
    status: "error",
    category: "OBJECT_NOT_FOUND",
    message: `Could not get some ${OBJECT_TYPES[type].label} objects, they may be deleted or not exist. Check that ids are valid.`,
    context: { ids },
  };
}
