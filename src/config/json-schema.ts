import { z } from "zod";
import { configSchema } from "./schema.ts";

/** A JSON Schema (draft 2020-12), as far as this program looks into one. */
export interface JsonSchema {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** How a connection type checks its settings; a zod schema in fact, so that it can be shown as JSON Schema too. */
export interface SettingsSchema {
  parse(value: unknown): unknown;
}

/** JSON Schema of one zod schema, for what a person writes (before defaults and conversions). */
export function jsonSchemaOf(schema: SettingsSchema): JsonSchema {
  if (!(schema instanceof z.ZodType)) return { type: "object" };
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" });
  return rest as JsonSchema;
}

/** JSON Schema of the whole configuration file for editors, with each connector's settings under `connections`. */
export function configJsonSchema(connectionTypes: Readonly<Record<string, SettingsSchema>>): JsonSchema {
  const base = jsonSchemaOf(configSchema);
  const connection = base.properties?.["connections"]?.items?.properties ?? {};
  const items = Object.entries(connectionTypes).map(([type, settings]) => withConnection(jsonSchemaOf(settings), connection, type));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Scorekeeper configuration",
    ...base,
    properties: { ...base.properties, connections: { ...base.properties?.["connections"], items: { oneOf: items } } },
  };
}

function withConnection(settings: JsonSchema, connection: Readonly<Record<string, JsonSchema>>, type: string): JsonSchema {
  const required = Array.isArray(settings["required"]) ? settings["required"] : [];
  const own = { id: connection["id"] ?? {}, type: { const: type } };
  return { ...settings, properties: { ...own, ...settings.properties }, required: ["id", "type", ...required] };
}

/** Names of the keys allowed at a path of the schema; empty where any key is. */
export function keysAt(schema: JsonSchema, path: readonly (string | number)[]): readonly string[] {
  let here: readonly JsonSchema[] = branches(schema);
  for (const part of path) here = here.flatMap((node) => step(node, part)).flatMap(branches);
  return [...new Set(here.flatMap((node) => Object.keys(node.properties ?? {})))];
}

function branches(schema: JsonSchema): readonly JsonSchema[] {
  return [schema, ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].flatMap(branches)];
}

function step(schema: JsonSchema, part: string | number): readonly JsonSchema[] {
  if (typeof part === "number") return schema.items === undefined ? [] : [schema.items];
  const own = schema.properties?.[part];
  if (own !== undefined) return [own];
  return typeof schema.additionalProperties === "object" ? [schema.additionalProperties] : [];
}
