import type { Reject } from "#core/connector.ts";
import { AppError, isAppError } from "#core/errors.ts";
import type { JsonValue } from "#core/json.ts";
import type { Change, RecordType } from "#core/records.ts";
import { type Day, parseDay } from "#core/time/day.ts";
import { type Instant, parseInstant } from "#core/time/instant.ts";
import { cleanText } from "#kit/text.ts";
import { longId } from "./soql.ts";

/** One record as it came: field names of the CRM, values unchecked. Fields left out of the query are undefined. */
export type Row = { readonly [field: string]: unknown };

/** One answer of /query or /queryAll. */
export interface QueryPage {
  readonly records: readonly Row[];
  readonly totalSize: number;
  readonly done: boolean;
  readonly nextRecordsUrl: string | null;
}

export function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The answer of a query; a shape that is none (a cut body, a page of a proxy) throws `salesforce.bad_answer` and is asked for again. */
export function queryPage(body: unknown): QueryPage {
  if (!isRow(body) || !Array.isArray(body["records"]) || typeof body["done"] !== "boolean") throw badAnswer("a page of records");
  const next = body["nextRecordsUrl"];
  const total = body["totalSize"];
  if (body["done"] === false && typeof next !== "string") throw badAnswer("the address of the next page");
  return {
    records: body["records"].filter(isRow),
    totalSize: typeof total === "number" ? total : 0,
    done: body["done"],
    nextRecordsUrl: typeof next === "string" ? next : null,
  };
}

export function badAnswer(expected: string): AppError {
  return new AppError({
    code: "salesforce.bad_answer",
    recovery: "retry",
    message: `Salesforce answered without ${expected}; the answer may have been cut. It is asked for again.`,
  });
}

/** The record's own id, always 18 characters. Throws a reject when there is none: without it a record can't be kept. */
export function ownId(row: Row): string {
  const id = reference(row, "Id");
  if (id === null) throw badField("Id", "a record id");
  return id;
}

/** Ids of the rows as they came. */
export function idsOf(rows: readonly Row[]): readonly string[] {
  return rows.flatMap((row) => (typeof row["Id"] === "string" ? [row["Id"]] : []));
}

/** Id of another record as 18 characters; null when empty. */
export function reference(row: Row, field: string): string | null {
  const value = row[field];
  if (value === null || value === undefined || value === "") return null;
  const id = typeof value === "string" ? longId(value) : null;
  if (id === null) throw badField(field, "a record id of 15 or 18 characters");
  return id;
}

/** Text with what no database keeps replaced; empty is null, as everywhere in Salesforce. */
export function textOf(row: Row, field: string): string | null {
  const value = row[field];
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "string") return cleanText(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw badField(field, "text");
}

/** A number as text, so that money never goes through arithmetic; null when empty. */
export function decimalOf(row: Row, field: string): string | null {
  const value = numberOf(row, field);
  return value === null ? null : String(value);
}

export function numberOf(row: Row, field: string): number | null {
  const value = row[field];
  if (value === null || value === undefined || value === "") return null;
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) throw badField(field, "a number");
  return number;
}

/** A percentage of Salesforce (0 to 100) as a share. */
export function shareOf(row: Row, field: string): number | null {
  const percent = numberOf(row, field);
  return percent === null ? null : percent / 100;
}

export function isSet(row: Row, field: string): boolean {
  const value = row[field];
  return value === true || value === "true";
}

export function instantOf(row: Row, field: string): Instant | null {
  const value = row[field];
  if (value === null || value === undefined || value === "") return null;
  const instant = typeof value === "string" ? parseInstant(value) : null;
  if (instant === null) throw badField(field, "a date and time");
  return instant;
}

export function dayOf(row: Row, field: string): Day | null {
  const value = row[field];
  if (value === null || value === undefined || value === "") return null;
  const day = typeof value === "string" ? parseDay(value.slice(0, 10)) : null;
  if (day === null) throw badField(field, "a date");
  return day;
}

/** Parent record that came along with the row (`Opportunity.CreatedDate`); an empty one when there is none. */
export function parentOf(row: Row, relationship: string): Row {
  const value = row[relationship];
  return isRow(value) ? value : {};
}

function badField(field: string, expected: string): AppError {
  return new AppError({
    code: "record.bad_field",
    recovery: "skip",
    message: `${field} is not ${expected}.`,
    details: { field },
  });
}

/** What one page of rows became. */
export interface Mapped {
  readonly changes: readonly Change[];
  readonly rejects: readonly Reject[];
}

/** One row → changes; a row that can't be understood becomes a reject and never stops the others (law 9). */
export function mapRow(type: RecordType, row: Row, map: (row: Row) => readonly Change[]): Mapped {
  try {
    return { changes: map(row), rejects: [] };
  } catch (error) {
    if (!isAppError(error) || error.recovery !== "skip") throw error;
    return { changes: [], rejects: [{ type, ref: refOf(row), code: error.code, reason: error.message, payload: payloadOf(row) }] };
  }
}

export function mapRows(type: RecordType, rows: readonly Row[], map: (row: Row) => readonly Change[]): Mapped {
  return joined(rows.map((row) => mapRow(type, row, map)));
}

export function joined(parts: readonly Mapped[]): Mapped {
  return { changes: parts.flatMap((part) => part.changes), rejects: parts.flatMap((part) => part.rejects) };
}

function refOf(row: Row): string {
  const id = row["Id"];
  return typeof id === "string" ? id : "without an Id";
}

function payloadOf(row: Row): JsonValue {
  const { attributes: _, ...fields } = row;
  return JSON.parse(JSON.stringify(fields));
}
