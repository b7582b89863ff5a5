import type { FactMetric, Tally } from "#core/metric.ts";
import type { Instant } from "#core/time/instant.ts";
import { readCellKeys, readCells, readMarks, readVersions } from "#warehouse/metric-store.ts";
import type { MetricCellKeysTable } from "#warehouse/schema/metrics.ts";
import type { ReadDb } from "#warehouse/warehouse.ts";
import { BLOCK_KINDS, blockOf, type CellSet, daysOfBlock, isStored, isWholeMonths } from "./blocks.ts";
import { cellsTell, cellValue } from "./cell-key.ts";
import type { FactLine } from "./evaluate.ts";
import type { Tallies } from "./fold.ts";
import type { Groups } from "./groups.ts";
import { asOfAt, type QueryContext, type Question } from "./request.ts";
import { addTally, tallyFrom } from "./tally.ts";
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
  const now = context.clock.now();
  const found: CellLine[] = [];
  for (const { metric, window } of lines) {
    if (metric.reads === "targets") continue;
    if (!isStored(metric) || window.asOf.instant < now || window.asOf.knownAt !== null) return null;
    if (metric.reads !== "openDeals" && !isWholeMonths(window)) return null;
    if (!names.every((name) => cellsTell(metric.reads, name))) return null;
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

/** Adds up stored cells by group, for several groupings in one reading. */
export async function foldCells(db: ReadDb, lines: readonly CellLine[], folds: readonly CellFold[]): Promise<void> {
  const keys = new Map((await readCellKeys(db)).map((key) => [key.cell, key]));
  const groupings = folds.map(({ question, into }) => ({ tallies: into.tallies, groupOf: cellGrouper(question, into.groups, keys) }));
  for (const [set, ofSet] of Map.groupBy(lines, ({ metric }) => metric.reads)) {
    const linesOfBlock = blockFinder(set, ofSet);
    for (const row of await readCells(db, set, ...blockRange(set, ofSet))) {
      const holding = linesOfBlock(row.block);
      if (holding.length > 0) addCell(row, holding, groupings);
    }
  }
}

interface CellGrouping {
  readonly tallies: Tallies;
  groupOf(cell: string): number;
}

function addCell(
  row: { readonly cell: string; readonly tallies: string },
  lines: readonly CellLine[],
  groupings: readonly CellGrouping[],
): void {
  const data: Readonly<Record<string, unknown>> = JSON.parse(row.tallies);
  const decoded = new Map<string, Tally>();
  for (const { metric, window } of lines) {
    const tally = decoded.get(metric.key) ?? tallyFrom(data[metric.key]);
    decoded.set(metric.key, tally);
    for (const { tallies, groupOf } of groupings) {
      const group = groupOf(row.cell);
      if (group < 0) continue;
      tallies.groups.add(group);
      addTally(tallies.tallyOf(metric, window, group), tally);
    }
  }
}

/** First and last block the windows touch. */
function blockRange(set: CellSet, lines: readonly CellLine[]): readonly [string, string] {
  if (set === "openDeals") return ["open", "open"];
  const first = Math.min(...lines.map(({ window }) => window.start));
  const last = Math.max(...lines.map(({ window }) => window.end)) - 1;
  return [blockOf(set, first), blockOf(set, last)];
}

/** The lines a block is part of. */
function blockFinder(set: CellSet, lines: readonly CellLine[]): (block: string) => readonly CellLine[] {
  const known = new Map<string, readonly CellLine[]>();
  return (block) => {
    let found = known.get(block);
    if (found === undefined) {
      const days = daysOfBlock(block);
      found =
        set === "openDeals" ? lines : lines.filter(({ window }) => days !== null && window.start <= days.start && days.end <= window.end);
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
