import type { Brand } from "#core/brand.ts";
import { AppError } from "#core/errors.ts";
import type { Day } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";

/** A value ready for a WHERE clause; only the functions below make one, so no text of the CRM or of a person gets there unescaped. */
export type Literal = Brand<string, "SoqlLiteral">;
/** One checked condition. */
export type Condition = Brand<string, "SoqlCondition">;

const NAME = /^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*){0,5}$/;
const RECORD_ID = /^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
};

/** A quoted string. The backslash is escaped as well as the quote: `\'` typed by a person must not end the literal. */
export function text(value: string): Literal {
  return `'${value.replaceAll(/[\\'\n\r\t\b\f]/g, (char) => ESCAPES[char] ?? char)}'` as Literal;
}

/** A record id of 15 or 18 characters; anything else throws `salesforce.bad_query`. */
export function recordId(value: string): Literal {
  if (!RECORD_ID.test(value)) throw badQuery("a record id of 15 or 18 letters and digits", value);
  return `'${value}'` as Literal;
}

/** A moment, unquoted and in whole seconds: the precision of every Salesforce time stamp. */
export function moment(value: Instant): Literal {
  return `${value.slice(0, 19)}Z` as Literal;
}

/** A calendar day, unquoted. */
export function day(value: Day): Literal {
  return value as string as Literal;
}

export function flag(value: boolean): Literal {
  return String(value) as Literal;
}

export function compare(field: string, operator: "=" | "!=" | "<" | "<=" | ">" | ">=", value: Literal): Condition {
  return `${name(field)} ${operator} ${value}` as Condition;
}

/** `field IN (…)`. An empty list throws: SOQL has no way to write it, and leaving the condition out would select everything. */
export function among(field: string, values: readonly Literal[]): Condition {
  if (values.length === 0) throw badQuery("at least one value", `${field} IN ()`);
  return `${name(field)} IN (${values.join(",")})` as Condition;
}

/** Every condition holds. */
export function all(conditions: readonly Condition[]): Condition {
  return conditions.join(" AND ") as Condition;
}

/** At least one holds; always in brackets. */
export function any(conditions: readonly Condition[]): Condition {
  return `(${conditions.map((condition) => `(${condition})`).join(" OR ")})` as Condition;
}

export interface Query {
  readonly object: string;
  readonly fields: readonly string[];
  readonly where?: readonly Condition[];
  readonly orderBy?: readonly string[];
  readonly limit?: number;
}

/** The query as text; every name is checked to be a plain identifier. */
export function soql(query: Query): string {
  const parts = [`SELECT ${query.fields.map(name).join(",")} FROM ${name(query.object)}`];
  if (query.where !== undefined && query.where.length > 0) parts.push(`WHERE ${all(query.where)}`);
  if (query.orderBy !== undefined && query.orderBy.length > 0) parts.push(`ORDER BY ${query.orderBy.map(name).join(",")}`);
  if (query.limit !== undefined) parts.push(`LIMIT ${Math.trunc(query.limit)}`);
  return parts.join(" ");
}

/** `SELECT COUNT() FROM …`: the number is in `totalSize`. */
export function countSoql(object: string, where: readonly Condition[] = []): string {
  return `SELECT COUNT() FROM ${name(object)}${where.length === 0 ? "" : ` WHERE ${all(where)}`}`;
}

/** A field, object or relationship path; names come from describe, so anything else is a mistake of ours. */
function name(value: string): string {
  if (!NAME.test(value)) throw badQuery("a field or object name", value);
  return value;
}

function badQuery(expected: string, found: string): AppError {
  return new AppError({
    code: "salesforce.bad_query",
    recovery: "abort",
    message: `A query was not built: expected ${expected}, found '${found.slice(0, 40)}'.`,
  });
}

const SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/** The 18-character form of an id: 15 characters differ in case only and break in tools that ignore it. Null for what is no id. */
export function longId(value: string): string | null {
  if (!RECORD_ID.test(value)) return null;
  return value.length === 18 ? value : value + checksum(value);
}

/** One character for each block of five, its bits saying which letters are capitals. */
function checksum(id: string): string {
  return [0, 5, 10].map((start) => SUFFIX[capitals(id.slice(start, start + 5))]).join("");
}

function capitals(block: string): number {
  return [...block].reduce((bits, char, index) => (char >= "A" && char <= "Z" ? bits | (1 << index) : bits), 0);
}
