import type { AppError } from "#core/errors.ts";
import type { JsonObject } from "#core/json.ts";
import type { SyncReport } from "#sync/report.ts";
import { EXIT, type ExitCode, type Output } from "../app.ts";
import { exitCodeOf } from "../exit-codes.ts";
import { table } from "../text.ts";

/** One step of a cycle and what it came to. */
export interface Step {
  readonly step: "sync" | "files" | "measure" | "writeback" | "alerts";
  readonly connectionId?: string;
  /** `skipped`: an earlier step it builds on did not end well. */
  readonly state: "ok" | "partial" | "held" | "failed" | "skipped";
  readonly counts: JsonObject;
  readonly error?: AppError | null;
  /** What a person should know beside the counts. */
  readonly note?: string;
  /** Only of a sync. */
  readonly report?: SyncReport;
}

/** 0 all done; 1 nothing could be done; 3 some of it; 4 all done but something is held. */
export function exitCodeOfSteps(steps: readonly Step[]): ExitCode {
  if (steps.every(({ state }) => state === "ok")) return EXIT.done;
  const [only, ...others] = steps;
  if (only?.state === "failed" && others.every(({ state }) => state === "failed" || state === "skipped")) {
    return only.error === null || only.error === undefined || others.length > 0 ? EXIT.failed : exitCodeOf(only.error);
  }
  return steps.some(({ state }) => state === "failed" || state === "partial" || state === "skipped") ? EXIT.partial : EXIT.held;
}

/** Steps as a table on stdout, and one line per failure on stderr. */
export function showSteps(output: Output, steps: readonly Step[]): void {
  const columns = [{ title: "step" }, { title: "connection" }, { title: "state" }, { title: "counts" }];
  const rows = steps.map((step) => [
    step.step,
    step.connectionId ?? "",
    coloured(output, step.state),
    [countsText(step.counts), step.note ?? ""].filter((part) => part !== "").join("; "),
  ]);
  output.print(table(columns, rows));
  for (const step of steps) for (const line of troubles(step)) output.note(line);
}

function troubles(step: Step): readonly string[] {
  const where = step.connectionId ?? step.step;
  const streams = (step.report?.streams ?? []).flatMap(({ stream, error }) =>
    error === null ? [] : [`${where} ${stream}: ${error.message} [${error.code}]`],
  );
  if (streams.length > 0) return streams;
  const own = step.error === null || step.error === undefined ? [] : [`${where}: ${step.error.message} [${step.error.code}]`];
  const refused = Number(step.counts["rejected"] ?? 0);
  const hint = refused > 0 ? [`${where}: ${refused} records were refused; see 'scorekeeper errors list'.`] : [];
  return [...own, ...hint];
}

function coloured(output: Output, state: Step["state"]): string {
  if (state === "ok") return output.style.green(state);
  return state === "failed" ? output.style.red(state) : output.style.yellow(state);
}

function countsText(counts: JsonObject): string {
  return Object.entries(counts)
    .flatMap(([name, value]) => (typeof value === "number" && value !== 0 ? [`${value} ${name}`] : []))
    .join(", ");
}

/** A step as it stands in JSON documents. */
export function stepJson(step: Step) {
  return {
    step: step.step,
    connection: step.connectionId ?? null,
    state: step.state,
    counts: step.counts,
    note: step.note ?? null,
    error: step.error === null || step.error === undefined ? null : { code: step.error.code, message: step.error.message },
    streams: (step.report?.streams ?? []).map(({ stream, state, received, rejected, error }) => ({
      stream,
      state,
      received,
      rejected,
      error: error === null ? null : { code: error.code, message: error.message },
    })),
  };
}
