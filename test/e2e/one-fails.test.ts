import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeDemoConfig } from "#cli/demo/prepare.ts";
import { emulators } from "#connectors/emulators.ts";
import type { Instant } from "#core/time/instant.ts";
import { type Sandbox, startSandbox } from "#sandbox/sandbox.ts";
import { type CliResult, folder, runScorekeeper } from "../support/cli.ts";

const NOW = "2026-06-29T09:00:00.000Z";

let sandbox: Sandbox;
let directory: string;

beforeEach(async () => {
  sandbox = await startSandbox({ start: emulators, at: NOW as Instant, limited: false, world: { deals: 16, activitiesPerDeal: 1 } });
  directory = folder({});
  const connections = sandbox.crms.map(({ crm, connection }) => ({ id: crm, ...connection }));
  writeDemoConfig(directory, { what: "", connections, peopleFile: null, advance: null, close: sandbox.close }, 1);
});
afterEach(async () => {
  await sandbox.close();
  rmSync(directory, { recursive: true, force: true });
});

const scorekeeper = (args: readonly string[], now = NOW): Promise<CliResult> =>
  runScorekeeper([...args, "--quiet"], { cwd: directory, env: { SCOREKEEPER_NOW: now } });

function replaceIn(file: string, pattern: RegExp, by: string): void {
  const path = join(directory, file);
  const text = readFileSync(path, "utf8");
  expect(text).toMatch(pattern);
  writeFileSync(path, text.replace(pattern, by));
}

interface SyncDocument {
  readonly steps: readonly { readonly connection: string | null; readonly state: string }[];
}

async function statesOfSync(expected: { readonly words: RegExp; readonly now?: string }): Promise<Readonly<Record<string, string>>> {
  const { code, stdout, stderr } = await scorekeeper(["sync", "--json"], expected.now);
  expect(code, stdout + stderr).toBe(3);
  expect(stdout + stderr).toMatch(expected.words);
  const document = JSON.parse(stdout) as SyncDocument;
  return Object.fromEntries(document.steps.flatMap(({ connection, state }) => (connection === null ? [] : [[connection, state]])));
}

test("a wrong HubSpot token is named, and Salesforce goes on", async () => {
  replaceIn(".env", /^HUBSPOT_AUTH_TOKEN=.*$/m, "HUBSPOT_AUTH_TOKEN=pat-eu1-wrong");
  expect(await statesOfSync({ words: /token/i })).toEqual({ hubspot: "failed", salesforce: "ok" });
});

test("a wrong Salesforce secret is named, and HubSpot goes on", async () => {
  replaceIn(".env", /^SALESFORCE_AUTH_CLIENTSECRET=.*$/m, "SALESFORCE_AUTH_CLIENTSECRET=wrong");
  expect(await statesOfSync({ words: /client/i })).toEqual({ hubspot: "ok", salesforce: "failed" });
});

test("a CRM that is down is named, and the other goes on; once it is back, nothing is missing", { timeout: 180_000 }, async () => {
  const [hubspot] = sandbox.crms;
  replaceIn("scorekeeper.yaml", new RegExp(`"baseUrl": "${hubspot?.url}"`), '"baseUrl": "http://127.0.0.1:9"');
  expect(await statesOfSync({ words: /hubspot/i })).toEqual({ hubspot: "failed", salesforce: "ok" });
  replaceIn("scorekeeper.yaml", /"baseUrl": "[^"]+"/, `"baseUrl": "${hubspot?.url}"`);
  const again = await scorekeeper(["sync"]);
  expect(again.code, again.stdout + again.stderr).toBe(0);
});

test("clocks of host and server apart by a day: the server's counts, everything comes in", async () => {
  for (const now of ["2026-06-28T09:00:00.000Z", "2026-06-30T09:00:00.000Z"]) {
    const { code, stdout, stderr } = await scorekeeper(["sync"], now);
    expect(code, stdout + stderr).toBe(0);
  }
  const { stdout } = await scorekeeper(["reconcile", "--json"], "2026-06-30T09:00:00.000Z");
  const { connections } = JSON.parse(stdout) as { connections: readonly { differences: readonly { reason: string }[] }[] };
  const reasons = new Set(connections.flatMap(({ differences }) => differences.map(({ reason }) => reason)));
  expect(reasons.has("not_yet_synced")).toBe(false);
});
