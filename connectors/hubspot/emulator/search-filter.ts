import { propertyValue } from "./computed.ts";
import { invalid } from "./errors.ts";
import { type ObjectType, objectType } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import type { PropertyType } from "./properties.ts";
import type { Snapshot, StoredRecord } from "./record.ts";
import { type JsonMap, strings } from "./request.ts";
import { msOfWire } from "./wire.ts";

/** One filter of a search, ready to be asked of many records. */
export interface Filter {
  readonly matches: (record: StoredRecord, snapshot: Snapshot) => boolean;
  /** Records with a lower id cannot match. */
  readonly lowestId: number;
}

/** How values of a property are compared: text without regard to case, choices with. */
export type Comparison = "number" | "moment" | "choice" | "text";

type Value = string | number;
type Test = (value: Value | undefined) => boolean;

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
type Operator = (typeof OPERATORS)[number];

/** Properties the search refuses to filter by (fact sheet section 6). */
const REFUSED: readonly string[] = ["hs_body_preview_html", "hs_email_html", "hs_body_preview"];

const COMPARISONS: Readonly<Record<PropertyType, Comparison>> = {
  number: "number",
  date: "moment",
  datetime: "moment",
  enumeration: "choice",
  bool: "choice",
  string: "text",
};

export function comparisonOf(portal: Portal, type: ObjectType, property: string): Comparison {
  const found = portal.properties[type].get(property);
  if (found !== undefined) return COMPARISONS[found.type];
  const detail = { message: `Property "${property}" does not exist`, code: "PROPERTY_DOESNT_EXIST", context: { propertyName: [property] } };
  throw invalid(`There was a problem with the request: unknown property ${property}`, [detail]);
}

/** Checks a filter and compiles it; throws the 400 of a filter that HubSpot would not take. */
export function compileFilter(portal: Portal, type: ObjectType, filter: JsonMap): Filter {
  const property = String(filter["propertyName"]);
  const operator = operatorOf(filter);
  if (REFUSED.includes(property)) throw invalid(`Cannot filter by ${property}`);
  const linkTo = property.startsWith("associations.") ? objectType(property.slice("associations.".length)) : null;
  if (linkTo !== null) return { matches: linkTest(linkTo, operator, filter), lowestId: 0 };
  const comparison = comparisonOf(portal, type, property);
  // On contacts this one exists, can be filtered by, and finds nothing (fact sheet 4.3).
  if (type === "contacts" && property === "hs_lastmodifieddate") return { matches: () => false, lowestId: 0 };
  const test = valueTest(operator, comparison, filter);
  const read = reader(portal, property);
  const isFloor = property === "hs_object_id" && (operator === "GT" || operator === "GTE" || operator === "EQ");
  return { matches: (record, snapshot) => test(read(record, snapshot)), lowestId: isFloor ? Number(filter["value"]) : 0 };
}

function operatorOf(filter: JsonMap): Operator {
  const operator = OPERATORS.find((each) => each === filter["operator"]);
  if (operator === undefined) throw invalid(`Invalid operator '${String(filter["operator"])}'`);
  const needs = operator === "IN" || operator === "NOT_IN" ? "values" : operator.endsWith("HAS_PROPERTY") ? null : "value";
  if (needs !== null && filter[needs] === undefined) throw invalid(`operator ${operator} requires ${needs}`);
  if (operator === "BETWEEN" && filter["highValue"] === undefined) throw invalid("operator BETWEEN requires highValue");
  return operator;
}

/** The filters of every incremental read without formatting and parsing a time for each record. */
function reader(portal: Portal, property: string): (record: StoredRecord, snapshot: Snapshot) => Value | undefined {
  if (property === "hs_object_id") return (record) => record.id;
  if (property === "hs_lastmodifieddate" || property === "lastmodifieddate") return (_record, snapshot) => snapshot.modifiedMs;
  return (record, snapshot) => propertyValue(portal, record, property, snapshot.values, snapshot.modifiedMs);
}

function linkTest(to: ObjectType, operator: Operator, filter: JsonMap): Filter["matches"] {
  const wanted = (operator === "IN" ? strings(filter["values"]) : [String(filter["value"])]).map(Number);
  switch (operator) {
    case "HAS_PROPERTY":
      return (record) => (record.links[to]?.length ?? 0) > 0;
    case "NOT_HAS_PROPERTY":
      return (record) => (record.links[to]?.length ?? 0) === 0;
    case "EQ":
    case "IN":
      return (record) => wanted.some((id) => record.links[to]?.includes(id) ?? false);
    default:
      throw invalid(`operator ${operator} is not supported on associations`);
  }
}

function valueTest(operator: Operator, comparison: Comparison, filter: JsonMap): Test {
  const given = comparable(comparison, String(filter["value"] ?? ""));
  const high = comparable(comparison, String(filter["highValue"] ?? ""));
  const listed = new Set<Value>(strings(filter["values"]).map((each) => (comparison === "number" ? Number(each) : each)));
  const whenFilled =
    (test: (own: Value) => boolean): Test =>
    (value) =>
      value !== undefined && test(comparable(comparison, value));
  const unless =
    (test: Test): Test =>
    (value) =>
      !test(value);
  // Text in a list has to be given in lower case; nothing else is found (fact sheet 4.2).
  const isListed = whenFilled((own) => listed.has(own));
  const hasToken = whenFilled((own) => tokens(String(own)).includes(String(given).toLowerCase().replaceAll("*", "")));
  const tests: Readonly<Record<Operator, Test>> = {
    EQ: whenFilled((own) => own === given),
    NEQ: unless(whenFilled((own) => own === given)),
    LT: whenFilled((own) => own < given),
    LTE: whenFilled((own) => own <= given),
    GT: whenFilled((own) => own > given),
    GTE: whenFilled((own) => own >= given),
    BETWEEN: whenFilled((own) => own >= given && own <= high),
    IN: isListed,
    NOT_IN: unless(isListed),
    HAS_PROPERTY: (value) => value !== undefined,
    NOT_HAS_PROPERTY: (value) => value === undefined,
    CONTAINS_TOKEN: hasToken,
    NOT_CONTAINS_TOKEN: unless(hasToken),
  };
  return tests[operator];
}

/** A value in the form in which two of them can be compared. */
export function comparable(comparison: Comparison, value: Value): Value {
  if (typeof value === "number") return value;
  switch (comparison) {
    case "number":
      return Number(value);
    case "moment":
      return msOfWire(value);
    case "text":
      return value.toLowerCase();
    case "choice":
      return value;
  }
}

function tokens(text: string): readonly string[] {
  return text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
}
