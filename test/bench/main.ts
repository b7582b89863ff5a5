import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchCsv } from "./csv.ts";
import { benchHubspot, benchHubspotLatency } from "./hubspot.ts";
import { benchKpis } from "./kpis.ts";

const folder = join(tmpdir(), "scorekeeper-bench");
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** `npm run bench -- [case] [size]`: every case, or one. Generated worlds stay in the system's temporary folder for the next time. */
const CASES: Readonly<Record<string, (size: number | undefined) => Promise<unknown>>> = {
  hubspot: (size) => benchHubspot(folder, size ?? 100_000, say),
  "hubspot-latency": (size) => benchHubspotLatency(folder, size ?? 100_000, say),
  csv: (size) => benchCsv(folder, size ?? 1_000_000, say),
  kpis: (size) => benchKpis(folder, size ?? 1_000_000, say),
};

const [name, size] = process.argv.slice(2);
for (const [key, run] of Object.entries(CASES)) {
  if (name !== undefined && name !== key) continue;
  say(`— ${key}`);
  await run(size === undefined ? undefined : Number(size));
}
