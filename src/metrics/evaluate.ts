import type { FactMetric, FactSet, FinishContext, Metric, Value } from "#core/metric.ts";
import type { Organization } from "#core/organization.ts";
import { readsDeals, readsStays } from "./facts.ts";
import type { FoldLine, FoldPlan, Tallies } from "./fold.ts";
import { metricOf } from "./registry.ts";
import { emptyTally } from "./tally.ts";
import { flagged } from "./values.ts";
import { dependencyWindow, type Window } from "./windows.ts";

/** One KPI in one window: what a question comes down to. */
export interface Line {
  readonly metric: Metric;
  readonly window: Window;
}

export interface FactLine {
  readonly metric: FactMetric<FactSet>;
  readonly window: Window;
}

/** The lines over facts that `lines` rest on, each once. */
export function factLines(lines: readonly Line[], organization: Organization): readonly FactLine[] {
  const found = new Map<string, FactLine>();
  const visit = ({ metric, window }: Line): void => {
    if (metric.kind === "fact") found.set(`${metric.key} ${window.key}`, { metric, window });
    else for (const line of dependencyLines(metric, window, organization)) visit(line);
  };
  for (const line of lines) visit(line);
  return [...found.values()];
}

function dependencyLines(metric: Metric, window: Window, organization: Organization): readonly Line[] {
  if (metric.kind === "fact") return [];
  return metric.dependsOn.map((dependency) => {
    const on = metricOf(dependency.metric);
    return { metric: on, window: dependencyWindow(dependency, on, window, organization) };
  });
}

/** One plan per state of the deals that is asked for; lines over targets are not among them. */
export function foldPlans(lines: readonly FactLine[], isLatest: (window: Window) => boolean): readonly FoldPlan[] {
  const byMoment = Map.groupBy(lines, ({ window }) => window.asOf.instant);
  return [...byMoment.values()].flatMap((group) => {
    const first = group[0];
    if (first === undefined) return [];
    const plan: FoldPlan = {
      asOf: first.window.asOf,
      isLatest: isLatest(first.window),
      deals: linesOf(group, (metric) => (readsDeals(metric) ? metric : null)),
      stays: linesOf(group, (metric) => (readsStays(metric) ? metric : null)),
    };
    return plan.deals.length + plan.stays.length === 0 ? [] : [plan];
  });
}

function linesOf<M extends { readonly key: string }>(
  lines: readonly FactLine[],
  pick: (metric: FactMetric<FactSet>) => M | null,
): readonly FoldLine<M>[] {
  const byKey = new Map<string, { metric: M; windows: Window[] }>();
  for (const { metric, window } of lines) {
    const picked = pick(metric);
    if (picked === null) continue;
    const line = byKey.get(picked.key) ?? { metric: picked, windows: [] };
    line.windows.push(window);
    byKey.set(picked.key, line);
  }
  return [...byKey.values()];
}

/** The finished value of a KPI for one group in one window (R1: recomputed at every level from its own facts). */
export function evaluate({ metric, window }: Line, group: number, tallies: Tallies, organization: Organization): Value {
  const context: FinishContext = { span: window.span, asOf: window.asOf };
  const finished =
    metric.kind === "fact"
      ? metric.finish(tallies.of(metric, window).get(group) ?? emptyTally(metric.slots), context)
      : metric.derive(
          dependencyLines(metric, window, organization).map((line) => evaluate(line, group, tallies, organization)),
          context,
        );
  return window.isPartial ? flagged(finished, ["partial"]) : finished;
}
