import { apiError } from "./replies.ts";
import type { Field, ObjectType } from "./schema.ts";
import { standardObjects } from "./schema.ts";
import { longId, type Row, stampOf } from "./values.ts";

/** What is in the org: definitions and records. */
export interface Store {
  readonly objects: Map<string, ObjectType>;
  /** Throws INVALID_TYPE. */
  object(name: string): ObjectType;
  rows(object: string): ReadonlyMap<string, Row>;
  get(object: string, id: string): Row | undefined;
  /** Adds or replaces fields; `at` becomes SystemModstamp, and LastModifiedDate unless the platform did it. */
  put(object: string, id: string, fields: Row, at: number, by: string | null): Row;
  remove(object: string, id: string, at: number): void;
  /** Gone without a trace, as from an emptied recycle bin. */
  purge(object: string, id: string): void;
  /** Object of an id, by its first three characters. */
  objectOfId(id: string): ObjectType | undefined;
  addField(object: string, field: Field): void;
  /** Counts every write: what was sorted before it is stale. */
  version(object: string): number;
}

export function makeStore(): Store {
  const objects = standardObjects();
  const tables = new Map<string, Map<string, Row>>();
  const versions = new Map<string, number>();
  const byPrefix = new Map([...objects.values()].map((type) => [type.prefix, type]));
  const table = (object: string): Map<string, Row> => {
    const key = object.toLowerCase();
    const found = tables.get(key) ?? new Map<string, Row>();
    tables.set(key, found);
    return found;
  };
  const touch = (object: string): void => {
    versions.set(object.toLowerCase(), (versions.get(object.toLowerCase()) ?? 0) + 1);
  };
  const objectOf = (name: string): ObjectType => {
    const type = objects.get(name.toLowerCase());
    if (type !== undefined) return type;
    const hint = "If you are attempting to use a custom object, be sure to append the '__c' after the entity name.";
    throw apiError(400, "INVALID_TYPE", `sObject type '${name}' is not supported. ${hint}`);
  };
  const put: Store["put"] = (object, id, fields, at, by) => {
    const type = objectOf(object);
    const before = table(object).get(longId(id));
    const row: Row = { ...(before ?? { Id: longId(id), ...defaults(type) }), ...fields, ...audit(type, before, at, by) };
    table(object).set(longId(id), row);
    touch(object);
    return row;
  };
  return {
    objects,
    object: objectOf,
    rows: (object) => table(object),
    get: (object, id) => table(object).get(longId(id)),
    put,
    remove: (object, id, at) => {
      const row = table(object).get(longId(id));
      if (row !== undefined) put(object, id, { IsDeleted: true }, at, null);
    },
    purge: (object, id) => {
      table(object).delete(longId(id));
      touch(object);
    },
    objectOfId: (id) => byPrefix.get(id.slice(0, 3)),
    addField: (object, field) => {
      const type = objectOf(object);
      objects.set(object.toLowerCase(), { ...type, fields: new Map([...type.fields, [field.name.toLowerCase(), field]]) });
    },
    version: (object) => versions.get(object.toLowerCase()) ?? 0,
  };
}

function defaults(type: ObjectType): Row {
  const row: Row = {};
  for (const { name, type: kind, nillable } of type.fields.values()) if (kind === "boolean" && !nillable) row[name] = false;
  return row;
}

/** `by` null: the platform itself wrote, which moves SystemModstamp alone. */
function audit(type: ObjectType, before: Row | undefined, at: number, by: string | null): Row {
  const stamp = stampOf(at);
  const has = (name: string): boolean => type.fields.has(name.toLowerCase());
  const row: Row = {};
  if (before === undefined) {
    if (has("CreatedDate")) row["CreatedDate"] = stamp;
    if (has("CreatedById")) row["CreatedById"] = by;
  }
  if (has("LastModifiedDate") && (by !== null || before === undefined)) {
    row["LastModifiedDate"] = stamp;
    row["LastModifiedById"] = by;
  }
  if (has("SystemModstamp")) row["SystemModstamp"] = stamp;
  return row;
}
