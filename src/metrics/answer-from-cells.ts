import type { FactMetric } from "#core/metric.ts";
import type { Instant } from "#core/time/instant.ts";
import { readCellKeys, readCells, readMarks, readVersions } from "#warehouse/metric-store.ts";
import type { MetricCellKeysTable } from "#warehouse/schema/metrics.ts";
import type { ReadDb } from "#warehouse/warehouse.ts";
import { BLOCK_KINDS, blockOf, type CellSet, daysOfBlock, isStored, isWholeMonths } from "./blocks.ts";
import { CELL_DIMENSIONS, cellValue } from "./cell-key.ts";
import type { FactLine } from "./evaluate.ts";
import type { Tallies } from "./fold.ts";
import type { Groups } from "./groups.ts";
import { asOfAt, type QueryContext, type Question } from "./request.ts";
import { addTally, decodeTally } from "./tally.ts";
import type { Window } from "./windows.ts";

interface CellLine {
  readonly metric: FactMetric<CellSet>;
  readonly window: Window;
}

/** The lines as stored cells can answer them, or null: another dimension, a part of a month, an earlier state, or marks not worked off. */
export async function cellLines(
  db: ReadDb,
  lines: readonly FactLine[],
  question: Question,
  context: QueryContext,
): Promise<readonly CellLine[] | null> {
  const names = [...question.by, ...question.where.keys()];
  if (!names.every((name) => CELL_DIMENSIONS.includes(name))) return null;
  const now = context.clock.now();
  const found: CellLine[] = [];
  for (const { metric, window } of lines) {
    if (metric.reads === "targets") continue;
    if (!isStored(metric) || window.asOf.instant < now || window.asOf.knownAt !== null) return null;
    if (metric.reads !== "openDeals" && !isWholeMonths(window)) return null;
    found.push({ metric, window });
  }
  return (await areFresh(db, found, context)) ? found : null;
}

/** Measured with the present definitions, nothing marked since; stock on the same day, since it moves with exchange rates and time. */
async function areFresh(db: ReadDb, lines: readonly CellLine[], context: QueryContext): Promise<boolean> {
  const versions = new Map((await readVersions(db)).map((row) => [row.metric, row]));
  const marks = await readMarks(db);
  const kinds = new Set(marks.map(({ scope }) => scope.split(":")[0]));
  const today = asOfAt(context.clock.now(), context.organization).day;
  return lines.every(({ metric }) => {
    const stored = versions.get(metric.key);
    if (stored === undefined || stored.version !== metric.version || kinds.has("all") || kinds.has(BLOCK_KINDS[metric.reads])) return false;
    return metric.reads !== "openDeals" || asOfAt(stored.measured_at as Instant, context.organization).day === today;
  });
}

/** A grouping of cells, and where its sums go. */
export interface CellFold {
  readonly question: Pick<Question, "by" | "where">;
  readonly into: { readonly groups: Groups; readonly tallies: Tallies };
}

/** Adds up stored cells by group. */
export async function foldCells(db: ReadDb, lines: readonly CellLine[], fold: CellFold): Promise<void> {
  const keys = new Map((await readCellKeys(db)).map((key) => [key.cell, key]));
  const { tallies, groups } = fold.into;
  const groupOf = cellGrouper(fold.question, groups, keys);
  for (const ofMetric of Map.groupBy(lines, ({ metric }) => metric.key).values()) {
    const metric = ofMetric[0]?.metric;
    if (metric === undefined) continue;
    const windows = ofMetric.map(({ window }) => window);
    const windowsOfBlock = blockFinder(metric, windows);
    for (const row of await readCells(db, metric.key, ...blockRange(metric, windows))) {
      const holding = windowsOfBlock(row.block);
      const group = holding.length === 0 ? -1 : groupOf(row.cell);
      if (group < 0) continue;
      tallies.groups.add(group);
      const tally = decodeTally(row.tally);
      for (const window of holding) addTally(tallies.tallyOf(metric, window, group), tally);
    }
  }
}

/** First and last block the windows touch. */
function blockRange(metric: FactMetric<CellSet>, windows: readonly Window[]): readonly [string, string] {
  const kind = BLOCK_KINDS[metric.reads];
  if (kind === "open") return ["open", "open"];
  const first = Math.min(...windows.map((window) => window.start));
  const last = Math.max(...windows.map((window) => window.end)) - 1;
  return [blockOf(metric.reads, first), blockOf(metric.reads, last)];
}

function blockFinder(metric: FactMetric<CellSet>, windows: readonly Window[]): (block: string) => readonly Window[] {
  const known = new Map<string, readonly Window[]>();
  return (block) => {
    let found = known.get(block);
    if (found === undefined) {
      const days = daysOfBlock(block);
      found =
        days === null
          ? metric.reads === "openDeals"
            ? windows
            : []
          : windows.filter(({ start, end }) => start <= days.start && days.end <= end);
      known.set(block, found);
    }
    return found;
  };
}

function cellGrouper(
  question: Pick<Question, "by" | "where">,
  groups: Groups,
  keys: ReadonlyMap<string, MetricCellKeysTable>,
): (cell: string) => number {
  const known = new Map<string, number>();
  return (cell) => {
    let group = known.get(cell);
    if (group === undefined) {
      const key = keys.get(cell);
      const isWanted = key !== undefined && [...question.where].every(([name, wanted]) => wanted.has(cellValue(key, name)));
      group = isWanted ? groups.of(question.by.map((name) => cellValue(key, name))) : -1;
      known.set(cell, group);
    }
    return group;
  };
}
