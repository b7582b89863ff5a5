import type { ConditionWithValueQuery, NegationCondition, Query, WhereClause } from "@jetstreamapp/soql-parser-js";
import { apiError } from "./replies.ts";
import type { Field, ObjectType } from "./schema.ts";
import { dateLiteral, datePart } from "./soql-dates.ts";
import { pathOf, type Sight } from "./soql-fields.ts";
import { type Cell, isId, longId, type Row, stampOf } from "./values.ts";

export type Predicate = (row: Row) => boolean;
/** Runs the query of a semi-join; gives the values of its one field. */
export type SubSelect = (query: Query) => ReadonlySet<Cell>;

/** A WHERE clause as a test of one row. NOT binds before AND, AND before OR, as the platform reads it. */
export function predicateOf(where: WhereClause | undefined, type: ObjectType, sight: Sight, subSelect: SubSelect): Predicate {
  if (where === undefined) return () => true;
  const tokens = tokensOf(where);
  let at = 0;
  const primary = (): Predicate => {
    const token = tokens[at++];
    if (token === "NOT") {
      const inner = primary();
      return (row) => !inner(row);
    }
    if (token === "(") {
      const inner = either();
      at += 1;
      return inner;
    }
    if (token === undefined || typeof token === "string") throw apiError(400, "MALFORMED_QUERY", "unexpected end of condition");
    return conditionOf(token, type, sight, subSelect);
  };
  const chain = (word: "AND" | "OR", next: () => Predicate, join: (a: Predicate, b: Predicate) => Predicate) => (): Predicate => {
    let left = next();
    while (tokens[at] === word) {
      at += 1;
      left = join(left, next());
    }
    return left;
  };
  const both = chain("AND", primary, (a, b) => (row) => a(row) && b(row));
  const either = chain("OR", both, (a, b) => (row) => a(row) || b(row));
  return either();
}

type Condition = Exclude<ConditionWithValueQuery, NegationCondition>;
type Token = "(" | ")" | "AND" | "OR" | "NOT" | Condition;

/** The parser gives a chain with counted brackets; read again as tokens it is ordinary infix. */
function tokensOf(where: WhereClause): readonly Token[] {
  const tokens: Token[] = [];
  for (let node: WhereClause | undefined = where; node !== undefined; node = "right" in node ? node.right : undefined) {
    const { left } = node;
    if (left !== null) {
      tokens.push(...brackets("(", left.openParen));
      if ("operator" in left) tokens.push(left, ...brackets(")", left.closeParen));
    }
    if ("operator" in node) tokens.push(node.operator);
  }
  return tokens;
}

const brackets = (bracket: "(" | ")", count = 0): readonly Token[] => Array.from({ length: count }, () => bracket);

function conditionOf(condition: Condition, type: ObjectType, sight: Sight, subSelect: SubSelect): Predicate {
  const { read, field } = leftOf(condition, type, sight);
  if (!field.filterable) throw apiError(400, "INVALID_FIELD", `field '${field.name}' can not be filtered in a query call`);
  const operator = condition.operator.toUpperCase();
  if ("valueQuery" in condition) {
    const set = subSelect(condition.valueQuery);
    return operator === "IN" ? (row) => set.has(read(row)) : (row) => !set.has(read(row));
  }
  const { value, literalType } = condition;
  if (Array.isArray(value)) {
    const types = Array.isArray(literalType) ? literalType : value.map(() => literalType);
    const set = new Set(value.map((one, index) => comparable(literalOf(one, types[index] ?? "STRING", field), field)));
    const isIn = (row: Row): boolean => set.has(comparable(read(row), field));
    return operator === "IN" || operator === "INCLUDES" ? isIn : (row) => !isIn(row);
  }
  const text = String(value);
  if (literalType === "DATE_LITERAL" || literalType === "DATE_N_LITERAL")
    return inSpan(operator, read, field, dateLiteral(text, sight.nowMs));
  const literal = literalOf(text, typeof literalType === "string" ? literalType : "STRING", field);
  return compare(operator, read, literal, field);
}

function leftOf(condition: Condition, type: ObjectType, sight: Sight): { readonly field: Field; readonly read: (row: Row) => Cell } {
  if ("fn" in condition) {
    const [parameter] = condition.fn.parameters ?? [];
    const path = pathOf(sight, type, String(parameter).split("."));
    const name = condition.fn.functionName ?? "";
    const read = (row: Row): Cell => {
      const cell = path.get(row);
      return typeof cell === "string" ? datePart(name, cell, sight.fiscalYearStartMonth) : null;
    };
    return { field: { ...path.field, type: "double" }, read };
  }
  const path = pathOf(sight, type, condition.field.split("."));
  return { field: path.field, read: path.get };
}

const NUMBERS: readonly Field["type"][] = ["int", "double", "currency", "percent"];
const LITERALS: Readonly<Record<string, readonly Field["type"][]>> = {
  BOOLEAN: ["boolean"],
  DATE: ["date"],
  DATETIME: ["datetime"],
  INTEGER: NUMBERS,
  DECIMAL: NUMBERS,
};
const UNQUOTED: readonly Field["type"][] = ["boolean", "date", "datetime", ...NUMBERS];

/** The literal as a cell of the field; a literal of another kind is refused, as `CloseDate > 2026-01-01T00:00:00Z` is. */
function literalOf(text: string, literalType: string, field: Field): Cell {
  if (literalType === "NULL" || /^null$/i.test(text)) return null;
  const isQuoted = LITERALS[literalType] === undefined;
  if (isQuoted ? UNQUOTED.includes(field.type) : !LITERALS[literalType]?.includes(field.type)) {
    const type = field.type === "datetime" ? "dateTime" : field.type;
    const message = `value of filter criterion for field '${field.name}' must be of type ${type} and should ${isQuoted ? "not " : ""}be enclosed in quotes`;
    throw apiError(400, "INVALID_FIELD", message);
  }
  if (isQuoted) return textLiteral(text.startsWith("'") ? withoutEscapes(text.slice(1, -1)) : text, field);
  if (literalType === "BOOLEAN") return /^true$/i.test(text);
  if (literalType === "DATETIME") return stampOf(Date.parse(text));
  return literalType === "DATE" ? text : Number(text);
}

function textLiteral(text: string, field: Field): Cell {
  if (field.type !== "id" && field.type !== "reference") return text;
  if (text !== "" && !isId(text)) throw apiError(400, "INVALID_QUERY_FILTER_OPERATOR", `invalid ID field: ${text}`);
  return longId(text);
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", "\\": "\\", "'": "'", '"': '"' };

function withoutEscapes(text: string): string {
  return text.replaceAll(/\\(u[0-9a-fA-F]{4}|.)/g, (_, code: string) =>
    code.length > 1 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
  );
}

/** Text compares without case, ids with it. */
function comparable(cell: Cell, field: Field): Cell {
  return typeof cell === "string" && field.type !== "id" && field.type !== "reference" ? cell.toLowerCase() : cell;
}

function compare(operator: string, read: (row: Row) => Cell, literal: Cell, field: Field): Predicate {
  if (operator === "LIKE") {
    const pattern = likePattern(String(literal));
    return (row) => pattern.test(String(read(row) ?? ""));
  }
  const right = comparable(literal, field);
  const left = (row: Row): Cell => comparable(read(row), field);
  if (operator === "=") return (row) => left(row) === right;
  if (operator === "!=" || operator === "<>") return (row) => left(row) !== right;
  const test = ORDER[operator];
  if (test === undefined) throw apiError(400, "MALFORMED_QUERY", `unexpected token: '${operator}'`);
  return (row) => {
    const cell = left(row);
    return cell !== null && right !== null && test(cell < right ? -1 : cell > right ? 1 : 0);
  };
}

const ORDER: Readonly<Record<string, (sign: number) => boolean>> = {
  "<": (sign) => sign < 0,
  "<=": (sign) => sign <= 0,
  ">": (sign) => sign > 0,
  ">=": (sign) => sign >= 0,
};

/** A span equals what lies in it, is less than what comes after it. */
function inSpan(operator: string, read: (row: Row) => Cell, field: Field, [from, to]: readonly [number, number]): Predicate {
  const text = (ms: number): string => (field.type === "date" ? new Date(ms).toISOString().slice(0, 10) : stampOf(ms));
  const [first, end] = [text(from), text(to)];
  return (row) => {
    const cell = read(row);
    if (typeof cell !== "string") return false;
    const sign = cell < first ? -1 : cell >= end ? 1 : 0;
    if (operator === "=") return sign === 0;
    return operator === "!=" ? sign !== 0 : (ORDER[operator]?.(sign) ?? false);
  };
}

function likePattern(text: string): RegExp {
  const source = text
    .replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("%", "[\\s\\S]*")
    .replaceAll("_", "[\\s\\S]");
  return new RegExp(`^${source}$`, "i");
}
