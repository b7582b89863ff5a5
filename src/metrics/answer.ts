import type { DealFact, StayFact, TargetFact } from "#core/facts.ts";
import type { Dimension, Metric, Value } from "#core/metric.ts";
import type { Organization } from "#core/organization.ts";
import { dayFromNumber } from "#core/time/day.ts";
import { type DealFilter, dealKeys } from "#warehouse/facts/deal-keys.ts";
import { readDeals } from "#warehouse/facts/deals.ts";
import { readReference } from "#warehouse/facts/reference.ts";
import type { ReadDb } from "#warehouse/warehouse.ts";
import { cellLines, foldCells } from "./answer-from-cells.ts";
import { type DimensionReader, dimensionReader } from "./dimensions.ts";
import { evaluate, type FactLine, factLines, foldPlans, type Line } from "./evaluate.ts";
import { type FoldPlan, foldInto, historyNeeds, Tallies, visitFacts } from "./fold.ts";
import { Groups } from "./groups.ts";
import { buildReference, type Reference } from "./reference.ts";
import type { QueryContext, Question } from "./request.ts";
import { HIDDEN, mayShow } from "./small-groups.ts";
import { readTargets, targetGroups } from "./targets.ts";
import { knownMembers } from "./universe.ts";
import { numberOf, withParts } from "./values.ts";
import { earlierWindow, type Window, windowsOf } from "./windows.ts";

/** One value of an answer, money in minor units. */
export interface AnswerRow {
  readonly metric: Metric;
  readonly by: Readonly<Record<Dimension, string>>;
  readonly window: Window;
  readonly value: Value;
}

/** Answers a checked question, from stored cells where they can tell, else from facts: every group that has facts or members, in every
 *  window asked for. */
export async function answer(db: ReadDb, question: Question, context: QueryContext): Promise<readonly AnswerRow[]> {
  const windows = (metric: Metric): readonly Window[] => windowsOf(metric, question, context.organization);
  const lines = question.metrics.flatMap((metric) => windows(metric).map((window) => ({ metric, window })));
  return answerLines(db, lines, question, context);
}

async function answerLines(db: ReadDb, lines: readonly Line[], question: Question, context: QueryContext): Promise<readonly AnswerRow[]> {
  const { organization } = context;
  const reference = buildReference(await readReference(db), organization);
  const compared = lines.flatMap(({ metric, window }) =>
    question.compare.map((comparison) => ({ metric, window: earlierWindow(comparison, metric, window, organization) })),
  );
  const facts = factLines([...lines, ...compared], organization);
  const into: Into = { groups: new Groups(), tallies: new Tallies() };
  const stored = await cellLines(db, facts, question, context);
  if (stored === null) await foldDeals(db, facts, question, context, reference, into);
  else await foldCells(db, stored, [{ question, into }]);
  if (facts.some(({ metric }) => metric.reads === "targets"))
    foldTargets(await readTargets(db, reference), facts, question, reference, into);
  for (const values of await knownMembers(db, question, reference)) into.tallies.groups.add(into.groups.of(values));
  const isShown = mayShow(question, reference, context);
  return [...finishRows(lines, question, into, organization)].map((row) => (isShown(row.by) ? row : { ...row, value: HIDDEN }));
}

/** Groups with their sums so far. */
export interface Into {
  readonly groups: Groups;
  readonly tallies: Tallies;
}

/** The finished values of every line for every group, in order of the lines, then of the groups; made one by one. */
export function* finishRows(lines: readonly Line[], question: Question, into: Into, organization: Organization): Generator<AnswerRow> {
  const { groups, tallies } = into;
  if (question.by.length === 0) tallies.groups.add(groups.of([]));
  const shown = groups.sorted(tallies.groups).map((group) => ({
    group,
    by: Object.fromEntries(question.by.map((name, index) => [name, groups.valuesOf(group)[index] ?? ""])),
  }));
  for (const line of lines) {
    for (const { group, by } of shown) {
      const finished = evaluate(line, group, tallies, organization);
      yield {
        metric: line.metric,
        by,
        window: line.window,
        value: withComparisons(finished, line, group, question, tallies, organization),
      };
    }
  }
}

async function foldDeals(
  db: ReadDb,
  facts: readonly FactLine[],
  question: Question,
  context: QueryContext,
  reference: Reference,
  into: Into,
): Promise<void> {
  const plans = foldPlans(facts, isLatestIn(context));
  if (plans.length === 0) return;
  const names = [...new Set([...question.by, ...question.where.keys()])];
  const reader = await dimensionReader(db, names);
  const pages = readDeals(db, historyNeeds(plans), await keysFor(db, plans));
  await visitFacts(pages, plans, reference, foldInto(into.tallies, grouper(reader, question, into.groups)), context.scope);
}

/** A window whose moment is not before now is answered from today's rows. */
export function isLatestIn(context: QueryContext): (window: Window) => boolean {
  const now = context.clock.now();
  return ({ asOf }) => asOf.instant >= now && asOf.knownAt === null;
}

/** Which deals today's state needs; everything where an earlier state is asked for. */
export async function keysFor(db: ReadDb, plans: readonly FoldPlan[]) {
  if (plans.some((plan) => !plan.isLatest)) return undefined;
  const lines = plans.flatMap((plan) => [...plan.deals, ...plan.stays]);
  const rangesOf = (...sets: readonly string[]) =>
    lines
      .filter(({ metric }) => sets.includes(metric.reads))
      .flatMap(({ windows }) => windows.map(({ start, end }) => ({ start: dayFromNumber(start), end: dayFromNumber(end) })));
  const filter: DealFilter = {
    open: rangesOf("openDeals", "dueDeals").length > 0,
    closed: rangesOf("closedDeals"),
    created: rangesOf("createdDeals"),
    stayed: rangesOf("stays", "entries"),
  };
  return dealKeys(db, filter);
}

/** Group number of a fact, -1 where a filter leaves it out. */
export function grouper(
  reader: DimensionReader,
  question: Pick<Question, "by" | "where">,
  groups: Groups,
): (fact: DealFact | StayFact) => number {
  const filters = [...question.where].map(([name, wanted]) => ({ index: reader.names.indexOf(name), wanted }));
  const shown = question.by.length;
  return (fact) => {
    const values = reader.read(fact);
    for (const { index, wanted } of filters) if (!wanted.has(values[index] ?? "")) return -1;
    return groups.of(values.length === shown ? values : values.slice(0, shown));
  };
}

/** Adds up the targets that apply to each group. */
export function foldTargets(
  targets: readonly TargetFact[],
  facts: readonly FactLine[],
  question: Pick<Question, "by" | "where">,
  reference: Reference,
  into: Into,
): void {
  for (const { metric, window } of facts.filter((line) => line.metric.reads === "targets")) {
    for (const { values, facts: applicable } of targetGroups(targets, question.by, question.where, window, reference)) {
      for (const target of applicable) {
        const result = metric.classify(target, window.asOf);
        if ("out" in result) continue;
        const group = into.groups.of(values);
        into.tallies.groups.add(group);
        metric.step(into.tallies.tallyOf(metric, window, group), target, result.in, window.asOf);
      }
    }
  }
}

const PART = { previous: "previous", "last-year": "last_year" } as const;

/** The value of the equal elapsed part of an earlier period, and the change against it, as parts (R8). */
function withComparisons(value: Value, line: Line, group: number, question: Question, tallies: Tallies, organization: Organization): Value {
  let compared = value;
  for (const comparison of question.compare) {
    const window = earlierWindow(comparison, line.metric, line.window, organization);
    const earlier = numberOf(evaluate({ metric: line.metric, window }, group, tallies, organization));
    const now = numberOf(value);
    const name = PART[comparison];
    compared = withParts(compared, { [name]: earlier, [`${name}_change`]: now === null || earlier === null ? null : now - earlier });
  }
  return compared;
}
