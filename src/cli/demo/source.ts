import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "#core/json.ts";
import type { Instant } from "#core/time/instant.ts";
import { csvExport } from "#sandbox/export.ts";

/** Where the demo's made-up company comes from. */
export interface DemoSource {
  /** One line for the heading. */
  readonly what: string;
  /** Entries of `connections:`; they may hold made-up secrets. */
  readonly connections: readonly JsonObject[];
  close(): Promise<void>;
}

/** The company as its CRM would export it: CSV files in the demo's folder. */
export function csvSource(directory: string, at: Instant): DemoSource {
  const { files, connection } = csvExport({ at });
  for (const [name, content] of files) writeFileSync(join(directory, name), content);
  return {
    what: `${files.size} CSV exports of a made-up company`,
    connections: [{ id: "export", type: "file", files: connection }],
    close: () => Promise.resolve(),
  };
}
