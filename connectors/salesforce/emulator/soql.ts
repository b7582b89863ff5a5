import { type OrderByClause, parseQuery, type Query } from "@jetstreamapp/soql-parser-js";
import { apiError } from "./replies.ts";
import type { ObjectType } from "./schema.ts";
import { aggregate, isAggregate, isPlainCount } from "./soql-aggregate.ts";
import { pathOf, type Sight } from "./soql-fields.ts";
import { projection, type Shown } from "./soql-select.ts";
import { predicateOf, type SubSelect } from "./soql-where.ts";
import type { Cell, Row } from "./values.ts";

/** A result that shows its records when a page of them is asked for. */
export interface Found {
  readonly totalSize: number;
  records(from: number, to: number): readonly Shown[];
}

export interface RunOptions {
  readonly sight: Sight;
  /** Deleted and archived rows, too. */
  readonly all: boolean;
  readonly version: string;
  /** Tooling objects are served apart from the others. */
  readonly tooling: boolean;
  isArchived(object: string, row: Row): boolean;
}

/** Runs one SOQL text against the org. Throws MALFORMED_QUERY, INVALID_TYPE, INVALID_FIELD as the platform does. */
export function runSoql(text: string, options: RunOptions): Found {
  if (text.length > 100_000) throw apiError(400, "QUERY_TOO_LONG", "SOQL statements cannot be longer than 100000 characters.");
  const query = parse(text);
  if ((query.offset ?? 0) > 2_000) throw apiError(400, "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000");
  const type = typeOf(query, options);
  if (isPlainCount(query)) {
    const { length } = select(query, type, options);
    return { totalSize: Math.min(length, query.limit ?? length), records: () => [] };
  }
  if (query.having !== undefined) throw apiError(400, "MALFORMED_QUERY", "HAVING is not served by this org");
  if (isAggregate(query)) {
    const records = cut(
      aggregate(query, type, select(query.where === undefined ? {} : { where: query.where }, type, options), options.sight),
      query,
    );
    if (records.length > 2_000)
      throw apiError(400, "EXCEEDED_MAX_AGGREGATE_ROWS", "Aggregate query has too many rows for direct assignment, use FOR loop");
    return { totalSize: records.length, records: (from, to) => records.slice(from, to) };
  }
  const project = projection(query, type, options.sight, options.version, subSelect(options));
  const rows = select(query, type, options);
  return { totalSize: rows.length, records: (from, to) => rows.slice(from, to).map(project) };
}

function parse(text: string): Query {
  try {
    return parseQuery(text);
  } catch (error) {
    throw apiError(400, "MALFORMED_QUERY", error instanceof Error ? error.message : "unexpected token");
  }
}

function typeOf(query: Query, options: RunOptions): ObjectType {
  const type = options.sight.store.object(query.sObject ?? "");
  if (type.tooling !== options.tooling && !SERVED_BY_BOTH.has(type.name)) {
    throw apiError(400, "INVALID_TYPE", `sObject type '${query.sObject}' is not supported.`);
  }
  return type;
}

const SERVED_BY_BOTH = new Set(["EntityDefinition", "User", "PermissionSet", "FlowDefinitionView"]);

const subSelect =
  (options: RunOptions): SubSelect =>
  (query) => {
    const type = typeOf(query, options);
    const [only] = query.fields ?? [];
    if (only?.type !== "Field") throw apiError(400, "MALFORMED_QUERY", "a semi-join selects one field");
    const { get } = pathOf(options.sight, type, [only.field]);
    return new Set(select(query, type, options).map(get));
  };

/** The rows in order, cut to offset and limit. */
function select(query: Query, type: ObjectType, options: RunOptions): readonly Row[] {
  const test = predicateOf(query.where, type, options.sight, subSelect(options));
  const rows: Row[] = [];
  for (const row of options.sight.store.rows(type.name).values()) {
    if (!options.all && (row["IsDeleted"] === true || options.isArchived(type.name, row))) continue;
    if (test(row)) rows.push(row);
  }
  const order = [query.orderBy ?? []].flat().map((clause) => orderOf(clause, type, options.sight));
  if (order.length > 0) rows.sort((a, b) => order.reduce((sign, compare) => (sign === 0 ? compare(a, b) : sign), 0));
  return cut(rows, query);
}

function cut<T>(rows: readonly T[], query: Query): readonly T[] {
  const from = query.offset ?? 0;
  return query.limit === undefined && from === 0 ? rows : rows.slice(from, from + (query.limit ?? rows.length));
}

/** Nulls come first unless told otherwise. */
function orderOf(clause: OrderByClause, type: ObjectType, sight: Sight): (a: Row, b: Row) => number {
  if (!("field" in clause)) throw apiError(400, "MALFORMED_QUERY", "ordering by a function is not served by this org");
  const { get } = pathOf(sight, type, clause.field.split("."));
  const direction = clause.order === "DESC" ? -1 : 1;
  const nulls = clause.nulls === "LAST" ? 1 : -1;
  return (a, b) => compareCells(get(a), get(b), direction, nulls);
}

function compareCells(a: Cell, b: Cell, direction: number, nulls: number): number {
  if (a === b) return 0;
  if (a === null) return nulls;
  if (b === null) return -nulls;
  return (a < b ? -1 : 1) * direction;
}
