import type { Reject } from "#core/connector.ts";
import { AppError } from "#core/errors.ts";
import type { JsonValue } from "#core/json.ts";
import type { RecordType } from "#core/records.ts";
import { type Instant, instantFromMs, parseInstant } from "#core/time/instant.ts";
import { cleanText } from "#kit/text.ts";

/** One value a property had, oldest first within its list. */
export interface HistoryEntry {
  /** Null or empty: cleared. */
  readonly value: string | null;
  readonly at: Instant;
  readonly userId: string | null;
}

/** Ids a record is linked to, each once; `isCut`: more exist than came along. */
export interface Links {
  readonly ids: readonly string[];
  /** The one HubSpot calls primary, where it says so. */
  readonly primary: string | null;
  readonly isCut: boolean;
}

/** A CRM record as HubSpot sent it, checked: ids are text, every value is text or null. */
export interface WireRecord {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
  readonly history: Readonly<Record<string, readonly HistoryEntry[]>>;
  readonly links: Readonly<Record<string, Links>>;
  readonly isArchived: boolean;
}

/** A page of records as decoded; what has no form is set aside with its place. */
export interface RecordPage {
  readonly records: readonly WireRecord[];
  readonly broken: readonly { readonly ref: string; readonly payload: JsonValue; readonly reason: string }[];
  /** Token of the next page; null at the end. Links to pages are never followed: they may lead to another host. */
  readonly after: string | null;
  /** Matches in all, where the answer says so (search). */
  readonly total: number | null;
}

type Wire = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Wire {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object itself, or an error that names what was asked. */
export function objectOf(value: unknown, call: string): Wire {
  if (isObject(value)) return value;
  throw shapeError(call, "an object");
}

export function resultsOf(body: unknown, call: string): readonly unknown[] {
  const { results } = objectOf(body, call);
  if (Array.isArray(results)) return results;
  throw shapeError(call, "a list named results");
}

function shapeError(call: string, expected: string): AppError {
  return new AppError({
    code: "hubspot.shape",
    recovery: "abort",
    message: `HubSpot's answer to ${call} is not what it should be: expected ${expected}. Check apiVersion and baseUrl.`,
    details: { call },
  });
}

/** Text of an id, or null: record ids are text, user ids and association ends numbers. */
export function idOf(value: unknown): string | null {
  if (typeof value === "string") return value === "" ? null : cleanText(value);
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : null;
}

export function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? cleanText(value) : null;
}

export function decodePage(body: unknown, call: string): RecordPage {
  const wire = objectOf(body, call);
  const records: WireRecord[] = [];
  const broken: RecordPage["broken"][number][] = [];
  for (const [index, raw] of resultsOf(wire, call).entries()) {
    const record = decodeRecord(raw);
    if (typeof record === "string") broken.push({ ref: refOf(raw, call, index), payload: raw as JsonValue, reason: record });
    else records.push(record);
  }
  const total = wire["total"];
  return { records, broken, after: nextAfter(wire["paging"]), total: typeof total === "number" ? total : null };
}

function refOf(raw: unknown, call: string, index: number): string {
  return (isObject(raw) ? idOf(raw["id"]) : null) ?? `${call}[${index}]`;
}

export function nextAfter(paging: unknown): string | null {
  if (!isObject(paging) || !isObject(paging["next"])) return null;
  return idOf(paging["next"]["after"]);
}

/** The record, or in one sentence what is wrong with it. */
export function decodeRecord(raw: unknown): WireRecord | string {
  if (!isObject(raw)) return "expected an object";
  const id = idOf(raw["id"]);
  if (id === null) return "id is missing or no id";
  if (!isObject(raw["properties"])) return "properties is missing or no object";
  return {
    id,
    properties: decodeProperties(raw["properties"]),
    history: isObject(raw["propertiesWithHistory"]) ? decodeHistory(raw["propertiesWithHistory"]) : {},
    links: isObject(raw["associations"]) ? decodeInlineLinks(raw["associations"]) : {},
    isArchived: raw["archived"] === true,
  };
}

function decodeProperties(wire: Wire): Record<string, string | null> {
  const properties: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(wire)) properties[name] = propertyText(value);
  return properties;
}

/** Every value is promised to be text or null; numbers and booleans of a careless mock or version are taken as their text. */
function propertyText(value: unknown): string | null {
  if (typeof value === "string") return cleanText(value);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

function decodeHistory(wire: Wire): Record<string, readonly HistoryEntry[]> {
  const history: Record<string, readonly HistoryEntry[]> = {};
  for (const [name, entries] of Object.entries(wire)) {
    if (!Array.isArray(entries)) continue;
    // HubSpot lists the newest first without promising it; a stable sort of the reversed list keeps its order within one instant.
    history[name] = entries
      .map(decodeEntry)
      .filter((entry) => entry !== null)
      .reverse()
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }
  return history;
}

function decodeEntry(raw: unknown): HistoryEntry | null {
  if (!isObject(raw)) return null;
  const at = typeof raw["timestamp"] === "string" ? instantOf(raw["timestamp"]) : null;
  return at === null ? null : { value: propertyText(raw["value"]), at, userId: idOf(raw["updatedByUserId"]) };
}

/** `{companies: {results: [{id, type}], paging}}`: one pair may stand there once per type; the type without a suffix is the primary one. */
function decodeInlineLinks(wire: Wire): Record<string, Links> {
  const links: Record<string, Links> = {};
  for (const [type, list] of Object.entries(wire)) {
    if (!isObject(list) || !Array.isArray(list["results"])) continue;
    const ends = list["results"].filter(isObject);
    const ids = [...new Set(ends.map((end) => idOf(end["id"])).filter((id) => id !== null))];
    const primaries = ends.filter((end) => typeof end["type"] === "string" && PRIMARY_INLINE.test(end["type"]));
    links[type] = {
      ids,
      primary: primaries.length === 1 ? idOf(primaries[0]?.["id"]) : null,
      isCut: nextAfter(list["paging"]) !== null,
    };
  }
  return links;
}

const PRIMARY_INLINE = /^(deal|contact|ticket)_to_company$/;

export interface LinkedRecord {
  readonly from: string;
  readonly links: Links;
  /** Token for the rest of this record's links. */
  readonly after: string | null;
}

/** Association type ids by which a company is the primary one of a deal, contact or ticket. */
const PRIMARY_TYPES: ReadonlySet<number> = new Set([1, 5, 26]);

/** A v4 association read. Records without links are absent; that is no failure (207 with NO_ASSOCIATIONS_FOUND). */
export function decodeLinks(body: unknown, call: string): readonly LinkedRecord[] {
  return resultsOf(body, call)
    .filter(isObject)
    .flatMap((row) => {
      const from = isObject(row["from"]) ? idOf(row["from"]["id"]) : null;
      if (from === null || !Array.isArray(row["to"])) return [];
      const ends = row["to"].filter(isObject);
      const ids = [...new Set(ends.map((end) => idOf(end["toObjectId"])).filter((id) => id !== null))];
      const primary = ends.find(isPrimary);
      const after = nextAfter(row["paging"]);
      return [{ from, links: { ids, primary: primary === undefined ? null : idOf(primary["toObjectId"]), isCut: after !== null }, after }];
    });
}

function isPrimary(end: Wire): boolean {
  const types = Array.isArray(end["associationTypes"]) ? end["associationTypes"].filter(isObject) : [];
  return types.some(
    (type) => type["category"] !== "USER_DEFINED" && typeof type["typeId"] === "number" && PRIMARY_TYPES.has(type["typeId"]),
  );
}

const EPOCH_MS = /^-?\d{10,14}$/;
const DAY_ONLY = /^\d{4}-\d{2}-\d{2}$/;

/** An instant in any of HubSpot's three forms: ISO with 0 to 3 decimals, epoch milliseconds, or a bare date (midnight UTC). */
export function instantOf(text: string): Instant | null {
  const trimmed = text.trim();
  if (EPOCH_MS.test(trimmed)) return instantFromMs(Number(trimmed));
  return parseInstant(DAY_ONLY.test(trimmed) ? `${trimmed}T00:00:00Z` : trimmed);
}

/** A finite number out of text with float noise or spaces; null for anything else. */
export function numberOf(text: string | null | undefined): number | null {
  if (text === null || text === undefined || text.trim() === "") return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

/** Values of a multi-value property; a leading `;` means "append" and is no value. */
export function listOf(text: string | null | undefined): readonly string[] {
  return (text ?? "")
    .split(";")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

export function brokenReject(type: RecordType, broken: RecordPage["broken"][number]): Reject {
  return {
    type,
    ref: broken.ref,
    code: "record.shape",
    reason: `The record can't be read: ${broken.reason}.`,
    payload: broken.payload,
  };
}
