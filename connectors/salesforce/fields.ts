import { type AppError, isAppError } from "#core/errors.ts";
import type { JsonObject } from "#core/json.ts";
import type { FieldOutcome, FieldReadiness, FieldSpec, FieldType, WriteTarget } from "#core/writeback.ts";
import type { CallContext, Client } from "./client.ts";
import { isRow, type Row } from "./decode.ts";
import { isClosedToUs } from "./errors.ts";
import { grantFields } from "./grants.ts";
import type { FieldInfo, ObjectInfo, Schema } from "./schema.ts";
import { among, compare, soql, text } from "./soql.ts";

export interface FieldDeps {
  readonly client: Client;
  readonly schema: Schema;
}

const OBJECTS: ReadonlyMap<WriteTarget, string> = new Map([
  ["deal", "Opportunity"],
  ["account", "Account"],
]);

/** Targets this connector can write. A rep's scorecard needs an object of its own. */
export const WRITE_TARGETS_OF_SALESFORCE: readonly WriteTarget[] = [...OBJECTS.keys()];

/** The object a target's fields are on; null where it can't be written. */
export function objectOf(target: WriteTarget): string | null {
  return OBJECTS.get(target) ?? null;
}

/** `stuck_since` → `Scorekeeper_Stuck_Since__c`. */
export function apiName(name: string): string {
  const words = name.split("_").filter((word) => word !== "");
  return `Scorekeeper_${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("_")}__c`;
}

/** What describe calls each of our types. */
const DESCRIBED_AS: Readonly<Record<FieldType, readonly string[]>> = {
  number: ["double", "int"],
  percent: ["percent"],
  text: ["string"],
  longText: ["textarea"],
  date: ["date"],
  datetime: ["datetime"],
  picklist: ["picklist"],
};

/** Creates what is missing and grants it: a new field is invisible to everyone, its creator included, until a permission set says otherwise.
 *  A field of that name with another type is reported and left alone. */
export async function ensureFields(
  deps: FieldDeps,
  specs: readonly FieldSpec[],
  dryRun: boolean,
  context: CallContext,
): Promise<readonly FieldOutcome[]> {
  const outcomes: FieldOutcome[] = [];
  for (const [target, own] of Map.groupBy(specs, (spec) => spec.target)) {
    const object = objectOf(target);
    outcomes.push(...(object === null ? own.map(unsupported) : await ensureOn(deps, object, own, dryRun, context)));
  }
  return specs.map((spec) => outcomes.find((outcome) => outcome.field === spec) ?? unsupported(spec));
}

async function ensureOn(
  deps: FieldDeps,
  object: string,
  specs: readonly FieldSpec[],
  dryRun: boolean,
  context: CallContext,
): Promise<readonly FieldOutcome[]> {
  deps.schema.forget(object);
  const info = await deps.schema.object(object, context);
  if (info === null) return specs.map((field) => ({ field, state: "refused", detail: `The integration user can't see ${object}.` }));
  const hidden = await hiddenFields(
    deps,
    object,
    specs.filter((spec) => !info.fields.has(apiName(spec.name))),
    context,
  );
  const outcomes: FieldOutcome[] = [];
  for (const spec of specs) outcomes.push(await ensureOne(deps, { object, info, hidden, dryRun }, spec, context));
  const usable = outcomes.filter(({ state }) => state === "created" || state === "exists").map(({ field }) => apiName(field.name));
  if (dryRun || usable.length === 0) return outcomes;
  const refused = await granted(deps, object, usable, context);
  deps.schema.forget(object);
  return refused === null ? outcomes : outcomes.map((outcome) => ({ ...outcome, detail: refused }));
}

interface EnsureContext {
  readonly object: string;
  readonly info: ObjectInfo;
  readonly hidden: ReadonlySet<string>;
  readonly dryRun: boolean;
}

async function ensureOne(deps: FieldDeps, on: EnsureContext, field: FieldSpec, context: CallContext): Promise<FieldOutcome> {
  const name = apiName(field.name);
  const visible = on.info.fields.get(name);
  if (visible !== undefined) {
    const conflict = conflictOf(field, visible);
    return { field, state: conflict === null ? "exists" : "conflict", detail: conflict };
  }
  if (on.hidden.has(name)) return { field, state: "exists", detail: "was there without a grant for the integration user" };
  if (on.dryRun) return { field, state: "would_create", detail: `${on.object}.${name}` };
  return await create(deps, on.object, field, context);
}

async function create(deps: FieldDeps, object: string, field: FieldSpec, context: CallContext): Promise<FieldOutcome> {
  const name = apiName(field.name);
  const body = { FullName: `${object}.${name}`, Metadata: metadataOf(field) };
  try {
    const request = { name: "field.create", method: "POST", path: "/tooling/sobjects/CustomField", body, repeatable: false } as const;
    await deps.client.request(request, context, () => null);
    return { field, state: "created", detail: `${object}.${name}` };
  } catch (error) {
    if (!isAppError(error) || !["configure", "skip", "abort"].includes(error.recovery)) throw error;
    if (/already (a field named|exists)|DUPLICATE_DEVELOPER_NAME/i.test(error.message)) return { field, state: "exists", detail: null };
    if (!isClosedToUs(error) && !isRefusedByRule(error)) throw error;
    const remedy = "Deploy the package folder of this connector, or give the integration user 'Customize Application'.";
    return { field, state: "refused", detail: `${error.message} ${remedy}` };
  }
}

/** Fields that exist but are granted to nobody we are. */
async function hiddenFields(
  deps: FieldDeps,
  object: string,
  specs: readonly FieldSpec[],
  context: CallContext,
): Promise<ReadonlySet<string>> {
  if (specs.length === 0) return new Set();
  const names = specs.map((spec) => text(apiName(spec.name).replace(/__c$/, "")));
  const where = [compare("TableEnumOrId", "=", text(object)), among("DeveloperName", names)];
  const rows = await rowsOrNone(
    deps.client,
    "field.find",
    "/tooling/query",
    soql({ object: "CustomField", fields: ["Id", "DeveloperName"], where }),
    context,
  );
  return new Set(rows.map((row) => `${String(row["DeveloperName"])}__c`));
}

/** Rows of a setup object; none where it is closed to us. */
export async function rowsOrNone(
  client: Client,
  name: string,
  root: "/query" | "/tooling/query",
  query: string,
  context: CallContext,
): Promise<readonly Row[]> {
  const path = `${root}?q=${encodeURIComponent(query)}`;
  const records = (body: unknown): readonly Row[] => (isRow(body) && Array.isArray(body["records"]) ? body["records"].filter(isRow) : []);
  try {
    return await client.request({ name, method: "GET", path }, context, records);
  } catch (error) {
    if (!isClosedToUs(error)) throw error;
    return [];
  }
}

function isRefusedByRule(error: unknown): error is AppError {
  return isAppError(error) && ["salesforce.refused_by_rule", "salesforce.bad_value", "salesforce.field_read_only"].includes(error.code);
}

/** Null when all is granted, else what an administrator has to do. */
async function granted(deps: FieldDeps, object: string, names: readonly string[], context: CallContext): Promise<string | null> {
  try {
    await grantFields(deps.client, object, names, context);
    return null;
  } catch (error) {
    if (!isClosedToUs(error) && !isRefusedByRule(error)) throw error;
    return `${error.message} Assign the permission set Scorekeeper_Edit of the package folder to the integration user.`;
  }
}

/** Why the field there can't serve, or null. */
function conflictOf(field: FieldSpec, info: FieldInfo): string | null {
  if (!DESCRIBED_AS[field.type].includes(info.type)) return `it is of type ${info.type}; ours is ${field.type}`;
  const isShort = field.type === "text" && field.maxLength !== undefined && info.length < field.maxLength;
  return isShort ? `it holds ${info.length} characters; ours needs ${field.maxLength}` : null;
}

/** The field as the Tooling API and the package folder describe it. */
export function metadataOf(field: FieldSpec): JsonObject {
  const common = { label: field.label.slice(0, 40), description: field.description.slice(0, 1000), required: false, trackHistory: false };
  return { ...common, inlineHelpText: field.description.slice(0, 255), ...typeOf(field) };
}

function typeOf(field: FieldSpec): JsonObject {
  const { decimals = 0, options = [] } = field;
  switch (field.type) {
    case "number":
      return { type: "Number", precision: 18, scale: decimals };
    case "percent":
      // A share with n decimals is a percentage with n − 2.
      return { type: "Percent", precision: 18, scale: Math.max(0, decimals - 2) };
    case "text":
      return { type: "Text", length: Math.min(field.maxLength ?? 255, 255) };
    case "longText":
      return { type: "LongTextArea", length: Math.max(256, field.maxLength ?? 32_768), visibleLines: 3 };
    case "date":
      return { type: "Date" };
    case "datetime":
      return { type: "DateTime" };
    case "picklist": {
      const value = options.map((option) => ({ fullName: option.value, label: option.label, default: false }));
      return { type: "Picklist", valueSet: { restricted: false, valueSetDefinition: { sorted: false, value } } };
    }
  }
}

/** Each field as it is now: there, of our type, and writable by us. */
export async function readiness(deps: FieldDeps, specs: readonly FieldSpec[], context: CallContext): Promise<readonly FieldReadiness[]> {
  const objects = new Map<string, ObjectInfo | null>();
  for (const target of new Set(specs.map((spec) => spec.target))) {
    const object = objectOf(target);
    if (object === null) continue;
    deps.schema.forget(object);
    objects.set(target, await deps.schema.object(object, context));
  }
  return specs.map((field) => {
    const remedy = missing(field, objects.get(field.target) ?? null);
    return { field, ready: remedy === null, remedy };
  });
}

function missing(field: FieldSpec, info: ObjectInfo | null): string | null {
  if (info === null) return `Salesforce can't be written there (${field.target}), or the integration user can't see the object.`;
  const name = `${info.name}.${apiName(field.name)}`;
  const found = info.fields.get(apiName(field.name));
  if (found === undefined) {
    return `${name} is not there, or hidden: run 'writeback provision', or assign the permission set Scorekeeper_Edit to the integration user.`;
  }
  const conflict = conflictOf(field, found);
  if (conflict !== null) return `${name} was there before: ${conflict}. Rename it or delete it.`;
  return found.updateable ? null : `${name} can be read but not written: give edit access in the permission set Scorekeeper_Edit.`;
}

function unsupported(field: FieldSpec): FieldOutcome {
  return { field, state: "refused", detail: `Salesforce connections can't write fields of '${field.target}' yet.` };
}
