import { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import type { CallContext, Client } from "./client.ts";
import { badAnswer, isRow, type Row } from "./decode.ts";
import { isClosedToUs } from "./errors.ts";

export interface FieldInfo {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly custom: boolean;
  readonly calculated: boolean;
  readonly updateable: boolean;
  readonly length: number;
  readonly precision: number;
  readonly scale: number;
  readonly relationshipName: string | null;
  readonly picklist: readonly { readonly value: string; readonly label: string }[];
}

export interface ObjectInfo {
  readonly name: string;
  readonly updateable: boolean;
  readonly fields: ReadonlyMap<string, FieldInfo>;
}

/** What the integration user can see of the org: objects and fields hidden from it are not in here. Kept for the life of a connector. */
export interface Schema {
  /** Null where the object does not exist, the feature is off or access to it is missing: that is normal. */
  object(name: string, context: CallContext): Promise<ObjectInfo | null>;
  /** Of the wanted fields those that can be read, in the order asked for; a path (`Opportunity.CreatedDate`) when its lookup can be read. */
  readable(object: ObjectInfo, wanted: readonly string[]): readonly string[];
  /** Three characters an id starts with → object (`006` → Opportunity). */
  prefixes(context: CallContext): Promise<ReadonlyMap<string, string>>;
  /** A stream starts to read an object. When it did so before, the org is looked at anew: fields and time have moved on since. */
  begin(stream: string, object: string): void;
  /** Forgets an object so that it is described anew: fields change while we run. */
  forget(name: string): void;
}

interface Global {
  readonly names: ReadonlySet<string>;
  readonly prefixes: ReadonlyMap<string, string>;
}

/** These prefixes are the same in every org; the list of objects an org sends may leave some out. */
const FIXED_PREFIXES = new Map([
  ["006", "Opportunity"],
  ["001", "Account"],
  ["003", "Contact"],
  ["00Q", "Lead"],
  ["005", "User"],
]);

export function createSchema(client: Client, log: Log): Schema {
  const objects = new Map<string, Promise<ObjectInfo | null>>();
  const begun = new Set<string>();
  let global: Promise<Global> | null = null;
  const globalOf = (context: CallContext): Promise<Global> => {
    global ??= client
      .request({ name: "describe.global", method: "GET", path: "/sobjects" }, context, decodeGlobal)
      .catch((error: unknown) => {
        global = null;
        throw error;
      });
    return global;
  };
  const describe = async (name: string, context: CallContext): Promise<ObjectInfo | null> => {
    const { names } = await globalOf(context);
    if (!names.has(name)) {
      log.debug({ object: name }, "object not offered to the integration user");
      return null;
    }
    return await described(client, name, context);
  };
  return {
    object: (name, context) => {
      const known = objects.get(name);
      if (known !== undefined) return known;
      const asked = describe(name, context);
      objects.set(name, asked);
      // A failed description is asked for again by whoever needs it next.
      asked.catch(() => objects.delete(name));
      return asked;
    },
    readable: (object, wanted) => wanted.filter((field) => isReadable(object, field)),
    prefixes: async (context) => (await globalOf(context)).prefixes,
    begin: (stream, object) => {
      const key = `${stream} ${object}`;
      if (begun.has(key)) objects.delete(object);
      begun.add(key);
    },
    forget: (name) => {
      objects.delete(name);
    },
  };
}

async function described(client: Client, name: string, context: CallContext): Promise<ObjectInfo | null> {
  try {
    return await client.request({ name: "describe.object", method: "GET", path: `/sobjects/${name}/describe` }, context, decodeObject);
  } catch (error) {
    if (isClosedToUs(error)) return null;
    throw error;
  }
}

function isReadable(object: ObjectInfo, field: string): boolean {
  const [first = "", second] = field.split(".");
  if (second === undefined) return object.fields.has(first);
  return [...object.fields.values()].some((info) => info.relationshipName === first);
}

/** The object, or a `configure` error that names the grant that is missing. */
export async function requiredObject(schema: Schema, name: string, context: CallContext): Promise<ObjectInfo> {
  const object = await schema.object(name, context);
  if (object !== null) return object;
  throw new AppError({
    code: "salesforce.no_access",
    recovery: "configure",
    message: `The integration user can't read ${name}: give its permission set Read and View All on ${name}.`,
    details: { object: name },
  });
}

function decodeGlobal(body: unknown): Global {
  const list = isRow(body) ? body["sobjects"] : null;
  if (!Array.isArray(list)) throw badAnswer("the list of objects");
  const rows = list.filter(isRow);
  const names = rows.filter((row) => row["queryable"] !== false).flatMap((row) => stringsOf(row["name"]));
  const prefixes = rows.flatMap((row) => stringsOf(row["keyPrefix"]).map((prefix) => [prefix, String(row["name"])] as const));
  return { names: new Set(names), prefixes: new Map([...FIXED_PREFIXES, ...prefixes]) };
}

function decodeObject(body: unknown): ObjectInfo {
  if (!isRow(body) || !Array.isArray(body["fields"])) throw badAnswer("the description of an object");
  const fields = body["fields"].filter(isRow).map(decodeField);
  return {
    name: String(body["name"]),
    updateable: body["updateable"] === true,
    fields: new Map(fields.map((field) => [field.name, field])),
  };
}

function decodeField(row: Row): FieldInfo {
  const values = Array.isArray(row["picklistValues"]) ? row["picklistValues"].filter(isRow) : [];
  return {
    name: String(row["name"]),
    type: String(row["type"]),
    label: String(row["label"] ?? row["name"]),
    custom: row["custom"] === true,
    calculated: row["calculated"] === true,
    updateable: row["updateable"] === true,
    length: Number(row["length"] ?? 0),
    precision: Number(row["precision"] ?? 0),
    scale: Number(row["scale"] ?? 0),
    relationshipName: typeof row["relationshipName"] === "string" ? row["relationshipName"] : null,
    picklist: values.map((value) => ({ value: String(value["value"]), label: String(value["label"] ?? value["value"]) })),
  };
}

function stringsOf(value: unknown): readonly string[] {
  return typeof value === "string" && value !== "" ? [value] : [];
}
