import { AppError } from "#core/errors.ts";
import type { DealFact, StayFact, TargetFact } from "#core/facts.ts";
import type { Classification, ExclusionReason, FactMetric, FactSet, Metric } from "#core/metric.ts";
import { currencyExponent } from "#core/money.ts";
import { dayFromNumber } from "#core/time/day.ts";
import { readDeals } from "#warehouse/facts/deals.ts";
import { readReference } from "#warehouse/facts/reference.ts";
import type { ReadDb } from "#warehouse/warehouse.ts";
import { grouper, isLatestIn, keysFor } from "./answer.ts";
import { dimensionReader } from "./dimensions.ts";
import { type FactLine, factLines, foldPlans } from "./evaluate.ts";
import { type FactVisitor, type Grouper, historyNeeds, visitFacts } from "./fold.ts";
import { Groups } from "./groups.ts";
import type { MetricsDeps } from "./query.ts";
import { buildReference, type Reference } from "./reference.ts";
import { type MetricsRequest, type Question, readRequest } from "./request.ts";
import { mayShow } from "./small-groups.ts";
import { readTargets, targetGroups } from "./targets.ts";
import { type Window, windowsOf } from "./windows.ts";

/** One row behind a value. */
export type ExplainedRow = {
  /** `connection:id` of the deal, or whose target it is. */
  readonly record: string;
  readonly name: string | null;
  /** Day that puts it into the period; null: none. */
  readonly day: string | null;
  readonly person: string | null;
  /** In major units of the organisation's currency; null: no amount or no rate. */
  readonly amount: number | null;
  /** What else matters: the stage and days of a stay, the period of a target. */
  readonly note: string | null;
};

export type ExplainedSide = { readonly count: number; readonly sample: readonly ExplainedRow[] };

/** What counted for one KPI over facts, on which side, and what did not and why. */
export type ExplainedMetric = {
  readonly metric: string;
  readonly formula: string;
  readonly period: { readonly start: string; readonly end: string } | null;
  readonly numerator: ExplainedSide;
  readonly denominator: ExplainedSide;
  readonly excluded: readonly ({ readonly reason: ExclusionReason } & ExplainedSide)[];
};

/** Rows counted and rows left out, by the same `classify` that made the value; a KPI made of others is explained by those.
 *  `samples`: rows shown of each kind. */
export async function explainMetric(
  deps: MetricsDeps,
  request: Omit<MetricsRequest, "metrics" | "by" | "compare"> & { readonly metric: string },
  samples = 20,
): Promise<readonly ExplainedMetric[]> {
  const question = readRequest({ ...request, metrics: [request.metric] }, deps);
  const lines = question.metrics.flatMap((metric: Metric) =>
    windowsOf(metric, question, deps.organization).map((window) => ({ metric, window })),
  );
  const facts = factLines(lines, deps.organization);
  return deps.warehouse.read((db) => explainLines(db, facts, question, deps, samples));
}

async function explainLines(
  db: ReadDb,
  lines: readonly FactLine[],
  question: Question,
  deps: MetricsDeps,
  samples: number,
): Promise<readonly ExplainedMetric[]> {
  const reference = buildReference(await readReference(db), deps.organization);
  const ledgers = new Map(lines.map((line) => [keyOf(line.metric, line.window), new Ledger(line, samples)]));
  const ledgerOf = (metric: Pick<Metric, "key">, window: Window): Ledger | undefined => ledgers.get(keyOf(metric, window));
  if (!mayShow(question, reference, deps)({})) {
    const message = "The rows behind this value are about fewer than five people, and people.level is 'team'.";
    throw new AppError({ code: "metrics.people_level", recovery: "configure", message });
  }
  const plans = foldPlans(lines, isLatestIn(deps));
  if (plans.length > 0) {
    const groupOf = grouper(await dimensionReader(db, [...question.where.keys()]), { by: [], where: question.where }, new Groups());
    const pages = readDeals(db, historyNeeds(plans), await keysFor(db, plans));
    await visitFacts(pages, plans, reference, explaining(groupOf, ledgerOf, reference), deps.scope);
  }
  for (const { metric, window } of lines) {
    if (metric.reads !== "targets") continue;
    const targets = await readTargets(db, reference);
    for (const group of targetGroups(targets, [], question.where, window, reference)) {
      for (const target of group.facts)
        ledgerOf(metric, window)?.add(metric.classify(target, window.asOf), () => targetRow(target, reference));
    }
  }
  const explained = lines.flatMap(({ metric, window }) => ledgerOf(metric, window)?.explained() ?? []);
  return deps.peopleLevel === "team" ? explained.map(withoutPeople) : explained;
}

/** Rows stay, whose they are does not; single targets of people are only counted. */
function withoutPeople(explained: ExplainedMetric): ExplainedMetric {
  const side = <T extends ExplainedSide>(of: T): T => ({
    ...of,
    sample: explained.metric === "quota" ? [] : of.sample.map((row) => ({ ...row, person: null })),
  });
  return {
    ...explained,
    numerator: side(explained.numerator),
    denominator: side(explained.denominator),
    excluded: explained.excluded.map(side),
  };
}

function explaining(
  groupOf: Grouper,
  ledgerOf: (metric: Pick<Metric, "key">, window: Window) => Ledger | undefined,
  reference: Reference,
): FactVisitor {
  return {
    see: (_set, lines, fact, asOf) => {
      if (groupOf(fact) < 0) return;
      for (const { metric, windowsAt } of lines) {
        for (const window of windowsAt(fact.day)) ledgerOf(metric, window)?.add(metric.classify(fact, asOf), () => rowOf(fact, reference));
      }
    },
  };
}

function keyOf(metric: Pick<Metric, "key">, window: Window): string {
  return `${metric.key} ${window.key}`;
}

class Side {
  count = 0;
  readonly sample: ExplainedRow[] = [];

  add(row: () => ExplainedRow, samples: number): void {
    this.count += 1;
    if (this.sample.length < samples) this.sample.push(row());
  }

  explained(): ExplainedSide {
    return { count: this.count, sample: this.sample };
  }
}

/** Counts and samples of one KPI in one window. */
class Ledger {
  readonly #line: { readonly metric: FactMetric<FactSet>; readonly window: Window };
  readonly #samples: number;
  readonly #numerator = new Side();
  readonly #denominator = new Side();
  readonly #excluded = new Map<ExclusionReason, Side>();

  constructor(line: FactLine, samples: number) {
    this.#line = line;
    this.#samples = samples;
  }

  add(result: Classification, row: () => ExplainedRow): void {
    if ("out" in result) {
      const side = this.#excluded.get(result.out) ?? new Side();
      this.#excluded.set(result.out, side);
      side.add(row, this.#samples);
      return;
    }
    if (result.in !== "denominator") this.#numerator.add(row, this.#samples);
    if (result.in !== "numerator") this.#denominator.add(row, this.#samples);
  }

  explained(): ExplainedMetric {
    const { metric, window } = this.#line;
    const excluded = [...this.#excluded].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      metric: metric.key,
      formula: metric.formula,
      period: window.span === null ? null : { start: window.span.start, end: window.span.end },
      numerator: this.#numerator.explained(),
      denominator: this.#denominator.explained(),
      excluded: excluded.map(([reason, side]) => ({ reason, ...side.explained() })),
    };
  }
}

function rowOf(fact: DealFact | StayFact, reference: Reference): ExplainedRow {
  const { deal } = fact;
  return {
    record: `${deal.connectionId}:${deal.dealId}`,
    name: deal.name,
    day: fact.day === null ? null : dayFromNumber(fact.day),
    person: fact.credit.personId,
    amount: "stay" in fact || fact.amountMinor === null ? null : fact.amountMinor / 10 ** currencyExponent(reference.currency),
    note: noteOf(fact, reference),
  };
}

function noteOf(fact: DealFact | StayFact, reference: Reference): string | null {
  if ("stay" in fact) {
    const { stay, deal } = fact;
    const label = reference.stage(deal.connectionId, stay.pipelineId, stay.stageId)?.label ?? stay.stageId;
    return stay.days === null ? label : `${label}, ${stay.days} d`;
  }
  if (fact.amountGap === "no_rate") return `${fact.deal.currency}: no exchange rate`;
  return fact.amountGap === "no_amount" ? "no amount" : null;
}

function targetRow(target: TargetFact, reference: Reference): ExplainedRow {
  const isMoney = target.unit === "money" && target.value !== null;
  return {
    record: target.who,
    name: null,
    day: dayFromNumber(target.startDay),
    person: target.who,
    amount: isMoney ? (target.value ?? 0) / 10 ** currencyExponent(reference.currency) : target.value,
    note: `${target.metric}, ${dayFromNumber(target.startDay)} to ${dayFromNumber(target.endDay - 1)}`,
  };
}
