import { emptyReply, jsonReply, type Route, route } from "#sandbox/http.ts";
import { propertyValue } from "../computed.ts";
import { invalid, invalidProperties, notFound, type PropertyProblem } from "../errors.ts";
import { modifiedProperty, type ObjectType } from "../object-types.ts";
import { findRecord, type Portal } from "../portal.ts";
import { archive, type Source, type StoredRecord, writeValues } from "../record.ts";
import { type HubspotRequest, inputsOf, isMap, type JsonMap, jsonBody, requireWrite, typeParam } from "../request.ts";
import { iso, show } from "../show.ts";
import { checkValue } from "../validate.ts";
import { findUnique, missingObjects } from "./read.ts";

const BATCH = 100;

/** What the account's admins demand of every write through 2026-09 (fact sheet section 9). */
export interface AdminRule {
  readonly type: ObjectType;
  /** Properties that may not be empty while the other one has this value. */
  readonly when: { readonly property: string; readonly value: string };
  readonly required: readonly string[];
}

export interface WriteOptions {
  readonly appId: string;
  readonly adminRules: readonly AdminRule[];
}

export function writeRoutes(portal: Portal, options: WriteOptions): readonly Route<HubspotRequest>[] {
  return [
    route("PATCH", "/crm/objects/:type/:id", (request, params) => {
      const type = typeParam(params);
      requireWrite(request, type);
      const idProperty = request.query.get("idProperty");
      const id = params["id"] ?? "";
      const record = idProperty === null ? findRecord(portal, type, id, true) : findUnique(portal, type, idProperty, id);
      if (record === null || record.archivedMs !== null) throw notFound();
      const values = checked(portal, type, jsonBody(request));
      admins(portal, options, request, [{ record, values }]);
      apply(portal, options, record, values);
      return jsonReply(200, show(portal, record, { properties: Object.keys(values), withHistory: [], associations: [] }));
    }),
    route("DELETE", "/crm/objects/:type/:id", (request, params) => {
      const type = typeParam(params);
      requireWrite(request, type);
      const record = findRecord(portal, type, params["id"] ?? "", false);
      if (record !== null && record.archivedMs === null) archive(record, portal.clock.nowMs());
      return emptyReply(204);
    }),
    route("POST", "/crm/objects/:type/batch/update", (request, params) => {
      const type = typeParam(params);
      requireWrite(request, type);
      return batchUpdate(portal, options, type, request);
    }),
  ];
}

interface Update {
  readonly record: StoredRecord;
  readonly values: Readonly<Record<string, string>>;
}

/** One bad value refuses the whole call before anything is written; unknown ids only fail themselves. */
function batchUpdate(portal: Portal, options: WriteOptions, type: ObjectType, request: HubspotRequest) {
  const inputs = inputsOf(jsonBody(request), BATCH);
  const ids = inputs.map((input) => String(input["id"]));
  if (new Set(ids).size < ids.length) throw invalid("Duplicate IDs found in batch input. IDs must be unique.");
  const startedAt = portal.clock.now();
  const updates: Update[] = [];
  const missing: string[] = [];
  const problems: PropertyProblem[] = [];
  for (const input of inputs) {
    const outcome = checkInput(portal, type, input, problems);
    if (outcome === null) missing.push(String(input["id"]));
    else updates.push(outcome);
  }
  if (problems.length > 0) throw invalidProperties(problems);
  admins(portal, options, request, updates);
  for (const { record, values } of updates) apply(portal, options, record, values);
  // In no order that a caller could count on.
  const results = updates.toSorted((a, b) => b.record.id - a.record.id).map(({ record, values }) => updated(portal, record, values));
  const base = { status: "COMPLETE", results, startedAt, completedAt: portal.clock.now() };
  if (missing.length === 0) return jsonReply(200, base);
  return jsonReply(207, { ...base, numErrors: missing.length, errors: [missingObjects(type, missing)] });
}

function checkInput(portal: Portal, type: ObjectType, input: JsonMap, problems: PropertyProblem[]): Update | null {
  const idProperty = typeof input["idProperty"] === "string" ? input["idProperty"] : null;
  const id = String(input["id"]);
  // An id that was merged away is unknown here, other than in a single update.
  const record = idProperty === null ? findRecord(portal, type, id, false) : findUnique(portal, type, idProperty, id);
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(propertiesOf(input))) {
    const outcome = checkValue(portal, type, name, value);
    if (outcome.ok) values[name] = outcome.value;
    else problems.push(outcome.problem);
  }
  return record === null || record.archivedMs !== null ? null : { record, values };
}

function propertiesOf(input: JsonMap): JsonMap {
  const properties = input["properties"];
  if (!isMap(properties) || Object.keys(properties).length === 0)
    throw invalid("No properties found to update, please provide at least one.");
  return properties;
}

function checked(portal: Portal, type: ObjectType, body: JsonMap): Readonly<Record<string, string>> {
  const problems: PropertyProblem[] = [];
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(propertiesOf(body))) {
    const outcome = checkValue(portal, type, name, value);
    if (outcome.ok) values[name] = outcome.value;
    else problems.push(outcome.problem);
  }
  if (problems.length > 0) throw invalidProperties(problems);
  return values;
}

function admins(portal: Portal, options: WriteOptions, request: HubspotRequest, updates: readonly Update[]): void {
  if (request.version !== "2026-09") return;
  for (const { record, values } of updates) {
    const after = (name: string): string => values[name] ?? propertyValue(portal, record, name) ?? "";
    for (const rule of options.adminRules) {
      const empty =
        rule.type === record.type && after(rule.when.property) === rule.when.value
          ? rule.required.filter((name) => after(name) === "")
          : [];
      if (empty.length > 0)
        throw invalid(
          `Object ${record.id} needs values for: ${empty.join(", ")}`,
          empty.map((name) => ({ message: `${name} is required`, code: "REQUIRED_PROPERTY", context: { propertyName: [name] } })),
        );
    }
  }
}

function apply(portal: Portal, options: WriteOptions, record: StoredRecord, values: Readonly<Record<string, string>>): void {
  const source: Source = { type: "INTEGRATION", id: options.appId, userId: null };
  writeValues(record, values, portal.clock.nowMs(), source);
}

function updated(portal: Portal, record: StoredRecord, values: Readonly<Record<string, string>>): unknown {
  const properties: Record<string, string | null> = {};
  for (const name of [...Object.keys(values), "hs_object_id", modifiedProperty(record.type)])
    properties[name] = propertyValue(portal, record, name) ?? null;
  return { id: String(record.id), properties, createdAt: iso(record.createdMs), updatedAt: iso(record.modifiedMs), archived: false };
}
