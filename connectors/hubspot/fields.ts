import { type AppError, AppError as Failure, isAppError } from "#core/errors.ts";
import type { JsonObject } from "#core/json.ts";
import type { FieldOutcome, FieldReadiness, FieldSpec, FieldType, WriteTarget } from "#core/writeback.ts";
import type { Asker, HubSpot } from "./client.ts";
import { isObject, resultsOf, textOf } from "./decode.ts";
import { OWN_PREFIX } from "./properties.ts";

const GROUP = "scorekeeper";
const GROUP_LABEL = "Scorekeeper";

/** HubSpot's object for a target; null: fields of ours can't be put there. */
export const OBJECT_OF: Readonly<Record<WriteTarget, string | null>> = { deal: "deals", account: "companies", rep: null };

/** `type` and `fieldType` of HubSpot, which have to fit each other. */
export const PROPERTY_TYPES: Readonly<Record<FieldType, { readonly type: string; readonly fieldType: string }>> = {
  number: { type: "number", fieldType: "number" },
  percent: { type: "number", fieldType: "number" },
  text: { type: "string", fieldType: "text" },
  longText: { type: "string", fieldType: "textarea" },
  date: { type: "date", fieldType: "date" },
  datetime: { type: "datetime", fieldType: "date" },
  picklist: { type: "enumeration", fieldType: "select" },
};

/** A property as the portal has it. */
export interface Property {
  readonly name: string;
  readonly type: string;
  readonly options: readonly string[];
  readonly isReadOnly: boolean;
}

export function propertyName(field: Pick<FieldSpec, "name">): string {
  return `${OWN_PREFIX}${field.name}`;
}

export async function readProperties(hub: HubSpot, object: string, asker: Asker): Promise<ReadonlyMap<string, Property>> {
  const name = `${object}.properties`;
  const results = resultsOf(await hub.request({ name, method: "GET", path: hub.paths.properties(object) }, asker), name);
  return new Map(results.map(propertyOf).map((property) => [property.name, property]));
}

function propertyOf(raw: unknown): Property {
  const wire = isObject(raw) ? raw : {};
  const rights = isObject(wire["modificationMetadata"]) ? wire["modificationMetadata"] : {};
  const options = Array.isArray(wire["options"]) ? wire["options"].filter(isObject).map((option) => textOf(option["value"]) ?? "") : [];
  return {
    name: textOf(wire["name"]) ?? "",
    type: textOf(wire["type"]) ?? "",
    options,
    isReadOnly: rights["readOnlyValue"] === true || wire["calculated"] === true,
  };
}

/** Creates group and properties that are missing; what is there is compared, never retyped or dropped (W27). */
export async function ensureFields(
  hub: HubSpot,
  fields: readonly FieldSpec[],
  dryRun: boolean,
  asker: Asker,
): Promise<readonly FieldOutcome[]> {
  const outcomes: FieldOutcome[] = [];
  for (const [object, wanted] of byObject(fields)) {
    if (object === null) {
      outcomes.push(...wanted.map((field) => ({ field, state: "refused", detail: noPlace(field).message }) as const));
      continue;
    }
    const present = await readProperties(hub, object, asker);
    const missing = wanted.filter((field) => !present.has(propertyName(field)));
    if (missing.length > 0 && !dryRun) await ensureGroup(hub, object, asker);
    for (const field of wanted) outcomes.push(await ensureField(hub, object, field, present.get(propertyName(field)), dryRun, asker));
  }
  return fields.map((field) => outcomes.find((outcome) => outcome.field === field) ?? { field, state: "refused", detail: null });
}

function byObject(fields: readonly FieldSpec[]): ReadonlyMap<string | null, readonly FieldSpec[]> {
  return Map.groupBy(fields, (field) => OBJECT_OF[field.target]);
}

export function noPlace(field: Pick<FieldSpec, "target" | "name">): AppError {
  return new Failure({
    code: "hubspot.target",
    recovery: "configure",
    message: `'${field.name}' can't be written: HubSpot has no place for fields of a ${field.target}. Choose deal or account fields.`,
    details: { target: field.target },
  });
}

async function ensureGroup(hub: HubSpot, object: string, asker: Asker): Promise<void> {
  const path = `${hub.paths.properties(object)}/groups`;
  const groups = resultsOf(await hub.request({ name: `${object}.groups`, method: "GET", path }, asker), `${object}.groups`);
  if (groups.some((group) => isObject(group) && group["name"] === GROUP)) return;
  await create(hub, `${object}.create_group`, path, { name: GROUP, label: GROUP_LABEL }, asker);
}

async function ensureField(
  hub: HubSpot,
  object: string,
  field: FieldSpec,
  present: Property | undefined,
  dryRun: boolean,
  asker: Asker,
): Promise<FieldOutcome> {
  if (present !== undefined) return await compare(hub, object, field, present, dryRun, asker);
  if (dryRun) return { field, state: "would_create", detail: null };
  try {
    const isNew = await create(hub, `${object}.create_property`, hub.paths.properties(object), definition(field), asker);
    if (isNew) return { field, state: "created", detail: null };
  } catch (error) {
    if (isAppError(error) && error.recovery === "configure") return { field, state: "refused", detail: error.message };
    throw error;
  }
  const found = (await readProperties(hub, object, asker)).get(propertyName(field));
  if (found === undefined)
    return { field, state: "refused", detail: `HubSpot says '${propertyName(field)}' exists, but does not list it; it may be archived.` };
  return await compare(hub, object, field, found, dryRun, asker);
}

async function compare(
  hub: HubSpot,
  object: string,
  field: FieldSpec,
  present: Property,
  dryRun: boolean,
  asker: Asker,
): Promise<FieldOutcome> {
  const { type } = PROPERTY_TYPES[field.type];
  if (present.type !== type) {
    return {
      field,
      state: "conflict",
      detail: `'${present.name}' exists on ${object} as ${present.type}, not as ${type}; it is left alone. Rename or delete it.`,
    };
  }
  const lacking = (field.options ?? []).filter((option) => !present.options.includes(option.value));
  if (lacking.length === 0) return { field, state: "exists", detail: null };
  const labels = lacking.map((option) => option.value).join(", ");
  if (dryRun) return { field, state: "exists", detail: `options to be added: ${labels}` };
  const path = `${hub.paths.properties(object)}/${encodeURIComponent(present.name)}`;
  await hub.request(
    { name: `${object}.add_options`, method: "PATCH", path, body: { options: await allOptions(hub, path, lacking, asker) } },
    asker,
  );
  return { field, state: "exists", detail: `options added: ${labels}` };
}

/** A change of options replaces the list, so those there stay in it, as they are. */
async function allOptions(hub: HubSpot, path: string, lacking: NonNullable<FieldSpec["options"]>, asker: Asker): Promise<JsonObject[]> {
  const body = await hub.request({ name: "property.read", method: "GET", path }, asker);
  const kept = isObject(body) && Array.isArray(body["options"]) ? (body["options"] as JsonObject[]) : [];
  return [...kept, ...lacking.map((option, index) => ({ ...option, displayOrder: kept.length + index, hidden: false }))];
}

/** False when it exists already: made by another at the same moment, or by an attempt of ours whose answer was lost. */
async function create(hub: HubSpot, name: string, path: string, body: JsonObject, asker: Asker): Promise<boolean> {
  try {
    await hub.request({ name, method: "POST", path, body }, asker);
    return true;
  } catch (error) {
    if (isAppError(error) && error.code === "hubspot.conflict") return false;
    throw error;
  }
}

export function definition(field: FieldSpec): JsonObject {
  return {
    groupName: GROUP,
    name: propertyName(field),
    label: field.label,
    description: field.description,
    ...PROPERTY_TYPES[field.type],
    ...(field.type === "percent" ? { numberDisplayHint: "percentage" } : {}),
    ...(field.type === "picklist"
      ? { options: (field.options ?? []).map((option, index) => ({ ...option, displayOrder: index, hidden: false })) }
      : {}),
  };
}

/** Whether each field can be written now, and if not what is missing and who can grant it (W29). */
export async function readiness(hub: HubSpot, fields: readonly FieldSpec[], asker: Asker): Promise<readonly FieldReadiness[]> {
  const found = new Map<FieldSpec, FieldReadiness>();
  for (const [object, wanted] of byObject(fields)) {
    const present = object === null ? null : await orRemedy(() => readProperties(hub, object, asker));
    for (const field of wanted) found.set(field, readinessOf(field, present));
  }
  return fields.map((field) => found.get(field) ?? { field, ready: false, remedy: null });
}

async function orRemedy<T>(read: () => Promise<T>): Promise<T | AppError> {
  try {
    return await read();
  } catch (error) {
    if (isAppError(error) && error.recovery === "configure") return error;
    throw error;
  }
}

function readinessOf(field: FieldSpec, present: ReadonlyMap<string, Property> | AppError | null): FieldReadiness {
  if (present === null) return { field, ready: false, remedy: noPlace(field).message };
  if (isAppError(present)) return { field, ready: false, remedy: present.message };
  const property = present.get(propertyName(field));
  if (property === undefined) return { field, ready: false, remedy: `'${propertyName(field)}' is missing: run writeback provision.` };
  const { type } = PROPERTY_TYPES[field.type];
  if (property.type !== type)
    return { field, ready: false, remedy: `'${property.name}' is ${property.type}, not ${type}: rename or delete it in HubSpot.` };
  if (property.isReadOnly)
    return { field, ready: false, remedy: `'${property.name}' is read-only in HubSpot: allow editing in its settings.` };
  return { field, ready: true, remedy: null };
}
