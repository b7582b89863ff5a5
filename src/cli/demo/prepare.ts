import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Instant } from "#core/time/instant.ts";
import { csvExport } from "#sandbox/export.ts";

export interface DemoFolder {
  readonly directory: string;
  readonly configFile: string;
  /** Files of the export and their sizes in rows. */
  readonly files: readonly { readonly name: string; readonly rows: number }[];
}

/** Puts a made-up company's export and a configuration that reads it into a folder. */
export function prepareDemo(directory: string, at: Instant, mailPort: number): DemoFolder {
  const { files, connection } = csvExport({ at });
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(directory, name), content);
  const configFile = join(directory, "scorekeeper.yaml");
  writeFileSync(configFile, configText(JSON.stringify(connection, null, 2), mailPort));
  return {
    directory,
    configFile,
    files: [...files].map(([name, content]) => ({ name, rows: Math.max(0, content.split("\n").length - 2) })),
  };
}

/** JSON is YAML: the export's own description of its columns goes in as it is. */
function configText(connection: string, mailPort: number): string {
  return `# The demo's configuration: a made-up company, exported as CSV, with a mailbox on this machine.
organization: {name: "Nordwind Instruments (made up)", timeZone: Europe/Berlin, currency: EUR, language: en}
people: {level: individual, basis: made-up people}
warehouse: sqlite:scorekeeper.db
connections:
  - id: export
    type: file
    files: ${connection.replaceAll("\n", "\n      ")}
calendar: {holidays: DE}
writeback: {directory: writeback}
alerts:
  from: Scorekeeper <scorekeeper@nordwind.example>
  operations: operations@nordwind.example
  smtp: {host: 127.0.0.1, port: ${mailPort}, security: none}
  rules:
    - id: stale_deal
`;
}
