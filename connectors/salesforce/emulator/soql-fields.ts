import { apiError } from "./replies.ts";
import type { Field, ObjectType } from "./schema.ts";
import type { Store } from "./store.ts";
import type { Cell, Row } from "./values.ts";

/** What a query may see: definitions, records, field-level security and the present. */
export interface Sight {
  readonly store: Store;
  canRead(object: string, field: string): boolean;
  readonly nowMs: number;
  /** Units of that currency for one of the corporate currency. */
  rateOf(currency: string): number;
  readonly fiscalYearStartMonth: number;
}

/** A field reached from an object, directly or through its parents. */
export interface Path {
  readonly field: Field;
  get(row: Row): Cell;
}

/** Throws INVALID_FIELD in the platform's words. */
export function pathOf(sight: Sight, type: ObjectType, steps: readonly string[]): Path {
  const [first = "", ...rest] = steps;
  if (rest.length === 0) {
    const field = fieldOf(sight, type, first);
    return { field, get: (row) => row[field.name] ?? null };
  }
  const reference = referenceOf(sight, type, first);
  const targets = reference.referenceTo.map((name) => sight.store.object(name));
  const paths = new Map(
    targets.flatMap((target) => (hasField(sight, target, rest) ? [[target.name, pathOf(sight, target, rest)] as const] : [])),
  );
  const any = [...paths.values()][0];
  if (any === undefined)
    throw noColumn(rest[0] ?? "", targets[0]?.name === undefined ? type.name : targets.length > 1 ? "Name" : targets[0].name);
  return {
    field: any.field,
    get: (row) => {
      const parent = parentOf(sight.store, row, reference);
      return parent === null ? null : (paths.get(parent.type.name)?.get(parent.row) ?? null);
    },
  };
}

/** The record a reference points to. */
export function parentOf(store: Store, row: Row, reference: Field): { readonly type: ObjectType; readonly row: Row } | null {
  const id = row[reference.name];
  if (typeof id !== "string") return null;
  const type = reference.referenceTo.length === 1 ? store.object(reference.referenceTo[0] ?? "") : store.objectOfId(id);
  const parent = type === undefined ? undefined : store.get(type.name, id);
  return type === undefined || parent === undefined ? null : { type, row: parent };
}

export function fieldOf(sight: Sight, type: ObjectType, name: string): Field {
  const field = type.fields.get(name.toLowerCase());
  if (field === undefined || !sight.canRead(type.name, field.name)) throw noColumn(name, type.name);
  return field;
}

export function referenceOf(sight: Sight, type: ObjectType, relationship: string): Field {
  for (const field of type.fields.values()) {
    if (field.relationship?.toLowerCase() === relationship.toLowerCase() && sight.canRead(type.name, field.name)) return field;
  }
  throw apiError(
    400,
    "INVALID_FIELD",
    `Didn't understand relationship '${relationship}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name.`,
  );
}

function hasField(sight: Sight, type: ObjectType, steps: readonly string[]): boolean {
  try {
    pathOf(sight, type, steps);
    return true;
  } catch {
    return false;
  }
}

function noColumn(name: string, entity: string): Error {
  const hint = "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name.";
  const see = "Please reference your WSDL or the describe call for the appropriate names.";
  return apiError(400, "INVALID_FIELD", `No such column '${name}' on entity '${entity}'. ${hint} ${see}`);
}
