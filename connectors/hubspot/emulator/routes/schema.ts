import { emptyReply, jsonReply, type Route, route, type SandboxReply } from "#sandbox/http.ts";
import { conflict, invalid, notFound } from "../errors.ts";
import type { ObjectType } from "../object-types.ts";
import type { Portal } from "../portal.ts";
import {
  blankProperty,
  FIELD_TYPES,
  type PropertyGroup,
  type PropertyOption,
  type PropertyType,
  type StoredProperty,
} from "../properties.ts";
import { type HubspotRequest, inputsOf, isDated, isMap, type JsonMap, jsonBody, requireSchema, typeParam } from "../request.ts";
import { iso } from "../show.ts";

const NAME = /^[a-z][a-z0-9_]{0,99}$/;
const MOST_UNIQUE = 10;

/** Properties and their groups. A create answers 201 in the old versions and 200 in the dated ones. */
export function schemaRoutes(portal: Portal): readonly Route<HubspotRequest>[] {
  return [
    route("GET", "/crm/properties/:type", (request, params) => {
      const type = typeParam(params);
      requireSchema(request, type, "read");
      const archived = request.query.get("archived") === "true";
      return jsonReply(200, {
        results: [...portal.properties[type].values()].filter((each) => (each.archivedMs !== null) === archived).map(showProperty),
      });
    }),
    route("POST", "/crm/properties/:type", (request, params) => create(portal, typeParam(params), request)),
    route("GET", "/crm/properties/:type/groups", (request, params) => {
      const type = typeParam(params);
      requireSchema(request, type, "read");
      return jsonReply(200, { results: [...portal.groups[type].values()].map(showGroup) });
    }),
    route("POST", "/crm/properties/:type/groups", (request, params) => createGroup(portal, typeParam(params), request)),
    route("GET", "/crm/properties/:type/groups/:name", (request, params) => {
      const type = typeParam(params);
      requireSchema(request, type, "read");
      const group = portal.groups[type].get(params["name"] ?? "");
      if (group === undefined) throw notFound();
      return jsonReply(200, showGroup(group));
    }),
    route("POST", "/crm/properties/:type/batch/read", (request, params) => {
      const type = typeParam(params);
      requireSchema(request, type, "read");
      const asked = inputsOf(jsonBody(request), 100).map((input) => String(input["name"]));
      const results = asked.flatMap((name) => portal.properties[type].get(name) ?? []).map(showProperty);
      return jsonReply(200, { status: "COMPLETE", results, startedAt: portal.clock.now(), completedAt: portal.clock.now() });
    }),
    route("POST", "/crm/properties/:type/batch/create", (request, params) => createBatch(portal, typeParam(params), request)),
    route("GET", "/crm/properties/:type/:name", (request, params) => {
      const type = typeParam(params);
      requireSchema(request, type, "read");
      return jsonReply(200, showProperty(find(portal, type, params["name"] ?? "")));
    }),
    route("PATCH", "/crm/properties/:type/:name", (request, params) => update(portal, typeParam(params), params["name"] ?? "", request)),
    route("DELETE", "/crm/properties/:type/:name", (request, params) => {
      const type = typeParam(params);
      requireSchema(request, type, "write");
      const property = find(portal, type, params["name"] ?? "");
      if (property.hubspotDefined) throw invalid(`Property ${property.name} is defined by HubSpot and cannot be archived.`);
      portal.properties[type].set(property.name, { ...property, archivedMs: portal.clock.nowMs() });
      return emptyReply(204);
    }),
  ];
}

function find(portal: Portal, type: ObjectType, name: string): StoredProperty {
  const property = portal.properties[type].get(name);
  if (property === undefined || property.archivedMs !== null) throw notFound(`Property ${name} does not exist`);
  return property;
}

function create(portal: Portal, type: ObjectType, request: HubspotRequest): SandboxReply {
  requireSchema(request, type, "write");
  const property = newProperty(portal, type, jsonBody(request));
  portal.properties[type].set(property.name, property);
  return jsonReply(isDated(request.version) ? 200 : 201, showProperty(property));
}

function createBatch(portal: Portal, type: ObjectType, request: HubspotRequest): SandboxReply {
  requireSchema(request, type, "write");
  const made = inputsOf(jsonBody(request), 100).map((input) => newProperty(portal, type, input));
  for (const property of made) portal.properties[type].set(property.name, property);
  const now = portal.clock.now();
  return jsonReply(isDated(request.version) ? 200 : 201, {
    status: "COMPLETE",
    results: made.map(showProperty),
    startedAt: now,
    completedAt: now,
  });
}

const KNOWN_FIELDS = [
  "name",
  "label",
  "description",
  "groupName",
  "type",
  "fieldType",
  "options",
  "displayOrder",
  "hidden",
  "formField",
  "hasUniqueValue",
  "externalOptions",
  "referencedObjectType",
  "calculationFormula",
];

function newProperty(portal: Portal, type: ObjectType, body: JsonMap): StoredProperty {
  const text = (name: string): string => (typeof body[name] === "string" ? body[name] : "");
  const absent = ["groupName", "name", "label", "type", "fieldType"].filter((name) => text(name) === "");
  if (absent.length > 0) throw invalid(`Invalid input JSON: some required fields were not set: [${absent.join(", ")}]`);
  const name = text("name");
  if (!NAME.test(name)) throw invalid(`Property name ${name} is not valid: lower-case letters, digits and underscores only.`);
  if (name.startsWith("hs_")) throw invalid("Property names that begin with hs_ are reserved.");
  const known = portal.properties[type].get(name);
  if (known !== undefined && known.archivedMs === null) throw conflict(`A property named '${name}' already exists.`);
  if (!portal.groups[type].has(text("groupName"))) throw invalid(`Property group ${text("groupName")} does not exist.`);
  const valueType = typeOf(text("type"));
  if (!FIELD_TYPES[valueType].includes(text("fieldType"))) throw invalid(`fieldType ${text("fieldType")} does not fit type ${valueType}.`);
  const options = optionsOf(body["options"]);
  if (valueType === "enumeration" && options.length === 0 && body["externalOptions"] !== true)
    throw invalid("Enumeration properties need options.");
  if (valueType === "bool" && !sameValues(options, ["true", "false"])) throw invalid("Boolean properties need the options true and false.");
  const unique = [...portal.properties[type].values()].filter((each) => each.hasUniqueValue && !each.hubspotDefined).length;
  if (body["hasUniqueValue"] === true && unique >= MOST_UNIQUE) throw invalid(`At most ${MOST_UNIQUE} properties may have unique values.`);
  const now = portal.clock.nowMs();
  return {
    ...blankProperty,
    name,
    label: text("label"),
    description: text("description"),
    groupName: text("groupName"),
    type: valueType,
    fieldType: text("fieldType"),
    options,
    displayOrder: typeof body["displayOrder"] === "number" ? body["displayOrder"] : -1,
    hidden: body["hidden"] === true,
    formField: body["formField"] === true,
    hasUniqueValue: body["hasUniqueValue"] === true,
    extras: Object.fromEntries(Object.entries(body).filter(([key]) => !KNOWN_FIELDS.includes(key))),
    createdMs: now,
    updatedMs: now,
  };
}

function typeOf(text: string): PropertyType {
  switch (text) {
    case "string":
    case "number":
    case "enumeration":
    case "bool":
    case "date":
    case "datetime":
      return text;
    default:
      throw invalid(`Invalid property type '${text}'.`);
  }
}

function optionsOf(value: unknown): readonly PropertyOption[] {
  const list = Array.isArray(value) ? value.filter(isMap) : [];
  const options = list.map((each, index) => ({
    label: String(each["label"] ?? ""),
    value: String(each["value"] ?? ""),
    displayOrder: typeof each["displayOrder"] === "number" ? each["displayOrder"] : index,
    hidden: each["hidden"] === true,
    ...(typeof each["description"] === "string" ? { description: each["description"] } : {}),
  }));
  if (new Set(options.map((option) => option.value)).size < options.length || options.some((option) => option.value === ""))
    throw invalid("Option values must be unique and not empty.");
  return options;
}

function sameValues(options: readonly PropertyOption[], values: readonly string[]): boolean {
  return options.length === values.length && values.every((value) => options.some((option) => option.value === value));
}

/** The name never changes; neither does uniqueness. */
function update(portal: Portal, type: ObjectType, name: string, request: HubspotRequest): SandboxReply {
  requireSchema(request, type, "write");
  const property = find(portal, type, name);
  const body = jsonBody(request);
  if (property.hubspotDefined && (body["type"] !== undefined || body["options"] !== undefined))
    throw invalid(`The definition of ${name} is read only.`);
  const changed: StoredProperty = {
    ...property,
    label: typeof body["label"] === "string" ? body["label"] : property.label,
    description: typeof body["description"] === "string" ? body["description"] : property.description,
    groupName: typeof body["groupName"] === "string" ? body["groupName"] : property.groupName,
    options: body["options"] === undefined ? property.options : optionsOf(body["options"]),
    updatedMs: portal.clock.nowMs(),
  };
  portal.properties[type].set(name, changed);
  return jsonReply(200, showProperty(changed));
}

function createGroup(portal: Portal, type: ObjectType, request: HubspotRequest): SandboxReply {
  requireSchema(request, type, "write");
  const body = jsonBody(request);
  const name = typeof body["name"] === "string" ? body["name"] : "";
  const label = typeof body["label"] === "string" ? body["label"] : "";
  if (name === "" || label === "") throw invalid("Invalid input JSON: some required fields were not set: [name, label]");
  if (portal.groups[type].has(name)) throw conflict(`A property group named '${name}' already exists.`);
  const group: PropertyGroup = { name, label, displayOrder: typeof body["displayOrder"] === "number" ? body["displayOrder"] : -1 };
  portal.groups[type].set(name, group);
  return jsonReply(isDated(request.version) ? 200 : 201, showGroup(group));
}

function showGroup(group: PropertyGroup): unknown {
  return { ...group, archived: false };
}

function showProperty(property: StoredProperty): unknown {
  return {
    ...(property.updatedMs === null ? {} : { updatedAt: iso(property.updatedMs) }),
    ...(property.createdMs === null ? {} : { createdAt: iso(property.createdMs) }),
    name: property.name,
    label: property.label,
    type: property.type,
    fieldType: property.fieldType,
    description: property.description,
    groupName: property.groupName,
    options: property.options,
    displayOrder: property.displayOrder,
    calculated: property.calculated,
    externalOptions: property.externalOptions,
    hasUniqueValue: property.hasUniqueValue,
    hidden: property.hidden,
    hubspotDefined: property.hubspotDefined,
    formField: property.formField,
    archived: property.archivedMs !== null,
    ...(property.referencedObjectType === null ? {} : { referencedObjectType: property.referencedObjectType }),
    ...property.extras,
    modificationMetadata: {
      archivable: !property.hubspotDefined,
      readOnlyDefinition: property.hubspotDefined,
      readOnlyValue: property.readOnlyValue,
      ...(property.options.length > 0 ? { readOnlyOptions: property.hubspotDefined } : {}),
    },
  };
}
