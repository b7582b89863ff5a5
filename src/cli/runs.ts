import { AppError } from "#core/errors.ts";
import { type Instant, msOf } from "#core/time/instant.ts";
import { findRun, listRuns } from "#warehouse/runs.ts";
import type { RunsTable } from "#warehouse/schema/operations.ts";
import { EXIT, type Output } from "./app.ts";
import { wholeNumber } from "./options.ts";
import { harmless, table } from "./text.ts";
import type { Verb } from "./verb.ts";

/** `runs list | show`: what ran, how it ended, and what it counted. */
export function runsVerb(): Verb {
  return { name: "runs", summary: "what ran, how it ended, what it counted", verbs: [listVerb(), showVerb()] };
}

function listVerb(): Verb {
  return {
    name: "list",
    summary: "the newest runs",
    examples: ["scorekeeper runs list", "scorekeeper runs list --kind sync --connection hs --limit 5 --json"],
    options: [
      { flags: "--kind <kind>", description: "only runs of this kind: cycle, sync, measure, writeback, alerts …" },
      { flags: "--connection <id>", description: "only this connection" },
      { flags: "--limit <n>", description: "how many (20)" },
    ],
    run: async (call) => {
      const app = await call.app();
      const limit = wholeNumber(call, "limit", 20);
      const warehouse = await app.warehouse();
      const runs = await warehouse.read((db) => listRuns(db, { limit, kind: call.text("kind"), connectionId: call.text("connection") }));
      call.output.print(runs.length === 0 ? "Nothing has run yet." : runsTable(call.output, runs));
      call.output.document({ schema: "scorekeeper.runs/1", runs: runs.map(runJson) });
      return EXIT.done;
    },
  };
}

function showVerb(): Verb {
  return {
    name: "show",
    summary: "one run with everything it counted",
    arguments: [{ name: "<run>", description: "its id, or the beginning of it" }],
    examples: ["scorekeeper runs show 7f3a", "scorekeeper runs show 7f3a --json"],
    run: async (call) => {
      const warehouse = await (await call.app()).warehouse();
      const run = await warehouse.read((db) => findRun(db, call.args[0] ?? ""));
      if (run === undefined) throw noRun(call.args[0] ?? "");
      call.output.print(details(run));
      call.output.document({ schema: "scorekeeper.run/1", ...runJson(run) });
      return EXIT.done;
    },
  };
}

function noRun(id: string): AppError {
  const message = `No single run begins with '${id}'; see 'scorekeeper runs list'.`;
  return new AppError({ code: "usage.run", recovery: "configure", message });
}

/** Runs as rows, a failed one with its reason. */
export function runsTable(output: Output, runs: readonly RunsTable[]): string {
  const columns = [
    { title: "started" },
    { title: "run" },
    { title: "kind" },
    { title: "connection" },
    { title: "state" },
    { title: "took", align: "right" as const },
    { title: "counts" },
  ];
  const rows = runs.map((run) => [
    run.started_at.slice(0, 19),
    run.run_id.slice(0, 8),
    run.kind,
    run.connection_id ?? "",
    colourOf(output, run.state)(run.state),
    took(run),
    run.error_message === null ? countsText(run) : harmless(run.error_message),
  ]);
  return table(columns, rows);
}

function colourOf(output: Output, state: string): (text: string) => string {
  if (state === "ok") return output.style.green;
  return state === "failed" || state === "crashed" ? output.style.red : output.style.yellow;
}

function took(run: RunsTable): string {
  if (run.ended_at === null) return "";
  return `${((msOf(run.ended_at as Instant) - msOf(run.started_at as Instant)) / 1000).toFixed(1)} s`;
}

function countsText(run: RunsTable): string {
  const counts: Record<string, unknown> = JSON.parse(run.counts);
  return Object.entries(counts)
    .flatMap(([name, value]) => (typeof value === "number" && value !== 0 ? [`${value} ${name}`] : []))
    .join(", ");
}

function details(run: RunsTable): string {
  const lines = [`${run.kind}${run.connection_id === null ? "" : ` of ${run.connection_id}`}: ${run.state}`];
  lines.push(`started ${run.started_at}${run.ended_at === null ? "" : `, ended ${run.ended_at}`}`);
  if (run.error_code !== null) lines.push(`${harmless(run.error_message ?? "")} [${run.error_code}]`);
  lines.push(JSON.stringify(JSON.parse(run.counts), null, 2));
  return lines.join("\n");
}

/** One run as it stands in JSON documents. */
export function runJson(run: RunsTable) {
  return {
    run: run.run_id,
    kind: run.kind,
    connection: run.connection_id,
    startedAt: run.started_at,
    endedAt: run.ended_at,
    state: run.state,
    counts: JSON.parse(run.counts),
    error: run.error_code === null ? null : { code: run.error_code, message: run.error_message },
  };
}
