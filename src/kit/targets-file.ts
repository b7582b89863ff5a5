import type { Target } from "#core/records.ts";
import { addDays, type Day, parseDay } from "#core/time/day.ts";
import { type LineProblem, readCsvTable, type TableLine } from "./csv-table.ts";
import { decimalText } from "./csv-values.ts";

/** A line of targets.csv with its cells read; null is an empty cell. */
export interface TargetLine {
  readonly who: string | null;
  readonly metric: string | null;
  readonly start: Day | null;
  /** The last day, inclusive. */
  readonly end: Day | null;
  readonly value: string | null;
  readonly unit: string | null;
  readonly ramp: string | null;
  readonly source: string | null;
}

const WHO = /^(company|team:.+|[^\s@:]+@[^\s@]+|[^\s:@]+:.+)$/;
const METRIC = /^[a-z][a-z0-9_]*$/;
const YES = new Set(["yes", "true", "1", "y"]);
const NO = new Set(["no", "false", "0", "n"]);

/** The target a line sets, or what is wrong with the line. Without a unit the value is in `currency`, the organisation's. */
export function targetOf(line: TargetLine, currency: string): { readonly target: Target } | { readonly reason: string } {
  const reason = wrongWith(line);
  const { who, metric, start, end, value } = line;
  if (reason !== null || who === null || metric === null || start === null || end === null || value === null) {
    return { reason: reason ?? "a cell is empty; who, metric, period_start, period_end and value are needed" };
  }
  const target: Target = {
    id: `${who}/${metric}/${start}/${end}`,
    sourceUpdatedAt: null,
    who: who.includes("@") && !who.startsWith("team:") ? who.toLowerCase() : who,
    metric,
    periodStart: start,
    periodEnd: addDays(end, 1),
    valueRaw: value,
    unit: line.unit ?? currency,
    ramped: YES.has(line.ramp?.toLowerCase() ?? "no"),
    origin: line.source,
  };
  return { target };
}

function wrongWith({ who, metric, start, end, ramp }: TargetLine): string | null {
  if (who !== null && !WHO.test(who)) return `who is '${who}', expected an e-mail, connection:id, team:NAME or company`;
  if (metric !== null && !METRIC.test(metric)) return `metric is '${metric}', expected a KPI id such as won_amount`;
  if (start !== null && end !== null && end < start) return `period_end ${end} is before period_start ${start}`;
  const word = ramp?.toLowerCase() ?? "no";
  return YES.has(word) || NO.has(word) ? null : `ramp is '${ramp ?? ""}', expected yes or no`;
}

/** Reads targets.csv; days as yyyy-MM-dd, values with a decimal point. */
export function readTargetsFile(
  path: string,
  currency: string,
): Promise<{ readonly rows: readonly Target[]; readonly problems: readonly LineProblem[] }> {
  const required = ["who", "metric", "period_start", "period_end", "value"] as const;
  const seen = new Set<string>();
  return readCsvTable<TargetColumn, Target>(path, { required, optional: ["unit", "ramp", "source"] }, (line) => {
    const problem = unreadable(line);
    if (problem !== null) return { problem };
    const result = targetOf(targetLine(line), currency);
    if ("reason" in result) return { problem: result.reason };
    if (seen.has(result.target.id)) return { problem: "the same target stands on an earlier line" };
    seen.add(result.target.id);
    return { row: result.target };
  });
}

type TargetColumn = "who" | "metric" | "period_start" | "period_end" | "value" | "unit" | "ramp" | "source";

function targetLine({ cell }: TableLine<TargetColumn>): TargetLine {
  const value = cell("value");
  return {
    who: cell("who"),
    metric: cell("metric"),
    start: parseDay(cell("period_start") ?? ""),
    end: parseDay(cell("period_end") ?? ""),
    value: value === null ? null : decimalText(value, "."),
    unit: cell("unit"),
    ramp: cell("ramp"),
    source: cell("source"),
  };
}

function unreadable({ cell }: TableLine<TargetColumn>): string | null {
  for (const column of ["period_start", "period_end"] as const) {
    const text = cell(column);
    if (text !== null && parseDay(text) === null) return `${column} is '${text}', expected a day such as 2026-01-31`;
  }
  const value = cell("value");
  return value !== null && decimalText(value, ".") === null ? `value is '${value}', expected a number such as 250000` : null;
}
