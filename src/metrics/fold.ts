import type { DealFact, StayFact } from "#core/facts.ts";
import type { JsonObject } from "#core/json.ts";
import type { AsOf, Classification, FactMetric, FactSet, Metric, Tally } from "#core/metric.ts";
import { inScope, type ScopeRules } from "#core/scope.ts";
import type { DealHistory, HistoryNeeds } from "#warehouse/facts/deals.ts";
import { DEAL_SETS, type DealSet, dealFact, STAY_SETS, type StaySet, stayFacts } from "./facts.ts";
import type { Reference } from "./reference.ts";
import { type DatedDeal, dealAt } from "./state.ts";
import { emptyTally } from "./tally.ts";
import type { Window } from "./windows.ts";

/** KPIs to fold over one state of the deals, each with the windows it is wanted for. */
export interface FoldPlan {
  readonly asOf: AsOf;
  readonly isLatest: boolean;
  readonly deals: readonly FoldLine<FactMetric<DealSet>>[];
  readonly stays: readonly FoldLine<FactMetric<StaySet>>[];
}

export interface FoldLine<M> {
  readonly metric: M;
  readonly windows: readonly Window[];
}

/** Where a fact goes; -1: nowhere (filtered out). */
export type Grouper = (fact: DealFact | StayFact) => number;

/** Tallies by KPI and window, then by group. */
export class Tallies {
  readonly #byLine = new Map<string, Map<number, Tally>>();
  readonly #seen = new Map<string, Map<Window, Map<number, Tally>>>();
  /** Groups of any fact that lay in a window, whether it counted or not. */
  readonly groups = new Set<number>();

  of(metric: Metric, window: Window): ReadonlyMap<number, Tally> {
    return this.#byLine.get(`${metric.key} ${window.key}`) ?? new Map();
  }

  /** The tally of one group, made on first use. */
  tallyOf(metric: Pick<FactMetric<FactSet>, "key" | "slots">, window: Window, group: number): Tally {
    const line = this.line(metric.key, window);
    let tally = line.get(group);
    if (tally === undefined) {
      tally = emptyTally(metric.slots);
      line.set(group, tally);
    }
    return tally;
  }

  /** The groups' tallies of one KPI and window, to add to. Windows are looked up as objects first: their keys are long texts. */
  line(metricKey: string, window: Window): Map<number, Tally> {
    let seen = this.#seen.get(metricKey);
    if (seen === undefined) {
      seen = new Map();
      this.#seen.set(metricKey, seen);
    }
    let line = seen.get(window);
    if (line === undefined) {
      const key = `${metricKey} ${window.key}`;
      line = this.#byLine.get(key) ?? new Map();
      this.#byLine.set(key, line);
      seen.set(window, line);
    }
    return line;
  }
}

/** What folding needs of a KPI. */
export interface Folding<T> {
  readonly key: string;
  readonly slots: number;
  classify(fact: T, at: AsOf): Classification;
  step(tally: Tally, fact: T, side: "numerator" | "denominator" | "both", at: AsOf): void;
}

/** A KPI that reads the fact, and the windows a day lies in. */
export interface VisitLine<T> {
  readonly metric: Folding<T>;
  windowsAt(day: number | null): readonly Window[];
}

/** Sees every fact once, with all KPIs that read it. */
export interface FactVisitor {
  see<T extends DealFact | StayFact>(set: DealSet | StaySet, lines: readonly VisitLine<T>[], fact: T, asOf: AsOf): void;
}

/** Walks every deal in scope once, makes the facts each plan reads, and hands them over. */
export async function visitFacts(
  pages: AsyncIterable<readonly DealHistory[]>,
  plans: readonly FoldPlan[],
  reference: Reference,
  visitor: FactVisitor,
  scope?: ScopeRules,
): Promise<void> {
  const walkers = plans.map((plan) => walker(plan, reference, visitor));
  for await (const page of pages) {
    for (const history of page) {
      if (scope !== undefined && !isInScope(scope, history)) continue;
      for (const walk of walkers) walk(history);
    }
  }
}

function isInScope(scope: ScopeRules, { row }: DealHistory): boolean {
  const hasRules = (scope.deals[row.connection_id]?.exclude.length ?? 0) > 0;
  const dimensions: JsonObject = hasRules ? JSON.parse(row.dimensions) : {};
  return inScope(scope, { connectionId: row.connection_id, pipelineId: row.pipeline_id, dimensions });
}

function walker(plan: FoldPlan, reference: Reference, visitor: FactVisitor): (history: DealHistory) => void {
  const walkDeals = DEAL_SETS.flatMap((set) => dealWalk(set, plan, reference, visitor) ?? []);
  const walkStays = STAY_SETS.flatMap((set) => stayWalk(set, plan, reference, visitor) ?? []);
  const walks = [...walkDeals, ...walkStays];
  return (history) => {
    const dated = dealAt(history, plan.asOf.instant, plan.isLatest, reference);
    if (dated === null) return;
    for (const walk of walks) walk(history, dated);
  };
}

type Walk = (history: DealHistory, dated: DatedDeal) => void;

function dealWalk(set: DealSet, plan: FoldPlan, reference: Reference, visitor: FactVisitor): Walk | null {
  const lines = plan.deals.filter(({ metric }) => metric.reads === set).map(prepare);
  if (lines.length === 0) return null;
  return (history, dated) => {
    const fact = dealFact(set, history, dated, plan.asOf, reference);
    if (fact !== null) visitor.see(set, lines, fact, plan.asOf);
  };
}

function stayWalk(set: StaySet, plan: FoldPlan, reference: Reference, visitor: FactVisitor): Walk | null {
  const lines = plan.stays.filter(({ metric }) => metric.reads === set).map(prepare);
  if (lines.length === 0) return null;
  return (history, dated) => {
    for (const fact of stayFacts(set, history, dated, plan.asOf, reference)) visitor.see(set, lines, fact, plan.asOf);
  };
}

function prepare<M>(line: FoldLine<M>): { metric: M; windowsAt: (day: number | null) => readonly Window[] } {
  return { metric: line.metric, windowsAt: windowFinder(line.windows) };
}

const NOWHERE: readonly Window[] = [];

/** The windows a day lies in, remembered by day: a year has 365 answers, a warehouse millions of facts. */
function windowFinder(windows: readonly Window[]): (day: number | null) => readonly Window[] {
  const known = new Map<number, readonly Window[]>();
  return (day) => {
    if (day === null) return NOWHERE;
    let found = known.get(day);
    if (found === undefined) {
      found = windows.filter((window) => window.start <= day && day < window.end);
      known.set(day, found);
    }
    return found;
  };
}

/** A visitor that folds what counts into tallies by group. */
export function foldInto(tallies: Tallies, groupOf: Grouper): FactVisitor {
  return {
    see: (_set, lines, fact, asOf) => {
      let group: number | null = null;
      for (const { metric, windowsAt } of lines) {
        const windows = windowsAt(fact.day);
        if (windows.length === 0) continue;
        group ??= groupOf(fact);
        if (group < 0) return;
        tallies.groups.add(group);
        const result = metric.classify(fact, asOf);
        if ("out" in result) continue;
        for (const window of windows) metric.step(tallies.tallyOf(metric, window, group), fact, result.in, asOf);
      }
    },
  };
}

/** What of the history the plans need: today's state of deals needs little, an earlier one everything. */
export function historyNeeds(plans: readonly FoldPlan[]): HistoryNeeds {
  const isPast = plans.some((plan) => !plan.isLatest);
  const needs = new Set(plans.flatMap((plan) => plan.deals.flatMap(({ metric }) => metric.needs ?? [])));
  const changes = new Set(["owner", ...(isPast ? PAST_CHANGES : []), ...needs]);
  const stays = changes.delete("stays") || isPast || plans.some((plan) => plan.stays.length > 0);
  return { stays, changes: [...changes].sort() };
}

const PAST_CHANGES = ["amount", "closeDay", "currency", "forecastCategory", "nextStep"];
