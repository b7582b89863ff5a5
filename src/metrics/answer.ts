import type { DealFact, StayFact } from "#core/facts.ts";
import type { Dimension, Metric, Value } from "#core/metric.ts";
import { dayFromNumber } from "#core/time/day.ts";
import { type DealFilter, dealKeys } from "#warehouse/facts/deal-keys.ts";
import { readDeals } from "#warehouse/facts/deals.ts";
import { readReference } from "#warehouse/facts/reference.ts";
import type { ReadDb } from "#warehouse/warehouse.ts";
import { type DimensionReader, dimensionReader } from "./dimensions.ts";
import { evaluate, type FactLine, factLines, foldPlans, type Line } from "./evaluate.ts";
import { type FoldPlan, foldInto, historyNeeds, Tallies, visitFacts } from "./fold.ts";
import { Groups } from "./groups.ts";
import { buildReference, type Reference } from "./reference.ts";
import type { QueryContext, Question } from "./request.ts";
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

/** Answers a checked question from facts: every group that has facts or members, in every window asked for. */
export async function answerFromFacts(db: ReadDb, question: Question, context: QueryContext): Promise<readonly AnswerRow[]> {
  const { organization } = context;
  const reference = buildReference(await readReference(db), organization);
  const lines = question.metrics.flatMap((metric) => windowsOf(metric, question, organization).map((window) => ({ metric, window })));
  const compared = lines.flatMap(({ metric, window }) =>
    question.compare.map((comparison) => ({ metric, window: earlierWindow(comparison, metric, window, organization) })),
  );
  const facts = factLines([...lines, ...compared], organization);
  const groups = new Groups();
  const tallies = new Tallies();
  await foldDeals(db, facts, question, context, reference, { groups, tallies });
  await foldTargets(db, facts, question, reference, { groups, tallies });
  for (const values of await knownMembers(db, question, reference)) tallies.groups.add(groups.of(values));
  if (question.by.length === 0) tallies.groups.add(groups.of([]));
  const shown = groups.sorted(tallies.groups);
  return lines.flatMap((line) =>
    shown.map((group) => ({
      metric: line.metric,
      by: Object.fromEntries(question.by.map((name, index) => [name, groups.valuesOf(group)[index] ?? ""])),
      window: line.window,
      value: withComparisons(evaluate(line, group, tallies, organization), line, group, question, tallies, context),
    })),
  );
}

interface Into {
  readonly groups: Groups;
  readonly tallies: Tallies;
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
  await visitFacts(pages, plans, reference, foldInto(into.tallies, grouper(reader, question, into.groups)));
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
    open: rangesOf("openDeals").length > 0,
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

async function foldTargets(db: ReadDb, facts: readonly FactLine[], question: Question, reference: Reference, into: Into): Promise<void> {
  const lines = facts.filter(({ metric }) => metric.reads === "targets");
  if (lines.length === 0) return;
  const targets = await readTargets(db, reference);
  for (const { metric, window } of lines) {
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
function withComparisons(value: Value, line: Line, group: number, question: Question, tallies: Tallies, context: QueryContext): Value {
  let compared = value;
  for (const comparison of question.compare) {
    const window = earlierWindow(comparison, line.metric, line.window, context.organization);
    const earlier = numberOf(evaluate({ metric: line.metric, window }, group, tallies, context.organization));
    const now = numberOf(value);
    const name = PART[comparison];
    compared = withParts(compared, { [name]: earlier, [`${name}_change`]: now === null || earlier === null ? null : now - earlier });
  }
  return compared;
}
