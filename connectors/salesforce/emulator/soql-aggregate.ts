import type { FieldType, GroupByClause, Query } from "@jetstreamapp/soql-parser-js";
import { apiError } from "./replies.ts";
import type { ObjectType } from "./schema.ts";
import { datePart, isDatePart } from "./soql-dates.ts";
import { pathOf, type Sight } from "./soql-fields.ts";
import type { Shown } from "./soql-select.ts";
import type { Cell, Row } from "./values.ts";

type FunctionField = Extract<FieldType, { type: "FieldFunctionExpression" }>;
const AGGREGATES = ["COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"];

export function isAggregate(query: Query): boolean {
  const hasFunction = (query.fields ?? []).some(
    (field) => field.type === "FieldFunctionExpression" && AGGREGATES.includes(field.functionName.toUpperCase()),
  );
  return hasFunction || query.groupBy !== undefined;
}

/** `SELECT COUNT()` alone: a number of rows and no records. */
export function isPlainCount(query: Query): boolean {
  const [only, ...more] = query.fields ?? [];
  return (
    more.length === 0 &&
    only?.type === "FieldFunctionExpression" &&
    only.functionName.toUpperCase() === "COUNT" &&
    only.parameters.length === 0
  );
}

/** One result per group, in the order of first appearance. */
export function aggregate(query: Query, type: ObjectType, rows: Iterable<Row>, sight: Sight): readonly Shown[] {
  const keys = [query.groupBy ?? []].flat().map((clause) => keyOf(clause, type, sight));
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(keys.map(({ read }) => read(row)));
    const members = groups.get(key) ?? [];
    groups.set(key, members);
    members.push(row);
  }
  if (keys.length === 0 && groups.size === 0) groups.set("[]", []);
  let unnamed = 0;
  const columns = (query.fields ?? []).map((field) => columnOf(field, type, sight, keys, () => `expr${unnamed++}`));
  return [...groups.values()].map((members) => {
    const shown: Shown = { attributes: { type: "AggregateResult" } };
    for (const column of columns) shown[column.name] = column.value(members);
    return shown;
  });
}

interface Key {
  readonly text: string;
  readonly read: (row: Row) => Cell;
}

function keyOf(clause: GroupByClause, type: ObjectType, sight: Sight): Key {
  if (!("fn" in clause)) {
    const { get } = pathOf(sight, type, clause.field.split("."));
    return { text: clause.field.toLowerCase(), read: get };
  }
  const { functionName = "", parameters = [], rawValue = "" } = clause.fn;
  const { get } = pathOf(sight, type, String(parameters[0]).split("."));
  const read = (row: Row): Cell => {
    const cell = get(row);
    return typeof cell === "string" ? datePart(functionName, cell, sight.fiscalYearStartMonth) : null;
  };
  return { text: rawValue.toLowerCase(), read };
}

interface Column {
  readonly name: string;
  readonly value: (members: readonly Row[]) => Cell;
}

function columnOf(field: FieldType, type: ObjectType, sight: Sight, keys: readonly Key[], nextName: () => string): Column {
  if (field.type === "FieldFunctionExpression") {
    if (isDatePart(field.functionName)) return groupedColumn(field.rawValue ?? "", field.alias ?? nextName(), keys);
    return aggregateColumn(field, type, sight, nextName);
  }
  if (field.type === "Field") return groupedColumn(field.field, field.alias ?? field.field, keys);
  if (field.type === "FieldRelationship") return groupedColumn([...field.relationships, field.field].join("."), field.field, keys);
  throw apiError(400, "MALFORMED_QUERY", "a child query can not stand beside an aggregate");
}

function groupedColumn(text: string, name: string, keys: readonly Key[]): Column {
  const key = keys.find((one) => one.text === text.toLowerCase());
  if (key === undefined) throw apiError(400, "MALFORMED_QUERY", `Field must be grouped or aggregated: ${text}`);
  return { name, value: ([first]) => (first === undefined ? null : key.read(first)) };
}

function aggregateColumn(field: FunctionField, type: ObjectType, sight: Sight, nextName: () => string): Column {
  const name = field.functionName.toUpperCase();
  const [parameter] = field.parameters;
  const column = field.alias ?? nextName();
  if (name === "COUNT" && parameter === undefined) return { name: column, value: (members) => members.length };
  const path = pathOf(sight, type, String(parameter).split("."));
  const isMoney = path.field.type === "currency";
  const cells = (members: readonly Row[]): readonly Cell[] =>
    members.flatMap((row) => {
      const cell = path.get(row);
      if (cell === null) return [];
      return [isMoney && typeof cell === "number" ? inCorporate(cell, row, sight) : cell];
    });
  return { name: column, value: (members) => reduce(name, cells(members)) };
}

/** Sums of money are in the organisation's currency, whatever the records'. */
function inCorporate(amount: number, row: Row, sight: Sight): number {
  const currency = row["CurrencyIsoCode"];
  return typeof currency === "string" ? amount / sight.rateOf(currency) : amount;
}

function reduce(name: string, cells: readonly Cell[]): Cell {
  const numbers = cells.filter((cell) => typeof cell === "number");
  const sum = numbers.reduce((total, one) => total + one, 0);
  switch (name) {
    case "COUNT":
      return cells.length;
    case "COUNT_DISTINCT":
      return new Set(cells).size;
    case "SUM":
      return numbers.length === 0 ? null : sum;
    case "AVG":
      return numbers.length === 0 ? null : sum / numbers.length;
    default: {
      const sorted = cells.filter((cell) => cell !== null).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      return (name === "MIN" ? sorted[0] : sorted.at(-1)) ?? null;
    }
  }
}
