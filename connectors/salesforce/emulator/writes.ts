import type { Org } from "./org.ts";
import { apiError } from "./replies.ts";
import type { Field, ObjectType } from "./schema.ts";
import { type Cell, idFor, isId, longId, type Row, stampOf } from "./values.ts";

/** Why a row was not written; over the wire the key is `statusCode`. */
export interface RowError {
  readonly statusCode: string;
  readonly message: string;
  readonly fields: readonly string[];
}
export type WriteResult = { readonly id: string } | { readonly errors: readonly RowError[] };

const fail = (statusCode: string, message: string, fields: readonly string[] = []): WriteResult => ({
  errors: [{ statusCode, message, fields }],
});

/** What the body of a request says of one record. */
export type Wanted = Readonly<Record<string, unknown>>;

/** Updates one record as the integration user. Throws what makes the whole request bad (unknown field, value of a wrong kind). */
export function update(org: Org, type: ObjectType, id: string, wanted: Wanted): WriteResult {
  const cells = cellsOf(org, type, wanted);
  if (!isId(id)) return fail("MALFORMED_ID", `Record ID: id value of incorrect type: ${id}`, ["Id"]);
  const row = org.store.get(type.name, id);
  if (row === undefined) return fail("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id");
  if (row["IsDeleted"] === true) return fail("ENTITY_IS_DELETED", "entity is deleted");
  const refusal = org.refusal(longId(id));
  if (refusal !== undefined) return fail(refusal.statusCode, refusal.message);
  const problem = wrongWith(org, type, cells, "update");
  if (problem !== null) return problem;
  org.store.put(type.name, id, cells, org.clock.nowMs(), org.integrationUserId);
  return { id: longId(id) };
}

/** Creates one record as the integration user. */
export function create(org: Org, type: ObjectType, wanted: Wanted): WriteResult {
  const cells = cellsOf(org, type, wanted);
  const problem = wrongWith(org, type, cells, "create");
  if (problem !== null) return problem;
  const missing = [...type.fields.values()].filter(
    ({ nillable, createable, type: kind, name }) => !nillable && createable && kind !== "boolean" && (cells[name] ?? null) === null,
  );
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name);
    return fail("REQUIRED_FIELD_MISSING", `Required fields are missing: [${names.join(", ")}]`, names);
  }
  const duplicate = duplicateOf(org, type, cells);
  if (duplicate !== null) return duplicate;
  const id = idFor(type.prefix, `created/${type.name}/${org.store.rows(type.name).size}/${org.store.version(type.name)}`);
  org.store.put(type.name, id, cells, org.clock.nowMs(), org.integrationUserId);
  return { id };
}

const UNIQUE: Readonly<Record<string, readonly string[]>> = {
  PermissionSet: ["Name"],
  PermissionSetAssignment: ["PermissionSetId", "AssigneeId"],
  FieldPermissions: ["ParentId", "Field"],
  ObjectPermissions: ["ParentId", "SobjectType"],
};

function duplicateOf(org: Org, type: ObjectType, cells: Row): WriteResult | null {
  const fields = UNIQUE[type.name] ?? [];
  if (fields.length === 0) return null;
  for (const row of org.store.rows(type.name).values()) {
    if (fields.every((field) => row[field] === cells[field]))
      return fail("DUPLICATE_VALUE", `duplicate value found: ${fields.join(", ")} duplicates value on record with id: ${row["Id"]}`);
  }
  return null;
}

/** The record's fields by their own names. A field that is not there, or not visible, makes the request bad. */
function cellsOf(org: Org, type: ObjectType, wanted: Wanted): Row {
  const cells: Row = {};
  for (const [name, value] of Object.entries(wanted)) {
    if (name === "attributes" || name.toLowerCase() === "id") continue;
    const field = type.fields.get(name.toLowerCase());
    if (field === undefined || !org.canRead(type.name, field.name)) {
      throw apiError(400, "INVALID_FIELD", `No such column '${name}' on sobject of type ${type.name}`);
    }
    cells[field.name] = cellOf(value, field);
  }
  return cells;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const NUMBERS: readonly Field["type"][] = ["int", "double", "currency", "percent"];

/** A JSON value as the field's cell; another kind of value is what the platform's JSON reader trips over. */
function cellOf(value: unknown, field: Field): Cell {
  if (value === null) return null;
  const cell = readersOf(field)(value);
  if (cell !== undefined) return cell;
  const kind = `VALUE_${typeof value === "string" ? "STRING" : typeof value === "number" ? "NUMBER" : "OBJECT"}`;
  const message = `Cannot deserialize instance of ${field.type} from ${kind} value ${String(value)} or request may be missing a required field`;
  throw apiError(400, "JSON_PARSER_ERROR", message);
}

/** Undefined: the value is of no kind the field takes. */
function readersOf(field: Field): (value: unknown) => Cell | undefined {
  if (NUMBERS.includes(field.type)) return (value) => readNumber(value, field);
  switch (field.type) {
    case "boolean":
      return (value) => (typeof value === "boolean" ? value : undefined);
    case "date":
      return (value) => (typeof value === "string" && DAY.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined);
    case "datetime":
      return readMoment;
    case "reference":
      return (value) => longId(String(value));
    default:
      return (value) => (typeof value === "object" ? undefined : String(value) === "" ? null : String(value));
  }
}

function readNumber(value: unknown, field: Field): Cell | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? rounded(number, field) : undefined;
}

function readMoment(value: unknown): Cell | undefined {
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : stampOf(ms);
}

function rounded(number: number, field: Field): number {
  const unit = 10 ** field.scale;
  return field.type === "int" ? Math.trunc(number) : field.scale === 0 ? number : Math.round(number * unit) / unit;
}

function wrongWith(org: Org, type: ObjectType, cells: Row, action: "update" | "create"): WriteResult | null {
  for (const [name, cell] of Object.entries(cells)) {
    const field = type.fields.get(name.toLowerCase());
    if (field === undefined) continue;
    const mayWrite = action === "create" && !field.custom ? field.createable : org.canEdit(type.name, field);
    if (!mayWrite) {
      const see = "Please check the security settings of this field and verify that it is read/write for your profile or permission set.";
      return fail("INVALID_FIELD_FOR_INSERT_UPDATE", `Unable to create/update fields: ${name}. ${see}`, [name]);
    }
    if (typeof cell === "string" && field.length > 0 && cell.length > field.length) {
      return fail("STRING_TOO_LONG", `${field.label}: data value too large: ${cell.slice(0, 40)} (max length=${field.length})`, [name]);
    }
    if (typeof cell === "number" && field.precision > 0 && Math.abs(cell) >= 10 ** (field.precision - field.scale)) {
      return fail("NUMBER_OUTSIDE_VALID_RANGE", `${field.label}: value outside of valid range on numeric field: ${cell}`, [name]);
    }
  }
  return null;
}
