import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "#core/clock.ts";
import type { JsonObject } from "#core/json.ts";
import { csvExport } from "#sandbox/export.ts";
import { peopleCsv } from "#sandbox/people-file.ts";
import type { Services } from "../services.ts";

/** How long the company lives on between the demo's two cycles. */
export const DEMO_STEP_MS = 86_400_000;

/** Where the demo's made-up company comes from. */
export interface DemoSource {
  /** One line for the heading. */
  readonly what: string;
  /** Entries of `connections:`; they may hold made-up secrets. */
  readonly connections: readonly JsonObject[];
  /** People of the company, for what a CRM does not know; null where the source tells it all. */
  readonly peopleFile: string | null;
  /** Lets a day pass; null where the company stands still. */
  readonly advance: (() => void) | null;
  close(): Promise<void>;
}

/** The company in HubSpot and Salesforce at once: servers on this machine that speak both APIs, one day behind `clock` at first. */
export async function crmSource(services: Services, directory: string, clock: Clock): Promise<DemoSource> {
  const sandbox = await services.startSandbox({ at: clock.now(), ticking: clock });
  writeFileSync(join(directory, "people.csv"), peopleCsv(sandbox.world.company));
  const names = sandbox.crms.map(({ crm }) => NAMES[crm] ?? crm);
  return {
    what: `${sandbox.world.company.name}, a made-up company that sells out of ${names.join(" and ")}`,
    connections: sandbox.crms.map(({ crm, connection }) => ({ id: IDS[crm] ?? crm, ...connection })),
    peopleFile: "people.csv",
    advance: () => sandbox.advance(DEMO_STEP_MS),
    close: () => sandbox.close(),
  };
}

const NAMES: Readonly<Record<string, string>> = { hubspot: "HubSpot", salesforce: "Salesforce" };
const IDS: Readonly<Record<string, string>> = { hubspot: "hs", salesforce: "sf" };

/** The company as its CRM would export it: CSV files in the demo's folder. */
export function csvSource(directory: string, clock: Clock): DemoSource {
  const { files, connection } = csvExport({ at: clock.now() });
  for (const [name, content] of files) writeFileSync(join(directory, name), content);
  return {
    what: `${files.size} CSV exports of a made-up company`,
    connections: [{ id: "export", type: "file", files: connection }],
    peopleFile: null,
    advance: null,
    close: () => Promise.resolve(),
  };
}
