import { mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setAlertMode } from "#alerts/mode.ts";
import { shiftedClock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import { type Mailbox, startMailbox } from "#sandbox/mailbox.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { decideHeld, heldRun, setWritebackMode } from "#writeback/mode.ts";
import { writebackSettings } from "./act-settings.ts";
import { type App, EXIT, type ExitCode } from "./app.ts";
import { runCycle } from "./cycle/cycle.ts";
import { exitCodeOfSteps, type Step, showSteps } from "./cycle/step.ts";
import { readFindings } from "./demo/findings.ts";
import { writeDemoConfig } from "./demo/prepare.ts";
import { showLeaderboard, showMails, showNext, showStuck, showSynced, showWriteback } from "./demo/show.ts";
import { crmSource, csvSource, DEMO_STEP_MS, type DemoSource } from "./demo/source.ts";
import type { Call, Verb } from "./verb.ts";

/** `demo`: a made-up company, whole cycles and a mailbox on this machine; no account, no network. */
export function demoVerb(): Verb {
  return {
    name: "demo",
    summary: "a made-up company on this machine: whole cycles, its scores and its mails",
    examples: ["scorekeeper demo", "scorekeeper demo --directory ~/scorekeeper-demo", "scorekeeper demo --from export"],
    options: [
      { flags: "--directory <folder>", description: "keep the demo here (an empty or new folder) instead of a temporary one" },
      { flags: "--from <source>", description: "where the company's data comes from", choices: ["crms", "export"] },
    ],
    calm: true,
    run: async (call) => {
      const directory = folder(call);
      const mailbox = await startMailbox();
      const yesterday = shiftedClock(call.clock, -DEMO_STEP_MS);
      const isExport = call.text("from") === "export";
      const source = isExport ? csvSource(directory, call.clock) : await crmSource(call.services, directory, yesterday);
      try {
        const demo: Demo = { configFile: writeDemoConfig(directory, source, mailbox.port), directory, source, mailbox };
        call.output.print(`${call.output.style.bold("Scorekeeper demo")}: ${source.what}. Everything runs on this machine.`);
        return await play(call, demo);
      } finally {
        await source.close();
        await mailbox.close();
      }
    },
  };
}

interface Demo {
  readonly configFile: string;
  readonly directory: string;
  readonly source: DemoSource;
  readonly mailbox: Mailbox;
}

function folder(call: Call): string {
  const wanted = call.text("directory");
  if (wanted === undefined) return mkdtempSync(join(tmpdir(), "scorekeeper-demo-"));
  const directory = resolve(call.services.cwd, wanted);
  mkdirSync(directory, { recursive: true });
  if (readdirSync(directory).length === 0) return directory;
  throw new AppError({
    code: "usage.target_exists",
    recovery: "configure",
    message: `${directory} is not empty; name an empty or new folder.`,
  });
}

/** Yesterday's cycle, a day in the life of the company, and today's; a company that stands still has today's only. */
async function play(call: Call, demo: Demo): Promise<ExitCode> {
  const startedMs = call.clock.monotonicMs();
  const { advance } = demo.source;
  const first = advance === null ? [] : await withApp(call, demo, -DEMO_STEP_MS, (app) => goLive(call, app));
  advance?.();
  return withApp(call, demo, 0, async (app) => {
    const steps = advance === null ? await goLive(call, app) : await approveAndRun(call, app);
    const seconds = (call.clock.monotonicMs() - startedMs) / 1000;
    await show(call, app, demo, advance === null ? 1 : 2, seconds);
    // The first apply of a connection writes a few records and waits for approval: the demo gives it before the second.
    const all = [...first.filter(({ state }) => state !== "held"), ...steps];
    const exit = exitCodeOfSteps(all);
    if (exit !== EXIT.done) showSteps(call.output, all);
    return exit;
  });
}

async function withApp<T>(call: Call, demo: Demo, offsetMs: number, work: (app: App) => Promise<T>): Promise<T> {
  const clock = offsetMs === 0 ? call.clock : shiftedClock(call.clock, offsetMs);
  const { app, close } = await call.services.openApp(demo.configFile, call.signal, clock);
  try {
    return await work(app);
  } finally {
    await close();
  }
}

const CYCLE = { notifyExisting: true, when: "now", by: "demo" } as const;

/** Mails and fields go out from the start, as if somebody had looked at the preview and agreed. */
function goLive(call: Call, app: App): Promise<readonly Step[]> {
  return app.exclusive(async (warehouse, signal) => {
    await warehouse.write((tx) => setAlertMode(tx, "live", "demo", app.clock.now()));
    for (const connectionId of app.connectionIds) await prepareFields(app, warehouse, signal, connectionId);
    return runCycle(app, warehouse, signal, call.output, CYCLE);
  });
}

async function prepareFields(app: App, warehouse: Warehouse, signal: AbortSignal, connectionId: string): Promise<void> {
  const { writer } = await app.connector(connectionId);
  if (writer === undefined) return;
  const specs = writebackSettings(app, connectionId).fields.map((field) => field.spec);
  await writer.ensureFields(specs, { dryRun: false, signal });
  await warehouse.write((tx) => setWritebackMode(tx, connectionId, "trial", "demo", app.clock.now()));
}

function approveAndRun(call: Call, app: App): Promise<readonly Step[]> {
  return app.exclusive(async (warehouse, signal) => {
    for (const connectionId of app.connectionIds) {
      if ((await warehouse.read((db) => heldRun(db, connectionId))) === undefined) continue;
      const decision = { approve: true, by: "demo", comment: null, now: app.clock.now() };
      await warehouse.write((tx) => decideHeld(tx, connectionId, decision));
    }
    return runCycle(app, warehouse, signal, call.output, CYCLE);
  });
}

async function show(call: Call, app: App, demo: Demo, cycles: number, seconds: number): Promise<void> {
  const { output } = call;
  const { mails } = demo.mailbox;
  const findings = await readFindings(app, await app.warehouse());
  showSynced(output, findings, cycles, seconds);
  showLeaderboard(output, findings, app.organization.currency);
  showStuck(output, findings);
  showWriteback(output, findings);
  showMails(output, mails);
  // Started through npm in a clone, the program is not on the path.
  showNext(output, app.configFile, call.services.env["npm_lifecycle_event"] === undefined ? "scorekeeper" : "npm run -s scorekeeper --");
  output.document({
    schema: "scorekeeper.demo/1",
    directory: demo.directory,
    seconds,
    connections: findings.status.connections.map(({ id, deals, openDeals, activities }) => ({ id, deals, openDeals, activities })),
    leaderboard: findings.leaderboard.map((line) => ({ ...line })),
    stuck: findings.stuck.length,
    written: findings.written.map(({ connectionId, records }) => ({ connection: connectionId, records })),
    mails: mails.map((mail) => ({ to: [...mail.to], subject: mail.parsed.subject ?? "" })),
  });
}
