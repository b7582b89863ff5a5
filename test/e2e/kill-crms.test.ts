import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeDemoConfig } from "#cli/demo/prepare.ts";
import { emulators } from "#connectors/emulators.ts";
import type { Instant } from "#core/time/instant.ts";
import { startMailbox } from "#sandbox/mailbox.ts";
import { type Sandbox, startSandbox } from "#sandbox/sandbox.ts";
import { type CliResult, runScorekeeper } from "../support/cli.ts";
import { dumpDifferences, dumpWarehouse, rowsOf } from "../support/warehouse-dump.ts";

const NOW = "2026-06-29T09:00:00.000Z" as Instant;
const LATER = "2026-06-29T09:10:00.000Z";
/** Deaths tried: spread over a cycle of some hundred commits; the last ones fall into write-back and mails. */
const POINTS = process.env["SWEEP"] === "full" ? 60 : 6;

const folders: string[] = [];
const template = newFolder();
afterAll(() => {
  for (const directory of folders) rmSync(directory, { recursive: true, force: true });
});

function newFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), "scorekeeper-crms-"));
  folders.push(directory);
  return directory;
}

interface World {
  readonly directory: string;
  scorekeeper(args: readonly string[], env?: Record<string, string>): Promise<CliResult>;
  run(fault: string): Promise<CliResult>;
  runAgain(): Promise<CliResult>;
  dump(): ReturnType<typeof dumpWarehouse>;
  mails(): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** A small company in both CRMs, standing still, with our fields made and a warehouse that has gone live. */
async function world(): Promise<World> {
  const directory = newFolder();
  const sandbox: Sandbox = await startSandbox({ start: emulators, at: NOW, limited: false, world: { deals: 24, activitiesPerDeal: 2 } });
  const mailbox = await startMailbox();
  const connections = sandbox.crms.map(({ crm, connection }) => ({ id: crm, ...connection }));
  writeDemoConfig(directory, { what: "", connections, peopleFile: null, advance: null, close: sandbox.close }, mailbox.port);
  const scorekeeper = (args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> =>
    runScorekeeper([...args, "--quiet"], { cwd: directory, env: { SCOREKEEPER_NOW: NOW, ...env } });
  const ports = sandbox.crms.map(({ url }) => new URL(url).host);
  return {
    directory,
    scorekeeper,
    run: (fault) => scorekeeper(["run", "--notify-existing"], { SCOREKEEPER_FAULT: fault }),
    runAgain: () => scorekeeper(["run", "--notify-existing"], { SCOREKEEPER_NOW: LATER }),
    dump: () =>
      dumpWarehouse(join(directory, "scorekeeper.db"), (text) =>
        ports.reduce((all, host) => all.replaceAll(host, "HOST"), text).replaceAll(/2026-06-29T0[89]:[0-5]\d:\d\d\.\d{3}Z/g, "NOW"),
      ),
    mails: () => new Map([...Map.groupBy(mailbox.mails, (mail) => mail.parsed.messageId ?? "")].map(([id, same]) => [id, same.length])),
    close: async () => {
      await sandbox.close();
      await mailbox.close();
    },
  };
}

beforeAll(async () => {
  const at = await world();
  for (const verb of ["alerts", "writeback"]) {
    const { code, stderr } = await at.scorekeeper([verb, "go-live"]);
    expect(code, stderr).toBe(0);
  }
  await at.close();
  copyFileSync(join(at.directory, "scorekeeper.db"), join(template, "scorekeeper.db"));
});

/** A world whose fields exist and whose warehouse is live, ready for its first cycle. */
async function ready(): Promise<World> {
  const at = await world();
  copyFileSync(join(template, "scorekeeper.db"), join(at.directory, "scorekeeper.db"));
  const { code, stderr } = await at.scorekeeper(["writeback", "provision"]);
  expect(code, stderr).toBe(0);
  return at;
}

function commitsOf(directory: string): number {
  // Every run row is two commits of its own, every page one; the exact number does not matter, only that the points spread over it.
  const pages = rowsOf(join(directory, "scorekeeper.db"), "sync_cursors").length;
  return pages + rowsOf(join(directory, "scorekeeper.db"), "runs").length * 2;
}

test("a cycle against both CRMs, killed and run again, ends as if nothing had happened", { timeout: 900_000 }, async () => {
  const whole = await ready();
  const first = await whole.run("");
  expect([0, 4], first.stdout + first.stderr).toContain(first.code);
  await whole.runAgain();
  const reference = whole.dump();
  const expectedMails = whole.mails().size;
  const written = rowsOf(join(whole.directory, "scorekeeper.db"), "writeback_sent").length;
  expect(expectedMails).toBeGreaterThan(0);
  expect(written).toBeGreaterThan(0);
  const commits = commitsOf(whole.directory);
  await whole.close();

  for (let point = 0; point < POINTS; point += 1) {
    const commit = 1 + Math.round((point * (commits - 1)) / (POINTS - 1));
    const fault = `${point % 2 === 0 ? "commit" : "before-commit"}:${commit}`;
    const at = await ready();
    const killed = await at.run(fault);
    expect(killed.signal, `${fault}: ${killed.stdout}${killed.stderr}`).toBe("SIGKILL");
    await at.runAgain();
    await at.runAgain();
    expect(dumpDifferences(reference, at.dump()), fault).toEqual([]);
    for (const [id, times] of at.mails()) expect(times, `${fault}: ${id}`).toBe(1);
    await at.close();
  }
});
