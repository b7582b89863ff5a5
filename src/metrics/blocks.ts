import type { FactMetric, FactSet } from "#core/metric.ts";
import { type Day, dayFromNumber, dayNumber } from "#core/time/day.ts";
import { METRICS } from "./registry.ts";
import type { Window } from "./windows.ts";

/** Kind of block in which the facts of a set lie; the words of `dirty_scopes`. */
export const BLOCK_KINDS = { closedDeals: "closed", createdDeals: "created", openDeals: "open", stays: "stage", entries: "stage" } as const;
export type CellSet = keyof typeof BLOCK_KINDS;

/** What is measured and stored: the enabled KPIs and those they derive from; all of them when none is named. */
export function measuredKeys(enabled: readonly string[] | undefined): ReadonlySet<string> {
  if (enabled === undefined) return new Set(METRICS.map(({ key }) => key));
  const keys = new Set<string>();
  const add = (key: string): void => {
    const metric = METRICS.find((known) => known.key === key);
    if (metric === undefined || keys.has(key)) return;
    keys.add(key);
    if (metric.kind !== "fact") for (const other of metric.dependsOn) add(other.metric);
  };
  for (const key of enabled) add(key);
  return keys;
}

/** KPIs whose sums are stored: over facts of deals, and unchanged by time alone (stock is stored for the day it was measured). */
export function storedMetrics(): readonly FactMetric<CellSet>[] {
  return METRICS.filter((metric) => metric.kind === "fact")
    .filter((metric): metric is typeof metric & FactMetric<CellSet> => metric.reads in BLOCK_KINDS)
    .filter((metric) => metric.ages === "never" || metric.anchor === "as_of");
}

export function isStored(metric: FactMetric<FactSet>): metric is FactMetric<CellSet> {
  return storedMetrics().some((stored) => stored.key === metric.key);
}

/** The block of a fact anchored on that day. */
export function blockOf(set: CellSet, day: number): string {
  const kind = BLOCK_KINDS[set];
  return kind === "open" ? "open" : `${kind}:${dayFromNumber(day).slice(0, 7)}`;
}

/** The days of a block; null for the stock. */
export function daysOfBlock(block: string): { readonly start: number; readonly end: number } | null {
  const month = /^\w+:(\d{4})-(\d{2})$/.exec(block);
  if (month === null) return null;
  const index = Number(month[1]) * 12 + Number(month[2]) - 1;
  return { start: firstOfMonth(index), end: firstOfMonth(index + 1) };
}

function firstOfMonth(index: number): number {
  return dayNumber(`${String(Math.floor(index / 12)).padStart(4, "0")}-${String((index % 12) + 1).padStart(2, "0")}-01` as Day);
}

/** Whether a window consists of whole months, as blocks do. */
export function isWholeMonths(window: Window): boolean {
  return dayFromNumber(window.start).endsWith("-01") && dayFromNumber(window.end).endsWith("-01");
}
