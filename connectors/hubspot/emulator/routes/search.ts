import { jsonReply, type Route, route } from "#sandbox/http.ts";
import { propertyValue } from "../computed.ts";
import { invalid } from "../errors.ts";
import { type ObjectType, objectType } from "../object-types.ts";
import type { Portal } from "../portal.ts";
import type { PropertyType } from "../properties.ts";
import { indexed, type Snapshot, type StoredRecord } from "../record.ts";
import { type HubspotRequest, isMap, type JsonMap, jsonBody, requireRead, strings, typeParam } from "../request.ts";
import { showIndexed } from "../show.ts";
import { msOfWire } from "../wire.ts";
import { firstAtLeast } from "./read.ts";

const MOST = { groups: 5, filtersEach: 6, filters: 18, page: 200, results: 10_000, queryLength: 3_000 } as const;
const OPERATORS = [
  "EQ",
  "NEQ",
  "LT",
  "LTE",
  "GT",
  "GTE",
  "BETWEEN",
  "IN",
  "NOT_IN",
  "HAS_PROPERTY",
  "NOT_HAS_PROPERTY",
  "CONTAINS_TOKEN",
  "NOT_CONTAINS_TOKEN",
] as const;
/** Properties the search refuses to filter by (fact sheet section 6). */
const REFUSED: readonly string[] = ["hs_body_preview_html", "hs_email_html", "hs_body_preview"];

interface Filter {
  readonly property: string;
  readonly operator: (typeof OPERATORS)[number];
  readonly value: string;
  readonly highValue: string;
  readonly values: readonly string[];
  /** How values are compared. */
  readonly kind: "number" | "moment" | "choice" | "text" | "link" | "never";
  readonly linkTo: ObjectType | null;
}

interface Query {
  readonly groups: readonly (readonly Filter[])[];
  readonly sort: { readonly property: string; readonly descending: boolean; readonly kind: Filter["kind"] } | null;
  readonly properties: readonly string[];
  readonly limit: number;
  readonly after: number;
  readonly text: string;
}

interface Hit {
  readonly record: StoredRecord;
  readonly snapshot: Snapshot;
}

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
  const groups = maps(body["filterGroups"]).map((group) => maps(group["filters"]).map((filter) => parseFilter(portal, type, filter)));
  if (groups.length > MOST.groups) throw invalid(`There were ${groups.length} filterGroups, the maximum is ${MOST.groups}.`);
  if (groups.some((group) => group.length > MOST.filtersEach)) throw invalid(`A filterGroup may have at most ${MOST.filtersEach} filters.`);
  if (groups.flat().length > MOST.filters) throw invalid(`There may be at most ${MOST.filters} filters.`);
  const sorts = Array.isArray(body["sorts"]) ? body["sorts"] : [];
  if (sorts.length > 1) throw invalid("Only one sort rule can be applied to any search.");
  const limit = body["limit"] === undefined ? 10 : Number(body["limit"]);
  if (!Number.isInteger(limit) || limit < 0 || limit > MOST.page) throw invalid(`limit must be between 0 and ${MOST.page}`);
  const after = body["after"] === undefined || body["after"] === "" ? 0 : Number(body["after"]);
  if (!Number.isInteger(after) || after < 0) throw invalid(`Invalid value for 'after': ${String(body["after"])}`);
  if (after + limit > MOST.results) throw invalid(`The requested page is past the ${MOST.results} results a search can show.`);
  const text = typeof body["query"] === "string" ? body["query"] : "";
  if (text.length > MOST.queryLength) throw invalid(`query may have at most ${MOST.queryLength} characters`);
  return { groups, sort: parseSort(portal, type, sorts[0]), properties: strings(body["properties"]), limit, after, text };
}

function maps(value: unknown): readonly JsonMap[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

function parseSort(portal: Portal, type: ObjectType, sort: unknown): Query["sort"] {
  if (sort === undefined) return null;
  const property = isMap(sort) ? String(sort["propertyName"]) : String(sort).replace(/^-/, "");
  const descending = isMap(sort) ? sort["direction"] === "DESCENDING" : String(sort).startsWith("-");
  return { property, descending, kind: kindOf(portal, type, property) };
}

function parseFilter(portal: Portal, type: ObjectType, filter: JsonMap): Filter {
  const property = String(filter["propertyName"]);
  const operator = OPERATORS.find((each) => each === filter["operator"]);
  if (operator === undefined) throw invalid(`Invalid operator '${String(filter["operator"])}'`);
  if (REFUSED.includes(property)) throw invalid(`Cannot filter by ${property}`);
  const needs = operator === "IN" || operator === "NOT_IN" ? "values" : operator.endsWith("HAS_PROPERTY") ? null : "value";
  if (needs !== null && filter[needs] === undefined) throw invalid(`operator ${operator} requires ${needs}`);
  if (operator === "BETWEEN" && filter["highValue"] === undefined) throw invalid("operator BETWEEN requires highValue");
  const linkTo = property.startsWith("associations.") ? objectType(property.slice("associations.".length)) : null;
  return {
    property,
    operator,
    value: String(filter["value"] ?? ""),
    highValue: String(filter["highValue"] ?? ""),
    values: strings(filter["values"]),
    kind: linkTo === null ? kindOf(portal, type, property) : "link",
    linkTo,
  };
}

const KINDS: Readonly<Record<PropertyType, Filter["kind"]>> = {
  number: "number",
  date: "moment",
  datetime: "moment",
  enumeration: "choice",
  bool: "choice",
  string: "text",
};

function kindOf(portal: Portal, type: ObjectType, property: string): Filter["kind"] {
  // On contacts this one exists, can be filtered by, and finds nothing (fact sheet 4.3).
  if (type === "contacts" && property === "hs_lastmodifieddate") return "never";
  const found = portal.properties[type].get(property);
  if (found === undefined)
    throw invalid(`There was a problem with the request: unknown property ${property}`, [
      { message: `Property "${property}" does not exist`, code: "PROPERTY_DOESNT_EXIST", context: { propertyName: [property] } },
    ]);
  return KINDS[found.type];
}

function search(portal: Portal, type: ObjectType, query: Query): unknown {
  const { records } = portal.tables[type];
  const nowMs = portal.clock.nowMs();
  const hits: Hit[] = [];
  for (let index = firstAtLeast(records, lowestId(query)); index < records.length; index += 1) {
    const record = records[index];
    const snapshot = record === undefined ? null : seen(portal, record, nowMs);
    if (record === undefined || snapshot === null) continue;
    if (matchesAny(portal, record, snapshot, query) && matchesText(snapshot, query.text)) hits.push({ record, snapshot });
  }
  sortHits(portal, hits, query);
  const page = hits.slice(query.after, query.after + query.limit);
  const next = query.after + page.length;
  return {
    total: hits.length,
    results: page.map(({ record, snapshot }) => showIndexed(portal, record, snapshot, query.properties)),
    ...(next < hits.length && page.length > 0 ? { paging: { next: { after: String(next) } } } : {}),
  };
}

/** What the index shows of a record; null for what it does not know or no longer shows. */
function seen(portal: Portal, record: StoredRecord, nowMs: number): Snapshot | null {
  const snapshot = indexed(record, nowMs, portal.indexLagMs);
  return snapshot === null || snapshot.isArchived ? null : snapshot;
}

/** Records below this id cannot match: saves looking at them when a search walks by id. */
function lowestId(query: Query): number {
  const lows = query.groups.map((group) =>
    Math.max(
      0,
      ...group
        .filter((filter) => filter.property === "hs_object_id" && (filter.operator === "GT" || filter.operator === "GTE"))
        .map((filter) => Number(filter.value)),
    ),
  );
  return lows.length === 0 ? 0 : Math.min(...lows);
}

function sortHits(portal: Portal, hits: Hit[], query: Query): void {
  const { sort } = query;
  if (sort === null) {
    hits.sort((a, b) => a.record.createdMs - b.record.createdMs || a.record.id - b.record.id);
    return;
  }
  if (sort.property === "hs_object_id" && !sort.descending) return;
  const sign = sort.descending ? -1 : 1;
  const keyed = new Map(hits.map((hit) => [hit.record.id, keyOf(portal, hit.record, hit.snapshot, sort.property, sort.kind)]));
  hits.sort((a, b) => sign * compare(keyed.get(a.record.id), keyed.get(b.record.id)) || a.record.id - b.record.id);
}

function keyOf(portal: Portal, record: StoredRecord, snapshot: Snapshot, property: string, kind: Filter["kind"]): string | number {
  const value = propertyValue(portal, record, property, snapshot.values, snapshot.modifiedMs) ?? "";
  if (kind === "moment") return msOfWire(value);
  return kind === "number" ? Number(value) : value.toLowerCase();
}

function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (a === b || a === undefined || b === undefined) return 0;
  return a < b ? -1 : 1;
}

function matchesText(snapshot: Snapshot, text: string): boolean {
  if (text === "") return true;
  return Object.values(snapshot.values).some((value) => value.toLowerCase().includes(text.toLowerCase()));
}

function matchesAny(portal: Portal, record: StoredRecord, snapshot: Snapshot, query: Query): boolean {
  return query.groups.length === 0 || query.groups.some((group) => group.every((filter) => matches(portal, record, snapshot, filter)));
}

function matches(portal: Portal, record: StoredRecord, snapshot: Snapshot, filter: Filter): boolean {
  if (filter.kind === "never") return false;
  if (filter.linkTo !== null) {
    const linked = record.links[filter.linkTo] ?? [];
    const wanted = filter.operator === "IN" ? filter.values : [filter.value];
    return filter.operator === "HAS_PROPERTY"
      ? linked.length > 0
      : filter.operator === "NOT_HAS_PROPERTY"
        ? linked.length === 0
        : wanted.some((id) => linked.includes(Number(id)));
  }
  const value = fastValue(portal, record, snapshot, filter.property);
  if (filter.operator === "HAS_PROPERTY") return value !== undefined;
  if (filter.operator === "NOT_HAS_PROPERTY") return value === undefined;
  if (value === undefined) return filter.operator === "NEQ" || filter.operator === "NOT_IN" || filter.operator === "NOT_CONTAINS_TOKEN";
  return test(filter, value);
}

/** The two filters of every incremental read without formatting and parsing a time for each record. */
function fastValue(portal: Portal, record: StoredRecord, snapshot: Snapshot, property: string): string | number | undefined {
  if (property === "hs_object_id") return record.id;
  if (property === "hs_lastmodifieddate" || property === "lastmodifieddate") return snapshot.modifiedMs;
  return propertyValue(portal, record, property, snapshot.values, snapshot.modifiedMs);
}

function test(filter: Filter, value: string | number): boolean {
  const as = (text: string | number): string | number => {
    if (filter.kind === "number") return Number(text);
    if (filter.kind === "moment") return typeof text === "number" ? text : msOfWire(text);
    return filter.kind === "choice" ? String(text) : String(text).toLowerCase();
  };
  const own = as(value);
  const given = as(filter.value);
  switch (filter.operator) {
    case "EQ":
      return own === given;
    case "NEQ":
      return own !== given;
    case "LT":
      return own < given;
    case "LTE":
      return own <= given;
    case "GT":
      return own > given;
    case "GTE":
      return own >= given;
    case "BETWEEN":
      return own >= given && own <= as(filter.highValue);
    case "IN":
      return filter.values.some((each) => inList(filter, each, value));
    case "NOT_IN":
      return !filter.values.some((each) => inList(filter, each, value));
    case "CONTAINS_TOKEN":
      return tokens(String(value)).includes(filter.value.toLowerCase().replaceAll("*", ""));
    case "NOT_CONTAINS_TOKEN":
      return !tokens(String(value)).includes(filter.value.toLowerCase().replaceAll("*", ""));
    case "HAS_PROPERTY":
    case "NOT_HAS_PROPERTY":
      return false;
  }
}

/** Text in a list has to be lower case; nothing else is found (fact sheet 4.2). */
function inList(filter: Filter, listed: string, value: string | number): boolean {
  if (filter.kind === "number") return Number(listed) === Number(value);
  return filter.kind === "text" ? listed === String(value).toLowerCase() : listed === String(value);
}

function tokens(text: string): readonly string[] {
  return text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
}
