import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { hubspot } from "#connectors/hubspot/index.ts";
import { systemClock } from "#core/clock.ts";
import type { Budget } from "#core/connector.ts";
import { silentLog } from "#core/log.ts";
import { systemRng } from "#core/rng.ts";
import { runSync } from "#sync/run-sync.ts";
import { openWarehouse } from "#warehouse/open.ts";
import { organization } from "../support/organization.ts";
import { bareLoop } from "./hubspot-bare-loop.ts";

/** Requests in ten seconds that a portal of the Professional tier allows. */
const ALLOWED_PER_10S = 190;
const ACTIVITIES_PER_DEAL = 5;

interface Run {
  readonly seconds: number;
  readonly rows: number;
  readonly requests: number;
  readonly peakMb: number;
  readonly cpuSeconds: number;
}

/** First load of a portal that answers at once, in a process of its own: rows stored a second, beside a plain loop over the SDK. */
export async function benchHubspot(folder: string, deals: number, say: (line: string) => void): Promise<void> {
  prepare(folder, deals, say);
  await withPortal(deals, 0, true, async (connection) => {
    report(say, "connector, 0 ms", await load(folder, connection, 1_000_000));
    report(say, "bare SDK loop, 0 ms", await measured(() => bareLoop(connection.baseUrl, connection.auth.token, join(folder, "bare.db"))));
  });
}

/** First load of a portal 300 ms away that keeps its limits: how much of the allowance is used. */
export async function benchHubspotLatency(folder: string, deals: number, say: (line: string) => void): Promise<void> {
  prepare(folder, deals, say);
  await withPortal(deals, 300, false, async (connection) => {
    const run = await load(folder, connection, ALLOWED_PER_10S);
    report(say, "connector, 300 ms", run);
    const share = run.requests / ((run.seconds / 10) * ALLOWED_PER_10S);
    const serial = (run.requests * 0.3).toFixed(0);
    say(
      `  ${(share * 100).toFixed(0)} % of ${ALLOWED_PER_10S} requests per ten seconds used; one page after the other waits ${serial} s alone`,
    );
  });
}

function prepare(folder: string, deals: number, say: (line: string) => void): void {
  mkdirSync(folder, { recursive: true });
  say(`  ${deals} deals begun, about ${deals * ACTIVITIES_PER_DEAL} activities; ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB before`);
}

interface Connection {
  readonly auth: { readonly kind: "token"; readonly token: string };
  readonly baseUrl: string;
}

async function withPortal(
  deals: number,
  latencyMs: number,
  unlimited: boolean,
  work: (connection: Connection) => Promise<void>,
): Promise<void> {
  const options = [
    `--deals=${deals}`,
    `--activities=${ACTIVITIES_PER_DEAL}`,
    `--latency=${latencyMs}`,
    ...(unlimited ? ["--unlimited"] : []),
  ];
  const portal = spawn(process.execPath, ["--max-old-space-size=12000", "src/dev/sandbox-server.ts", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const { connection }: { connection: Connection } = JSON.parse(await firstLine(portal));
    await work(connection);
  } finally {
    portal.kill();
    await once(portal, "exit");
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("no output");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("the sandbox ended before it served");
}

async function load(folder: string, { auth, baseUrl }: Connection, requestsPer10s: number): Promise<Run> {
  const file = join(folder, "hubspot.db");
  for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
  const clock = systemClock();
  const warehouse = await openWarehouse({ url: `sqlite:${file}`, clock, log: silentLog });
  let requests = 0;
  const budget: Budget = {
    spend: async (calls) => {
      requests += calls;
    },
    observe: () => {},
  };
  const searchPerSecond = requestsPer10s > 10_000 ? 10_000 : 5;
  const settings = hubspot.settings.parse({
    auth,
    baseUrl,
    budget: { requestsPer10s, searchPerSecond, associationsPer10s: requestsPer10s },
  });
  const deps = { connectionId: "hs", organization: organization(), directory: folder, clock, rng: systemRng(), log: silentLog };
  const connector = hubspot.open(settings, deps);
  const signal = new AbortController().signal;
  const run = await measured(async () => {
    const result = await runSync({ ...deps, connector, warehouse, stageOverrides: {}, signal, budget }, {});
    const failed = result.streams.find(({ error }) => error !== null);
    if (failed?.error !== undefined && failed.error !== null) throw failed.error;
    const rows = result.streams.flatMap(({ counts }) => Object.values(counts)).reduce((sum, { inserted }) => sum + inserted, 0);
    return { rows, requests };
  });
  await warehouse.close();
  return run;
}

async function measured(work: () => Promise<{ readonly rows: number; readonly requests: number }>): Promise<Run> {
  globalThis.gc?.();
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { rows, requests } = await work();
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  clearInterval(watch);
  return { seconds, rows, requests, peakMb: peak / 1e6, cpuSeconds: (used.user + used.system) / 1e6 };
}

function report(say: (line: string) => void, what: string, run: Run): void {
  const perSecond = (run.rows / run.seconds).toFixed(0);
  const cpu = ((run.cpuSeconds / run.rows) * 1e6).toFixed(0);
  say(
    `${run.seconds.toFixed(2).padStart(8)} s  ${what}  (${run.rows} rows, ${perSecond} rows/s, ${run.requests} requests, ${run.peakMb.toFixed(0)} MB at most, ${cpu} µs CPU a row)`,
  );
}
