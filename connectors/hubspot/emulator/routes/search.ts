import { jsonReply, type Route, route } from "#sandbox/http.ts";
import { propertyValue } from "../computed.ts";
import { invalid } from "../errors.ts";
import type { ObjectType } from "../object-types.ts";
import type { Portal } from "../portal.ts";
import { indexed, type Snapshot, type StoredRecord } from "../record.ts";
import { type HubspotRequest, isMap, type JsonMap, jsonBody, requireRead, strings, typeParam } from "../request.ts";
import { type Comparison, comparable, comparisonOf, compileFilter, type Filter } from "../search-filter.ts";
import { showIndexed } from "../show.ts";
import { firstAtLeast } from "./read.ts";

const MOST = { groups: 5, filtersEach: 6, filters: 18, page: 200, results: 10_000, queryLength: 3_000 } as const;

interface Query {
  readonly groups: readonly (readonly Filter[])[];
  readonly sort: { readonly property: string; readonly descending: boolean; readonly comparison: Comparison } | null;
  readonly properties: readonly string[];
  readonly limit: number;
  readonly after: number;
  readonly text: string;
}

interface Hit {
  readonly record: StoredRecord;
  readonly snapshot: Snapshot;
}

/** Search by filters over an index that runs behind; no history, no archived records, 10,000 results at most. */
export function searchRoutes(portal: Portal): readonly Route<HubspotRequest>[] {
  return [
    route("POST", "/crm/objects/:type/search", (request, params) => {
      const type = typeParam(params);
      requireRead(request, type);
      return jsonReply(200, search(portal, type, parse(portal, type, jsonBody(request))));
    }),
  ];
}

function parse(portal: Portal, type: ObjectType, body: JsonMap): Query {
  const groups = maps(body["filterGroups"]).map((group) => maps(group["filters"]));
  if (groups.length > MOST.groups) throw invalid(`There were ${groups.length} filterGroups, the maximum is ${MOST.groups}.`);
  if (groups.some((group) => group.length > MOST.filtersEach)) throw invalid(`A filterGroup may have at most ${MOST.filtersEach} filters.`);
  if (groups.flat().length > MOST.filters) throw invalid(`There may be at most ${MOST.filters} filters.`);
  const limit = wholeNumber(body["limit"], 10);
  if (limit > MOST.page) throw invalid(`limit must be between 0 and ${MOST.page}`);
  const after = wholeNumber(body["after"], 0);
  if (after + limit > MOST.results) throw invalid(`The requested page is past the ${MOST.results} results a search can show.`);
  const text = typeof body["query"] === "string" ? body["query"] : "";
  if (text.length > MOST.queryLength) throw invalid(`query may have at most ${MOST.queryLength} characters`);
  return {
    groups: groups.map((group) => group.map((filter) => compileFilter(portal, type, filter))),
    sort: parseSort(portal, type, body["sorts"]),
    properties: strings(body["properties"]),
    limit,
    after,
    text,
  };
}

function maps(value: unknown): readonly JsonMap[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

function wholeNumber(value: unknown, otherwise: number): number {
  if (value === undefined || value === "") return otherwise;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw invalid(`'${String(value)}' is no whole number.`);
  return number;
}

function parseSort(portal: Portal, type: ObjectType, sorts: unknown): Query["sort"] {
  const [sort, second] = Array.isArray(sorts) ? sorts : [];
  if (second !== undefined) throw invalid("Only one sort rule can be applied to any search.");
  if (sort === undefined) return null;
  const property = isMap(sort) ? String(sort["propertyName"]) : String(sort).replace(/^-/, "");
  const descending = isMap(sort) ? sort["direction"] === "DESCENDING" : String(sort).startsWith("-");
  return { property, descending, comparison: comparisonOf(portal, type, property) };
}

function search(portal: Portal, type: ObjectType, query: Query): unknown {
  const hits = find(portal, type, query);
  sortHits(portal, hits, query);
  const page = hits.slice(query.after, query.after + query.limit);
  const next = query.after + page.length;
  return {
    total: hits.length,
    results: page.map(({ record, snapshot }) => showIndexed(portal, record, snapshot, query.properties)),
    ...(next < hits.length && page.length > 0 ? { paging: { next: { after: String(next) } } } : {}),
  };
}

/** In the order of ids. */
function find(portal: Portal, type: ObjectType, query: Query): Hit[] {
  const { records } = portal.tables[type];
  const nowMs = portal.clock.nowMs();
  const lowest =
    query.groups.length === 0 ? 0 : Math.min(...query.groups.map((group) => Math.max(0, ...group.map((filter) => filter.lowestId))));
  const hits: Hit[] = [];
  for (let index = firstAtLeast(records, lowest); index < records.length; index += 1) {
    const record = records[index];
    const snapshot = record === undefined ? null : indexed(record, nowMs, portal.indexLagMs);
    if (record === undefined || snapshot === null || snapshot.archivedMs !== null) continue;
    if (matchesAny(query, record, snapshot)) hits.push({ record, snapshot });
  }
  return hits;
}

function matchesAny(query: Query, record: StoredRecord, snapshot: Snapshot): boolean {
  if (query.text !== "" && !Object.values(snapshot.values).some((value) => value.toLowerCase().includes(query.text.toLowerCase())))
    return false;
  return query.groups.length === 0 || query.groups.some((group) => group.every((filter) => filter.matches(record, snapshot)));
}

function sortHits(portal: Portal, hits: Hit[], query: Query): void {
  const { sort } = query;
  if (sort === null) {
    hits.sort((a, b) => a.record.createdMs - b.record.createdMs || a.record.id - b.record.id);
    return;
  }
  if (sort.property === "hs_object_id" && !sort.descending) return;
  const sign = sort.descending ? -1 : 1;
  const keys = new Map(
    hits.map(({ record, snapshot }) => [
      record.id,
      comparable(sort.comparison, propertyValue(portal, record, sort.property, snapshot.values, snapshot.modifiedMs) ?? ""),
    ]),
  );
  hits.sort((a, b) => sign * order(keys.get(a.record.id) ?? "", keys.get(b.record.id) ?? "") || a.record.id - b.record.id);
}

function order(a: string | number, b: string | number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
