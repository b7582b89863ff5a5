import { mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setAlertMode } from "#alerts/mode.ts";
import { AppError } from "#core/errors.ts";
import { type Mailbox, startMailbox } from "#sandbox/mailbox.ts";
import { type App, EXIT, type ExitCode } from "./app.ts";
import { runCycle } from "./cycle/cycle.ts";
import { exitCodeOfSteps, type Step, showSteps } from "./cycle/step.ts";
import { readFindings } from "./demo/findings.ts";
import { writeDemoConfig } from "./demo/prepare.ts";
import { showLeaderboard, showMails, showNext, showStuck, showSynced, showWriteback } from "./demo/show.ts";
import { csvSource } from "./demo/source.ts";
import type { Call, Verb } from "./verb.ts";

/** `demo`: a made-up company, whole cycles and a mailbox on this machine; no account, no network. */
export function demoVerb(): Verb {
  return {
    name: "demo",
    summary: "a made-up company on this machine: a whole cycle, its scores and its mails",
    examples: ["scorekeeper demo", "scorekeeper demo --directory ~/scorekeeper-demo"],
    options: [{ flags: "--directory <folder>", description: "keep the demo here (an empty or new folder) instead of a temporary one" }],
    run: async (call) => {
      const directory = folder(call);
      const mailbox = await startMailbox();
      const source = csvSource(directory, call.clock.now());
      try {
        const configFile = writeDemoConfig(directory, source.connections, mailbox.port);
        call.output.print(`${call.output.style.bold("Scorekeeper demo")}: ${source.what}, everything on this machine.`);
        return await play(call, configFile, mailbox, directory);
      } finally {
        await source.close();
        await mailbox.close();
      }
    },
  };
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

async function play(call: Call, configFile: string, mailbox: Mailbox, directory: string): Promise<ExitCode> {
  const { app, close } = await call.services.openApp(configFile, call.signal);
  try {
    const startedMs = call.clock.monotonicMs();
    const steps = await cycle(call, app);
    const seconds = (call.clock.monotonicMs() - startedMs) / 1000;
    await show(call, app, mailbox, directory, seconds);
    const exit = exitCodeOfSteps(steps);
    if (exit !== EXIT.done) showSteps(call.output, steps);
    return exit;
  } finally {
    await close();
  }
}

function cycle(call: Call, app: App): Promise<readonly Step[]> {
  return app.exclusive(async (warehouse, signal) => {
    await warehouse.write((tx) => setAlertMode(tx, "live", "demo", app.clock.now()));
    return runCycle(app, warehouse, signal, call.output, { notifyExisting: true, when: "now", by: "demo" });
  });
}

async function show(call: Call, app: App, mailbox: Mailbox, directory: string, seconds: number): Promise<void> {
  const { output } = call;
  const warehouse = await app.warehouse();
  const findings = await readFindings(app, warehouse);
  showSynced(output, findings, seconds);
  showLeaderboard(output, findings, app.organization.currency);
  showStuck(output, findings);
  showWriteback(output, findings);
  showMails(output, mailbox.mails);
  // Started through npm in a clone, the program is not on the path.
  showNext(output, app.configFile, call.services.env["npm_lifecycle_event"] === undefined ? "scorekeeper" : "npm run -s scorekeeper --");
  output.document({
    schema: "scorekeeper.demo/1",
    directory,
    seconds,
    connections: findings.status.connections.map(({ id, deals, openDeals, activities }) => ({ id, deals, openDeals, activities })),
    leaderboard: findings.leaderboard.map((line) => ({ ...line })),
    stuck: findings.stuck.length,
    mails: mailbox.mails.map((mail) => ({ to: [...mail.to], subject: mail.parsed.subject ?? "" })),
  });
}
