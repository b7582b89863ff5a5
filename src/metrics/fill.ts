import type { DealFact, StayFact } from "#core/facts.ts";
import type { AsOf, FactMetric, Tally } from "#core/metric.ts";
import type { Organization } from "#core/organization.ts";
import type { ScopeRules } from "#core/scope.ts";
import { dayFromNumber } from "#core/time/day.ts";
import { type DealFilter, dealKeys } from "#warehouse/facts/deal-keys.ts";
import { readDeals } from "#warehouse/facts/deals.ts";
import { readReference } from "#warehouse/facts/reference.ts";
import type { MetricCellsTable } from "#warehouse/schema/metrics.ts";
import type { ReadDb } from "#warehouse/warehouse.ts";
import { blockOf, type CellSet, daysOfBlock } from "./blocks.ts";
import { Cells } from "./cell-key.ts";
import { readsDeals, readsStays } from "./facts.ts";
import { type FactVisitor, type FoldPlan, historyNeeds, type VisitLine, visitFacts } from "./fold.ts";
import { buildReference } from "./reference.ts";
import { emptyTally, encodeTally } from "./tally.ts";
import type { Window } from "./windows.ts";

/** Cells of the blocks asked for, computed from today's facts. */
export interface Filled {
  readonly cells: Cells;
  /** Rows to store, made one by one: all of them at once would be hundreds of thousands of objects. */
  rows(): Generator<MetricCellsTable>;
  /** Blocks in which facts were found. */
  readonly blocks: ReadonlySet<string>;
}

/** Computes the cells of `blocks` (null: of all) for `metrics`, reading each deal that may lie in them once. */
export async function fillCells(
  db: ReadDb,
  metrics: readonly FactMetric<CellSet>[],
  blocks: ReadonlySet<string> | null,
  asOf: AsOf,
  organization: Organization,
  scope?: ScopeRules,
): Promise<Filled> {
  const plan = planOf(metrics, asOf);
  const reference = buildReference(await readReference(db), organization);
  const keys = blocks === null ? undefined : await dealKeys(db, filterOf(blocks));
  const sink = new Sink(blocks);
  await visitFacts(readDeals(db, historyNeeds([plan]), keys), [plan], reference, sink, scope);
  return { cells: sink.cells, rows: () => sink.rows(), blocks: sink.seen };
}

/** One window that holds every day: months are told apart by the sink. */
function planOf(metrics: readonly FactMetric<CellSet>[], asOf: AsOf): FoldPlan {
  const always: Window = { key: "all", span: null, start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY, asOf, isPartial: false };
  const windows = [always];
  return {
    asOf,
    isLatest: true,
    deals: metrics.filter((metric) => readsDeals(metric)).map((metric) => ({ metric, windows })),
    stays: metrics.filter((metric) => readsStays(metric)).map((metric) => ({ metric, windows })),
  };
}

function filterOf(blocks: ReadonlySet<string>): DealFilter {
  const ranges = (kind: string) =>
    [...blocks].flatMap((block) => {
      const days = block.startsWith(`${kind}:`) ? daysOfBlock(block) : null;
      return days === null ? [] : [{ start: dayFromNumber(days.start), end: dayFromNumber(days.end) }];
    });
  return { open: blocks.has("open"), closed: ranges("closed"), created: ranges("created"), stayed: ranges("stage") };
}

/** Tallies of one block by cell; each holds one tally per line of the fact set. */
type Bucket = Map<number, readonly Tally[]>;

interface FilledSet {
  readonly metrics: readonly string[];
  readonly buckets: Map<string, Bucket>;
  /** By day: the days of a month share a bucket, days of unwanted blocks have none. */
  readonly byDay: Map<number, Bucket | null>;
}

/** Where facts end up: by fact set, block and cell. */
class Sink implements FactVisitor {
  readonly cells = new Cells();
  readonly seen = new Set<string>();
  readonly #wanted: ReadonlySet<string> | null;
  readonly #sets = new Map<CellSet, FilledSet>();

  constructor(wanted: ReadonlySet<string> | null) {
    this.#wanted = wanted;
  }

  /** Also a fact that does not count has its cell: the group exists. */
  see<T extends DealFact | StayFact>(set: CellSet, lines: readonly VisitLine<T>[], fact: T, asOf: AsOf): void {
    const bucket = fact.day === null ? null : this.#bucket(set, lines, fact.day);
    if (bucket === null) return;
    const cell = this.cells.of(set, fact);
    let tallies = bucket.get(cell);
    if (tallies === undefined) {
      tallies = lines.map(({ metric }) => emptyTally(metric.slots));
      bucket.set(cell, tallies);
    }
    for (let index = 0; index < lines.length; index += 1) {
      const metric = lines[index]?.metric;
      const tally = tallies[index];
      if (metric === undefined || tally === undefined) continue;
      const result = metric.classify(fact, asOf);
      if (!("out" in result)) metric.step(tally, fact, result.in, asOf);
    }
  }

  #bucket<T>(set: CellSet, lines: readonly VisitLine<T>[], day: number): Bucket | null {
    let filled = this.#sets.get(set);
    if (filled === undefined) {
      filled = { metrics: lines.map(({ metric }) => metric.key), buckets: new Map(), byDay: new Map() };
      this.#sets.set(set, filled);
    }
    let bucket = filled.byDay.get(day);
    if (bucket === undefined) {
      bucket = this.#bucketOfBlock(filled, blockOf(set, day));
      filled.byDay.set(day, bucket);
    }
    return bucket;
  }

  #bucketOfBlock(filled: FilledSet, block: string): Bucket | null {
    if (this.#wanted !== null && !this.#wanted.has(block)) return null;
    this.seen.add(block);
    const bucket = filled.buckets.get(block) ?? new Map<number, readonly Tally[]>();
    filled.buckets.set(block, bucket);
    return bucket;
  }

  *rows(): Generator<MetricCellsTable> {
    for (const [set, { metrics, buckets }] of this.#sets) {
      for (const [block, bucket] of buckets) {
        for (const [cell, tallies] of bucket) {
          yield { fact_set: set, block, cell: this.cells.keys[cell]?.cell ?? "", tallies: encodeTallies(metrics, tallies) };
        }
      }
    }
  }
}

/** A JSON object of tallies by KPI. */
function encodeTallies(metrics: readonly string[], tallies: readonly Tally[]): string {
  return `{${metrics.map((metric, index) => `"${metric}":${encodeTally(tallies[index] ?? emptyTally(0))}`).join(",")}}`;
}
