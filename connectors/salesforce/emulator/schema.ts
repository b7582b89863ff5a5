import { OBJECTS } from "./objects.ts";

export const FIELD_TYPES = [
  "id",
  "reference",
  "string",
  "textarea",
  "picklist",
  "combobox",
  "email",
  "phone",
  "url",
  "boolean",
  "int",
  "double",
  "currency",
  "percent",
  "date",
  "datetime",
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  readonly length: number;
  readonly precision: number;
  readonly scale: number;
  readonly nillable: boolean;
  readonly updateable: boolean;
  readonly createable: boolean;
  readonly filterable: boolean;
  readonly custom: boolean;
  /** Objects a reference may point to, and the name by which queries follow it. */
  readonly referenceTo: readonly string[];
  readonly relationship: string | null;
  readonly picklist: readonly string[];
  readonly externalId: boolean;
}

export interface ObjectType {
  readonly name: string;
  readonly label: string;
  readonly plural: string;
  /** First three characters of its ids. */
  readonly prefix: string;
  /** Served by the Tooling API only. */
  readonly tooling: boolean;
  readonly writable: boolean;
  readonly fields: ReadonlyMap<string, Field>;
  /** Name by which a parent's query reaches it → its field that points to the parent. */
  readonly children: ReadonlyMap<string, { readonly object: string; readonly field: string }>;
}

/** All objects of the org by lower-cased name (SOQL does not mind case). */
export function standardObjects(): Map<string, ObjectType> {
  const made = OBJECTS.map((source) => ({
    ...source,
    fields: fieldsOf(source.fields, source.audit),
    children: new Map<string, { object: string; field: string }>(),
  }));
  for (const { name, childOf } of made) {
    for (const [parent, field, relationship] of childOf)
      made.find((one) => one.name === parent)?.children.set(relationship.toLowerCase(), { object: name, field });
  }
  return new Map(
    made.map(({ name, label, plural, prefix, tooling, writable, fields, children }) => [
      name.toLowerCase(),
      { name, label, plural, prefix, tooling, writable, fields, children },
    ]),
  );
}

const AUDIT = {
  /** Ordinary records. */
  full: "IsDeleted boolean! ro; CreatedDate datetime! ro; CreatedById >User ro; LastModifiedDate datetime! ro; LastModifiedById >User ro; SystemModstamp datetime! ro",
  /** Set-up records, which are never in the recycle bin. */
  setup:
    "CreatedDate datetime! ro; CreatedById >User ro; LastModifiedDate datetime! ro; LastModifiedById >User ro; SystemModstamp datetime! ro",
  /** Field history: no SystemModstamp. */
  history: "IsDeleted boolean! ro; CreatedDate datetime! ro; CreatedById >User ro",
  /** The stage log has one. */
  stamped: "IsDeleted boolean! ro; CreatedDate datetime! ro; CreatedById >User ro; SystemModstamp datetime! ro",
  none: "",
} as const;
export type Audit = keyof typeof AUDIT;

function fieldsOf(text: string, audit: Audit): Map<string, Field> {
  const all = `Id id! ro; ${text}; ${AUDIT[audit]}`;
  const fields = all
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(parseField);
  return new Map(fields.map((field) => [field.name.toLowerCase(), field]));
}

/** `Name type(length)! ro nofilter ext {A|B}` or `OwnerId >User|Group @Owner`; `!` is never null, `ro` set by the platform. */
function parseField(text: string): Field {
  const [name = "", kind = "", ...flags] = text.split(/\s+(?![^{]*\})/);
  const isReference = kind.startsWith(">");
  const [, word = "string", size] = /^(\w+)(?:\((\d+)\))?/.exec(isReference ? "reference" : kind) ?? [];
  const type = FIELD_TYPES.find((one) => one === word) ?? "string";
  const flag = (start: string): string | null => flags.find((one) => one.startsWith(start))?.slice(start.length) ?? null;
  const isReadOnly = flags.includes("ro");
  return {
    name,
    label: name.replace(/__c$/, "").replaceAll("_", " ").replace(/Id$/, " ID").trim(),
    type,
    length: size === undefined ? (DEFAULT_LENGTH[type] ?? 0) : Number(size),
    precision: type === "currency" || type === "double" || type === "percent" ? 18 : 0,
    scale: type === "currency" || type === "double" ? 2 : 0,
    nillable: !kind.endsWith("!"),
    updateable: !isReadOnly,
    createable: !isReadOnly,
    filterable: !flags.includes("nofilter") && type !== "textarea",
    custom: name.endsWith("__c"),
    referenceTo: isReference ? kind.slice(1).replace("!", "").split("|") : [],
    relationship: isReference ? (flag("@") ?? name.replace(/Id$/, "").replace(/__c$/, "__r")) : null,
    picklist: (flag("{") ?? "")
      .replace("}", "")
      .split("|")
      .filter((value) => value !== ""),
    externalId: flags.includes("ext"),
  };
}

const DEFAULT_LENGTH: Partial<Record<FieldType, number>> = {
  id: 18,
  reference: 18,
  string: 255,
  textarea: 32_000,
  picklist: 255,
  combobox: 255,
  email: 80,
  phone: 40,
  url: 255,
};
