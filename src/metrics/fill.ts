import type { DealFact, StayFact } from "#core/facts.ts";
import type { AsOf, Classification, FactMetric, Tally } from "#core/metric.ts";
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
import { type FactVisitor, type FoldPlan, historyNeeds, visitFacts } from "./fold.ts";
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
  await visitFacts(readDeals(db, historyNeeds([plan]), keys), [plan], reference, sink.visitor(), scope);
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

interface Bucket {
  readonly block: string;
  readonly tallies: Map<number, Tally>;
}

/** Where facts end up: by metric, block and cell. */
class Sink {
  readonly cells = new Cells();
  readonly seen = new Set<string>();
  readonly #wanted: ReadonlySet<string> | null;
  /** By metric and day; the days of a month share a bucket, days of unwanted blocks have none. */
  readonly #byDay = new Map<string, Map<number, Bucket | null>>();
  readonly #buckets = new Map<string, Map<string, Bucket>>();

  constructor(wanted: ReadonlySet<string> | null) {
    this.#wanted = wanted;
  }

  visitor(): FactVisitor {
    let last: DealFact | StayFact | null = null;
    let cell = 0;
    const cellOf = (fact: DealFact | StayFact): number => {
      if (fact !== last) {
        last = fact;
        cell = this.cells.of(fact);
      }
      return cell;
    };
    return {
      deal: (metric, fact, _windows, asOf) => {
        const tally = this.#tally(metric, fact.day, cellOf, fact);
        if (tally !== null) count(metric, fact, tally, asOf);
      },
      stay: (metric, fact, _windows, asOf) => {
        const tally = this.#tally(metric, fact.day, cellOf, fact);
        if (tally !== null) count(metric, fact, tally, asOf);
      },
    };
  }

  /** Also a fact that does not count has its cell: the group exists. */
  #tally<T extends DealFact | StayFact>(metric: Sized, day: number | null, cellOf: (fact: T) => number, fact: T): Tally | null {
    const bucket = day === null ? null : this.#bucket(metric, day);
    if (bucket === null) return null;
    const cell = cellOf(fact);
    let tally = bucket.tallies.get(cell);
    if (tally === undefined) {
      tally = emptyTally(metric.slots);
      bucket.tallies.set(cell, tally);
    }
    return tally;
  }

  #bucket(metric: Sized, day: number): Bucket | null {
    let byDay = this.#byDay.get(metric.key);
    if (byDay === undefined) {
      byDay = new Map();
      this.#byDay.set(metric.key, byDay);
    }
    let bucket = byDay.get(day);
    if (bucket === undefined) {
      bucket = this.#bucketOfBlock(metric.key, blockOf(metric.reads, day));
      byDay.set(day, bucket);
    }
    return bucket;
  }

  #bucketOfBlock(metricKey: string, block: string): Bucket | null {
    if (this.#wanted !== null && !this.#wanted.has(block)) return null;
    this.seen.add(block);
    const ofMetric = this.#buckets.get(metricKey) ?? new Map<string, Bucket>();
    this.#buckets.set(metricKey, ofMetric);
    const bucket = ofMetric.get(block) ?? { block, tallies: new Map<number, Tally>() };
    ofMetric.set(block, bucket);
    return bucket;
  }

  *rows(): Generator<MetricCellsTable> {
    for (const [metric, buckets] of this.#buckets) {
      for (const { block, tallies } of buckets.values()) {
        for (const [cell, tally] of tallies) {
          yield { metric, block, cell: this.cells.keys[cell]?.cell ?? "", tally: encodeTally(tally) };
        }
      }
    }
  }
}

type Sized = Pick<FactMetric<CellSet>, "key" | "slots" | "reads">;

interface Counting<T> {
  classify(fact: T, at: AsOf): Classification;
  step(tally: Tally, fact: T, side: "numerator" | "denominator" | "both", at: AsOf): void;
}

function count<T>(metric: Counting<T>, fact: T, tally: Tally, asOf: AsOf): void {
  const result = metric.classify(fact, asOf);
  if (!("out" in result)) metric.step(tally, fact, result.in, asOf);
}
