import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DEFAULT_TOKEN } from "#connectors/hubspot/emulator/index.ts";
import { startSalesforce } from "#connectors/salesforce/emulator/index.ts";
import { sandboxClock } from "#sandbox/clock.ts";
import { type Mailbox, startMailbox } from "#sandbox/mailbox.ts";
import { makeWorld } from "#sandbox/world.ts";
import { type CliResult, folder, runScorekeeper } from "../support/cli.ts";
import { ANCHOR, startPortal } from "../support/hubspot-emulator.ts";

const NOW = { SCOREKEEPER_NOW: ANCHOR };

async function mailbox(): Promise<Mailbox> {
  const started = await startMailbox();
  onTestFinished(() => started.close());
  return started;
}

function mailSection(port: number): string {
  return `alerts: {smtp: {host: 127.0.0.1, port: ${port}, security: none}, from: "Scorekeeper <s@acme.example>", operations: ops@acme.example}\n`;
}

function documentOf(result: CliResult) {
  expect(result.stderr, result.stdout).not.toContain("Unexpected");
  return JSON.parse(result.stdout);
}

/** A connection to an emulator of each CRM, showing the same made-up company. */
const CRMS = {
  hubspot: async () => {
    const { emulator } = await startPortal();
    return {
      connection: `{id: crm, type: hubspot, baseUrl: "${emulator.url}", auth: {kind: token, token: "\${SECRET}"}}`,
      secret: DEFAULT_TOKEN,
    };
  },
  salesforce: async () => {
    const world = makeWorld({ anchor: ANCHOR, deals: 120 });
    const org = await startSalesforce({ world, clock: sandboxClock(ANCHOR) });
    onTestFinished(() => org.close());
    const auth = `{kind: client-credentials, clientId: "${org.auth.clientId}", clientSecret: "\${SECRET}"}`;
    return { connection: `{id: crm, type: salesforce, loginUrl: "${org.url}", auth: ${auth}}`, secret: org.auth.clientSecret };
  },
} as const;

test.each(["hubspot", "salesforce"] as const)(
  "%s over HTTP: provision, preview, go-live, the first few, approval; own writes make no work",
  async (type) => {
    const { connection, secret } = await CRMS[type]();
    const cwd = folder({
      ".env": `SECRET=${secret}\n`,
      "scorekeeper.yaml": `organization: {name: Acme, timeZone: Europe/Warsaw, currency: EUR}
people: {level: individual, basis: made-up people}
writeback: {firstApplyRecords: 2}
connections:
  - ${connection}
`,
    });
    const run = (...args: string[]) => runScorekeeper([...args, "--json"], { cwd, env: NOW });
    const read = await run("sync");
    expect(read.code, read.stderr).toBe(0);

    expect(documentOf(await run("writeback", "plan")).plans[0]).toMatchObject({ mode: "preview", counts: { changed: expect.any(Number) } });
    const preview = await run("writeback", "apply");
    expect([preview.code, documentOf(preview).connections[0].state]).toEqual([4, "preview"]);

    expect((await run("writeback", "go-live")).code).toBe(0);
    const early = await run("writeback", "apply");
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining("writeback provision")]);
    const made = documentOf(await run("writeback", "provision")).connections[0].fields;
    expect(made.map((field: { state: string }) => field.state)).toEqual(["created", "created", "created", "created"]);
    expect(documentOf(await run("writeback", "provision")).connections[0].fields[0].state).toBe("exists");

    const { automations } = documentOf(await run("writeback", "plan")).plans[0];
    expect(automations.length > 0).toBe(type === "salesforce");

    const first = await run("writeback", "apply");
    expect([first.code, documentOf(first).connections[0]]).toMatchObject([4, { state: "held", sent: { ok: 2 } }]);
    expect((await run("writeback", "approve")).code).toBe(0);
    const rest = documentOf(await run("writeback", "apply")).connections[0];
    expect(rest).toMatchObject({ state: "done", held: 0, sent: { ok: rest.counts.changed, rejected: 0 } });

    // Law 5: what we wrote comes back with the next sync and is no news to anybody.
    const again = documentOf(await run("sync")).steps.find((step: { connection?: string }) => step.connection === "crm");
    expect(again.counts).toMatchObject({ inserted: 0, changed: 0, deleted: 0, unchanged: expect.any(Number) });
    expect(documentOf(await run("writeback", "apply")).connections[0].state).toBe("nothing");
    expect(documentOf(await run("writeback", "plan")).plans[0].items).toEqual([]);
  },
);

test("an export: stuck deals become one mail per manager, once, and a file to import", async () => {
  const inbox = await mailbox();
  const day = (back: number): string => new Date(Date.parse(ANCHOR) - back * 86_400_000).toISOString().slice(0, 10);
  const deals = Array.from({ length: 12 }, (_, index) => `d${index},Agent ${index % 3},Acc,Open,${day(index * 8)},,${100 * index}`);
  const cwd = folder({
    "deals.csv": ["id,agent,account,stage,opened,closed,amount", ...deals, ""].join("\n"),
    "people.csv":
      "email,name,manager_email,source_ids\nb1@x.example,Boss One,,\na0@x.example,A,b1@x.example,export:Agent 0\na1@x.example,B,b1@x.example,export:Agent 1\n",
    "scorekeeper.yaml": `organization: {name: Acme, timeZone: UTC, currency: EUR}
people: {level: individual, basis: made-up people, file: people.csv}
${mailSection(inbox.port)}connections:
  - id: export
    type: file
    files:
      deals: {path: deals.csv, dates: yyyy-MM-dd, columns: {id: id, owner: agent, account: account, stage: stage, createdAt: opened, closedAt: closed, amount: amount}, stages: {Won: won, "*": open}}
`,
  });
  const run = (...args: string[]) => runScorekeeper([...args, "--json"], { cwd, env: NOW });
  const read = await run("sync");
  expect(read.code, read.stderr).toBe(0);
  expect(documentOf(await run("alerts", "send"))).toMatchObject({ sent: 0 });
  expect(documentOf(await run("alerts", "go-live", "--notify-existing"))).toMatchObject({ sent: 2, stopped: null });
  expect(inbox.mails.map((mail) => mail.to[0]).toSorted()).toEqual(["b1@x.example", "ops@acme.example"]);
  expect(documentOf(await run("alerts", "send"))).toMatchObject({ sent: 0 });
  expect(documentOf(await run("alerts", "list"))).toMatchObject({ mode: "live", mails: [] });

  expect((await run("writeback", "go-live")).code).toBe(0);
  const applied = documentOf(await run("writeback", "apply")).connections[0];
  const files = readdirSync(join(cwd, "data/writeback"));
  expect(files).toHaveLength(1);
  const lines = readFileSync(join(cwd, "data/writeback", files[0] ?? ""), "utf8")
    .trim()
    .split("\r\n");
  expect(lines[0]).toBe("id,Stuck since,Scorekeeper as of");
  expect(lines).toHaveLength(1 + applied.sent.ok);
  expect(documentOf(await run("writeback", "apply")).connections[0].state).toBe("nothing");
});

test("a mail server that is not there: exit 1, everything waits, and the next send brings it", async () => {
  const cwd = folder({
    "scorekeeper.yaml": `organization: {name: A, timeZone: UTC, currency: EUR}\npeople: {level: team}\n${mailSection(1)}`,
  });
  const { code, stderr } = await runScorekeeper(["mail", "test", "--to", "me@x.example"], { cwd, env: NOW });
  expect([code, stderr]).toEqual([1, expect.stringContaining("[mail.unreachable]")]);
  const bad = await runScorekeeper(["mail", "test", "--to", "me"], { cwd, env: NOW });
  expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining("expected one mail address")]);
});
