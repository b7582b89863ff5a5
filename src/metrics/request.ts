import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { AsOf, Dimension, Metric } from "#core/metric.ts";
import { DIMENSIONS } from "#core/metric.ts";
import { nearest } from "#core/nearest.ts";
import type { Organization } from "#core/organization.ts";
import type { ScopeRules } from "#core/scope.ts";
import { addDays, type Day, dayNumber, parseDay } from "#core/time/day.ts";
import { type Instant, instantFromMs, msOf, parseInstant } from "#core/time/instant.ts";
import { GRAINS, type Grain } from "#core/time/period.ts";
import { zone } from "#core/time/zone.ts";
import { metricOf } from "./registry.ts";

export const COMPARISONS = ["previous", "last-year"] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** A question as it arrives from a command line, a page or a rule; checked by `readRequest`. */
export interface MetricsRequest {
  readonly metrics: readonly string[];
  readonly by?: readonly string[];
  readonly grains?: readonly string[];
  /** Inclusive day. */
  readonly from?: string;
  /** Exclusive day. */
  readonly to?: string;
  /** An instant, or a day: then its end in the organisation's zone. */
  readonly asOf?: string;
  readonly knownAt?: string;
  readonly where?: readonly { readonly dimension: string; readonly value: string }[];
  readonly compare?: readonly string[];
}

/** What a question is answered from and under which rules. */
export interface QueryContext {
  readonly organization: Organization;
  readonly clock: Clock;
  /** `team`: nothing is said about single people (product promise 5). Default `individual`. */
  readonly peopleLevel?: "individual" | "team";
  /** Which deals take part at all. Default: all. */
  readonly scope?: ScopeRules;
  /** KPIs that are measured and stored; others are computed when asked for. Default: all. */
  readonly enabled?: readonly string[];
  /** Names of properties configured as dimensions. */
  readonly dimensions?: readonly string[];
}

/** A checked question. */
export interface Question {
  readonly metrics: readonly Metric[];
  readonly by: readonly Dimension[];
  readonly grains: readonly Grain[];
  readonly from: Day | null;
  readonly to: Day | null;
  readonly asOf: AsOf;
  /** Nothing known happened after the as-of: today's rows are its state. */
  readonly isLatest: boolean;
  readonly where: ReadonlyMap<Dimension, ReadonlySet<string>>;
  readonly compare: readonly Comparison[];
}

/** Checks a question; throws an AppError that names the nearest valid word. */
export function readRequest(request: MetricsRequest, context: QueryContext): Question {
  if (request.metrics.length === 0) throw refuse("metrics.no_metric", "Name at least one KPI; 'metrics list' shows all.");
  const metrics = [...new Set(request.metrics)].map(metricOf);
  const by = [...new Set(request.by ?? [])].map((name) => dimensionOf(name, context));
  const grains = [...new Set(request.grains ?? [])].map(grainOf);
  const where = filtersOf(request, context);
  for (const metric of metrics) checkCombination(metric, by, [...where.keys()], grains, request, context);
  const asOf = asOfOf(request, context);
  const [from, to] = [dayOption("--from", request.from), dayOption("--to", request.to)];
  if (asOf.knownAt !== null) {
    throw refuse(
      "metrics.known_at_unavailable",
      "Values as they were known earlier (--known-at) cannot be computed yet; --as-of gives the state of a day with today's knowledge.",
    );
  }
  if (from === null && to !== null) throw refuse("metrics.bad_range", "--to needs --from: the first day that counts.");
  if (from !== null && to !== null && from >= to) {
    throw refuse("metrics.bad_range", `--from ${from} is not before --to ${to}; --to is the first day that no longer counts.`);
  }
  const compare = [...new Set(request.compare ?? [])].map((name) => oneOf(name, COMPARISONS, "metrics.unknown_comparison", "comparison"));
  const isLatest = asOf.instant >= context.clock.now() && asOf.knownAt === null;
  return { metrics, by, grains, from, to, asOf, isLatest, where, compare };
}

function checkCombination(
  metric: Metric,
  by: readonly Dimension[],
  where: readonly Dimension[],
  grains: readonly Grain[],
  request: MetricsRequest,
  context: QueryContext,
): void {
  const isConfigured = (name: Dimension): boolean => (context.dimensions ?? []).includes(name);
  const allowed = (name: Dimension): boolean =>
    metric.dimensions.some((dimension) => dimension === name) || (isConfigured(name) && metric.dimensions.includes("source"));
  for (const name of [...by, ...where]) {
    if (allowed(name)) continue;
    throw refuse("metrics.dimension_refused", `${metric.key} has no '${name}': it goes by ${metric.dimensions.join(", ")}.`);
  }
  for (const grain of grains) {
    if (!metric.grains.includes(grain)) {
      throw refuse("metrics.grain_refused", `${metric.key} cannot be given by ${grain}; it goes by ${metric.grains.join(", ")}.`);
    }
  }
  if (metric.anchor === "as_of" && grains.length === 0 && (request.from !== undefined || (request.compare ?? []).length > 0)) {
    throw refuse(
      "metrics.stock_over_range",
      `${metric.key} is a stock: it has a value at a moment, none over a span. Give --as-of, or --grain for its value at the end of each period.`,
    );
  }
}

/** The dimension of that name; `rep` is refused where results are kept by team. */
function dimensionOf(name: string, context: QueryContext): Dimension {
  const known = [...DIMENSIONS, ...(context.dimensions ?? [])];
  const found = oneOf(name, known, "metrics.unknown_dimension", "dimension");
  if (found === "rep" && context.peopleLevel === "team") {
    throw refuse(
      "metrics.people_level",
      "'rep' is not available: people.level is 'team', so results are given for teams of at least five people.",
    );
  }
  return found;
}

function grainOf(name: string): Grain {
  return oneOf(name, GRAINS, "metrics.unknown_grain", "grain");
}

function filtersOf(request: MetricsRequest, context: QueryContext): ReadonlyMap<Dimension, ReadonlySet<string>> {
  const filters = new Map<Dimension, Set<string>>();
  for (const { dimension, value } of request.where ?? []) {
    const name = dimensionOf(dimension, context);
    const values = filters.get(name) ?? new Set<string>();
    filters.set(name, values.add(name === "rep" || name === "manager" ? personName(value) : value));
  }
  return filters;
}

/** E-mail addresses are kept in lower case. */
function personName(value: string): string {
  return value.includes("@") ? value.toLowerCase() : value;
}

function asOfOf(request: MetricsRequest, context: QueryContext): AsOf {
  const instant = momentOption("--as-of", request.asOf, context.organization) ?? context.clock.now();
  const knownAt = momentOption("--known-at", request.knownAt, context.organization);
  return asOfAt(instant, context.organization, knownAt);
}

/** The moment with its local day. */
export function asOfAt(instant: Instant, organization: Organization, knownAt: Instant | null = null): AsOf {
  return { instant, day: dayNumber(zone(organization.timeZone).dayOf(instant)), knownAt };
}

/** The last moment of a day in the organisation's zone. */
export function endOfDay(day: Day, organization: Organization): Instant {
  return instantFromMs(msOf(zone(organization.timeZone).startOf(addDays(day, 1))) - 1);
}

function momentOption(option: string, text: string | undefined, organization: Organization): Instant | null {
  if (text === undefined) return null;
  const day = parseDay(text);
  if (day !== null) return endOfDay(day, organization);
  const instant = parseInstant(text);
  if (instant === null)
    throw refuse(
      "metrics.bad_moment",
      `${option} is '${text}'; expected a day such as 2026-06-30 or an instant such as 2026-06-30T12:00:00Z.`,
    );
  return instant;
}

function dayOption(option: string, text: string | undefined): Day | null {
  if (text === undefined) return null;
  const day = parseDay(text);
  if (day === null) throw refuse("metrics.bad_day", `${option} is '${text}'; expected a day such as 2026-06-30.`);
  return day;
}

function oneOf<T extends string>(name: string, known: readonly T[], code: string, what: string): T {
  const found = known.find((candidate) => candidate === name);
  if (found !== undefined) return found;
  const guess = nearest(name, known);
  const hint = guess === null ? `Known: ${known.join(", ")}.` : `Did you mean '${guess}'?`;
  throw refuse(code, `There is no ${what} '${name}'. ${hint}`);
}

function refuse(code: string, message: string): AppError {
  return new AppError({ code, recovery: "configure", message });
}
