import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeDemoConfig } from "#cli/demo/prepare.ts";
import type { Instant } from "#core/time/instant.ts";
import { csvExport } from "#sandbox/export.ts";
import { startMailbox } from "#sandbox/mailbox.ts";
import { type CliResult, folder, runScorekeeper } from "../support/cli.ts";
import { dumpDifferences, dumpWarehouse, rowsOf } from "../support/warehouse-dump.ts";

/** A Monday morning, an hour after digests are due. */
const NOW = "2026-06-29T09:00:00.000Z";
/** Each process begins its own time anew: the second one starts later, as it would. */
const LATER = "2026-06-29T09:10:00.000Z";
const PORT = 1;
const IN_CI = 24;

const template = folder({});
const folders: string[] = [template];
afterAll(() => {
  for (const directory of folders) rmSync(directory, { recursive: true, force: true });
});

/** A small company that has gone live with mails and write-back, and has not run yet. */
beforeAll(async () => {
  const { files, connection } = csvExport({ at: NOW as Instant, deals: 40 });
  for (const [name, content] of files) writeFileSync(join(template, name), content);
  const connections = [{ id: "export", type: "file", files: connection }];
  writeDemoConfig(template, { what: "", connections, peopleFile: null, advance: null, close: () => Promise.resolve() }, PORT);
  for (const verb of ["alerts", "writeback"]) {
    const { code, stderr } = await scorekeeper([verb, "go-live"], template);
    expect(code, stderr).toBe(0);
  }
});

function scorekeeper(args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<CliResult> {
  return runScorekeeper([...args, "--quiet"], { cwd, env: { SCOREKEEPER_NOW: NOW, ...env } });
}

interface World {
  readonly directory: string;
  readonly database: string;
  /** With an empty fault, undisturbed. */
  run(fault: string): Promise<CliResult>;
  runAgain(): Promise<CliResult>;
  dump(): ReturnType<typeof dumpWarehouse>;
  /** How often each mail arrived, by message id. */
  mails(): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

async function world(): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), "scorekeeper-sweep-"));
  folders.push(directory);
  cpSync(template, directory, { recursive: true, preserveTimestamps: true });
  const mailbox = await startMailbox();
  const config = join(directory, "scorekeeper.yaml");
  writeFileSync(config, readFileSync(config, "utf8").replace(`port: ${PORT},`, `port: ${mailbox.port},`));
  return {
    directory,
    database: join(directory, "scorekeeper.db"),
    run: (fault) => scorekeeper(["run", "--notify-existing"], directory, { SCOREKEEPER_FAULT: fault }),
    runAgain: () => scorekeeper(["run", "--notify-existing"], directory, { SCOREKEEPER_NOW: LATER }),
    // The folder's name is in the file connector's checkpoints, the moment of the run in the as-of that is written back.
    dump: () =>
      dumpWarehouse(join(directory, "scorekeeper.db"), (text) =>
        text.replaceAll(directory, "FOLDER").replaceAll(/2026-06-29T09:[01]\d:\d\d\.\d{3}Z/g, "NOW"),
      ),
    mails: () => new Map([...Map.groupBy(mailbox.mails, (mail) => mail.parsed.messageId ?? "")].map(([id, same]) => [id, same.length])),
    close: () => mailbox.close(),
  };
}

/** How many transactions an undisturbed run commits: the largest N at which the fault still strikes. */
async function countCommits(): Promise<number> {
  const strikes = async (commit: number): Promise<boolean> => {
    const at = await world();
    const { signal } = await at.run(`commit:${commit}`);
    await at.close();
    return signal === "SIGKILL";
  };
  let low = 16;
  let high = 128;
  expect(await strikes(low)).toBe(true);
  while (await strikes(high)) high *= 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await strikes(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** All points, or so many of them spread evenly, the first and the last included. */
function chosen(points: readonly string[], most: number): readonly string[] {
  if (process.env["SWEEP"] === "full" || points.length <= most) return points;
  return Array.from({ length: most }, (_unused, index) => points[Math.round((index * (points.length - 1)) / (most - 1))] ?? "");
}

async function killAndRunAgain(fault: string, reference: ReturnType<typeof dumpWarehouse>, expectedMails: number): Promise<void> {
  const at = await world();
  const killed = await at.run(fault);
  expect(killed.signal, `${fault}: ${killed.stderr}`).toBe("SIGKILL");
  const again = await at.runAgain();
  const deliveries = rowsOf(at.database, "alert_deliveries");
  const held = deliveries.filter((row) => row["state"] === "held");
  expect(again.code, `${fault}: ${again.stdout}${again.stderr}`).toBe(held.length === 0 ? 0 : 3);
  expect(dumpDifferences(reference, at.dump()), fault).toEqual([]);
  expect(deliveries, fault).toHaveLength(expectedMails);
  for (const row of deliveries) {
    const times = at.mails().get(String(row["message_id"])) ?? 0;
    // Nobody knows whether a held one arrived; a sent one did, once.
    expect(row["state"] === "held" ? times <= 1 : times === 1, `${fault}: ${row["state"]} ${times}`).toBe(true);
  }
  expect(
    rowsOf(at.database, "runs").filter((row) => row["state"] === "running"),
    fault,
  ).toEqual([]);
  await at.close();
  rmSync(at.directory, { recursive: true, force: true });
}

test("killed at any commit and run again, the warehouse is the same and no mail is sent twice", { timeout: 1_800_000 }, async () => {
  const whole = await world();
  const undisturbed = await whole.run("");
  expect(undisturbed.code, undisturbed.stdout + undisturbed.stderr).toBe(0);
  const reference = whole.dump();
  const expectedMails = whole.mails().size;
  expect(expectedMails).toBeGreaterThan(0);
  const again = await whole.runAgain();
  expect(again.code).toBe(0);
  expect(dumpDifferences(reference, whole.dump()), "a second run changes nothing").toEqual([]);
  await whole.close();

  const commits = await countCommits();
  const points = Array.from({ length: commits }, (_unused, index) => [`before-commit:${index + 1}`, `commit:${index + 1}`]).flat();
  const queue = [...chosen(points, IN_CI)];
  const worker = async (): Promise<void> => {
    for (let fault = queue.shift(); fault !== undefined; fault = queue.shift()) await killAndRunAgain(fault, reference, expectedMails);
  };
  await Promise.all([worker(), worker()]);
});
