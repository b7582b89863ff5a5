import type { SandboxRequest } from "#sandbox/http.ts";
import { requireScope } from "./auth.ts";
import { invalid, notFound } from "./errors.ts";
import { type ObjectType, objectType } from "./object-types.ts";

/** A request whose path has lost its version: `/crm/v3/objects/deals` and `/crm/objects/2026-09/deals` are both `/crm/objects/deals`. */
export interface HubspotRequest extends SandboxRequest {
  readonly version: Version;
  readonly scopes: ReadonlySet<string>;
}

export const VERSIONS = ["v1", "v3", "v4", "2026-03", "2026-09"] as const;
export type Version = (typeof VERSIONS)[number];

/** Which old version each area has; dated ones exist for all. */
const OLD_VERSION: Readonly<Record<string, readonly Version[]>> = {
  "crm/objects": ["v3", "v4"],
  "crm/properties": ["v3"],
  "crm/pipelines": ["v3"],
  "crm/owners": ["v3"],
  "crm/associations": ["v4"],
  "crm/limits": ["v3"],
  "account-info": ["v3"],
  "settings/users": ["v3"],
  "settings/currencies": ["v3"],
  oauth: ["v1", "v3"],
};

/** Takes the version out of a path, wherever in it the API of that age put it; null for a path that no version has. */
export function unversioned(path: string): { readonly version: Version; readonly path: string } | null {
  const segments = path.split("/").filter((segment) => segment !== "");
  const at = segments.findIndex((segment) => versionOf(segment) !== undefined);
  const version = versionOf(segments[at]);
  if (version === undefined || at < 1 || at > 2) return null;
  const rest = segments.toSpliced(at, 1);
  const area = rest[0] === "oauth" || rest[0] === "account-info" ? rest[0] : rest.slice(0, 2).join("/");
  const old = OLD_VERSION[area];
  if (old === undefined) return null;
  const isDated = version.startsWith("2");
  // Old versions stand before the area's own name (or after /settings/users, in one of two spellings), dated ones after it.
  const placed = area.includes("/") ? (isDated ? at === 2 : at === 1 || area === "settings/users") : at === 1;
  return placed && (isDated || old.includes(version)) ? { version, path: `/${rest.join("/")}` } : null;
}

function versionOf(segment: string | undefined): Version | undefined {
  return VERSIONS.find((version) => version === segment);
}

export function isDated(version: Version): boolean {
  return version.startsWith("2");
}

export function typeParam(params: Readonly<Record<string, string>>, name = "type"): ObjectType {
  const found = objectType(params[name] ?? "");
  if (found === null) throw notFound(`Unable to infer object type from: ${params[name] ?? ""}`);
  return found;
}

export type JsonMap = Readonly<Record<string, unknown>>;

export function isMap(value: unknown): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function jsonBody(request: SandboxRequest): JsonMap {
  let parsed: unknown;
  try {
    parsed = JSON.parse(request.body);
  } catch {
    throw invalid("Invalid input JSON on line 1, column 1: unexpected end of input");
  }
  if (!isMap(parsed)) throw invalid("Invalid input JSON: expected an object");
  return parsed;
}

export function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map((each) => String(each)) : [];
}

/** `inputs` of a batch: objects only, as many as allowed. */
export function inputsOf(body: JsonMap, most: number): readonly JsonMap[] {
  const inputs = body["inputs"];
  if (!Array.isArray(inputs)) throw invalid("Invalid input JSON: some required fields were not set: [inputs]");
  if (inputs.length > most)
    throw invalid(`The maximum number of inputs supported in a batch request is ${most}, but got ${inputs.length}.`);
  return inputs.map((input) => {
    if (!isMap(input)) throw invalid("Invalid input JSON: inputs must be objects");
    return input;
  });
}

/** A repeated key, or names joined by commas. */
export function queryList(request: SandboxRequest, name: string): readonly string[] {
  return request.query.getAll(name).flatMap((value) => value.split(",").filter((each) => each !== ""));
}

export function queryNumber(request: SandboxRequest, name: string, otherwise: number, most: number): number {
  const text = request.query.get(name);
  if (text === null) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw invalid(`Invalid value '${text}' for '${name}'.`);
  if (value > most) throw invalid(`The limit must be at most ${most}, but was ${value}.`);
  return value;
}

const ACTIVITIES: readonly ObjectType[] = ["calls", "emails", "meetings", "tasks", "notes"];

export function requireRead(request: HubspotRequest, type: ObjectType): void {
  if (ACTIVITIES.includes(type)) requireScope(request.scopes, "crm.objects.contacts.read", `crm.objects.${type}.read`);
  else requireScope(request.scopes, `crm.objects.${type === "goal_targets" ? "goals" : type}.read`);
}

export function requireWrite(request: HubspotRequest, type: ObjectType): void {
  if (ACTIVITIES.includes(type)) requireScope(request.scopes, "crm.objects.contacts.write", `crm.objects.${type}.write`);
  else requireScope(request.scopes, `crm.objects.${type === "goal_targets" ? "goals" : type}.write`);
}

/** Schemas of activities go with contacts, those of leads, users and the rest with their objects. */
export function requireSchema(request: HubspotRequest, type: ObjectType, right: "read" | "write"): void {
  const own = ["deals", "companies", "contacts"].includes(type);
  const name = ACTIVITIES.includes(type) ? "contacts" : type === "goal_targets" ? "goals" : type;
  const accepted =
    own || ACTIVITIES.includes(type)
      ? [`crm.schemas.${name}.${right}`, ...(right === "read" ? [`crm.objects.${name}.read`] : [])]
      : [`crm.objects.${name}.${right}`];
  requireScope(request.scopes, ...accepted);
}
