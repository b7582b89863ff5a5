import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isSecretKey } from "#config/problems.ts";
import type { JsonValue } from "#core/json.ts";
import type { DemoSource } from "./source.ts";

/** Writes the demo's configuration and, apart from it, the made-up secrets of its connections; returns the configuration's path. */
export function writeDemoConfig(directory: string, source: DemoSource, mailPort: number): string {
  const secrets = new Map<string, string>();
  const apart: readonly JsonValue[] = source.connections.map((connection) =>
    withoutSecrets(connection, [String(connection["id"])], secrets),
  );
  const configFile = join(directory, "scorekeeper.yaml");
  writeFileSync(configFile, configText(JSON.stringify(apart, null, 2), source.peopleFile, mailPort));
  writeFileSync(join(directory, ".env"), [...secrets].map(([name, value]) => `${name}=${value}\n`).join(""), { mode: 0o600 });
  return configFile;
}

function withoutSecrets(value: JsonValue, path: readonly string[], secrets: Map<string, string>): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue, index) => withoutSecrets(item, [...path, String(index)], secrets));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item, [...path, key], secrets)]));
  }
  if (!isSecretKey(path) || typeof value !== "string") return value;
  const name = path
    .join("_")
    .replaceAll(/[^A-Za-z0-9]/g, "_")
    .toUpperCase();
  secrets.set(name, value);
  return `\${${name}}`;
}

/** JSON is YAML: the connections go in as the sandbox describes them. */
function configText(connections: string, peopleFile: string | null, mailPort: number): string {
  return `# The demo's configuration: a made-up company, with a mailbox on this machine.
organization: {name: Brightwater (made up), timeZone: Europe/Berlin, currency: EUR, language: en}
people: {level: individual, basis: made-up people${peopleFile === null ? "" : `, file: ${peopleFile}`}}
warehouse: sqlite:scorekeeper.db
connections: ${connections.replaceAll("\n", "\n  ")}
calendar: {holidays: DE}
writeback: {directory: writeback}
alerts:
  from: Scorekeeper <scorekeeper@brightwater.example>
  operations: operations@brightwater.example
  smtp: {host: 127.0.0.1, port: ${mailPort}, security: none}
  rules:
    - id: stale_deal
`;
}
