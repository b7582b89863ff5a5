import type { DealFact, StayFact, TargetFact } from "./facts.ts";
import type { DealChangeField } from "./records.ts";
import type { Day } from "./time/day.ts";
import type { Instant } from "./time/instant.ts";
import type { Grain } from "./time/period.ts";

/** What a value is measured in. `ratio` is 0–1 (more where it may exceed the whole), money is in the organisation's currency. */
export type Unit = "count" | "money" | "money_per_day" | "ratio" | "days" | "hours" | "times" | "points" | "ratio_per_period";

/** Which way is good; `band`: both too low and too high are bad. */
export type Direction = "up" | "down" | "band" | "neutral";

/** The date that puts a fact into a period (catalogue §1, column keys). */
export type Anchor = "created" | "closed" | "due" | "entered" | "left" | "as_of" | "target";

/** Whose result it is (R13): the owner at that moment. */
export type CreditRule =
  | "owner_at_close"
  | "owner_at_as_of"
  | "owner_at_creation"
  | "owner_at_entry"
  | "owner_at_leaving"
  | "target_holder";

/** R19: `additive` may be summed over everything, `semi_additive` (stock) over members but not over time, `non_additive` never. */
export type Additivity = "additive" | "semi_additive" | "non_additive";

/** Dimensions every installation has (product contract); configured ones come on top, by their own name. */
export const DIMENSIONS = [
  "rep",
  "team",
  "manager",
  "region",
  "territory",
  "pipeline",
  "stage",
  "product",
  "series",
  "segment",
  "sector",
  "account",
  "source",
  "connection",
] as const;
export type BuiltInDimension = (typeof DIMENSIONS)[number];
/** A built-in dimension or the name of a configured one. */
export type Dimension = string;

/** What a reader must know beside the number. Reasons for "no data" are flags, too. */
export const FLAGS = [
  "low_sample",
  "partial",
  "immature",
  "left_truncated",
  "restated",
  "undated",
  "missing_rate",
  "no_facts",
  "zero_denominator",
  "no_amounts",
  "no_quota",
  "target_met",
  "too_few_periods",
  "amounts_blank_on_loss",
  "missing_factor",
  "no_reference",
  "too_early",
  "never_reached",
  "no_list_price",
  "definition_unknown",
  "small_group",
] as const;
export type Flag = (typeof FLAGS)[number];

/** The moment a value is computed for (R5). */
export interface AsOf {
  readonly instant: Instant;
  /** Its local day, which counts in full as elapsed, as days since 1970-01-01. */
  readonly day: number;
  /** Only what had been seen by then counts; null: today's knowledge. */
  readonly knownAt: Instant | null;
}

/** A computed value: a number, or no data with the reason (law 10). Money in minor units. */
export type Value =
  | {
      readonly state: "ok";
      readonly value: number;
      readonly numerator: number;
      readonly denominator: number | null;
      readonly n: number;
      /** 95 %, as [low, high]. */
      readonly interval: readonly [number, number] | null;
      readonly parts: Parts | null;
      readonly flags: readonly Flag[];
    }
  | {
      readonly state: "no_data";
      readonly why: Flag;
      readonly numerator: number | null;
      readonly denominator: number | null;
      readonly n: number;
      readonly parts: Parts | null;
      readonly flags: readonly Flag[];
    };

/** Companions and break-downs of a value by name. */
export type Parts = Readonly<Record<string, number | null>>;

/** Whether a fact counts, and on which side of the ratio; or why it does not (shown by `explain`). */
export type Classification = { readonly in: "numerator" | "denominator" | "both" } | { readonly out: ExclusionReason };

export const EXCLUSIONS = [
  "open",
  "lost",
  "won",
  "disqualified",
  "no_amount",
  "no_rate",
  "undated",
  "born_closed",
  "no_history",
  "negative_duration",
  "implausible_duration",
  "still_running",
  "closed_stage",
  "immature",
  "other_metric",
  "unreadable",
  "not_due",
  "outside_window",
  "unknown_stage",
  "hand_over",
  "repeated",
  "last_stage",
  "no_list_price",
  "not_first",
  "no_reason",
  "no_probability",
  "no_move",
] as const;
export type ExclusionReason = (typeof EXCLUSIONS)[number];

/** What facts add up to, for every metric in the same shape, so that merging is written once: exact and order-free.
 *  `sums` are whole numbers added place by place; `counts` says how often each value or label occurred (or a sum per label). */
export interface Tally {
  readonly sums: number[];
  readonly counts: Map<number | string, number>;
}

/** Typed rows a metric reads. */
export interface Facts {
  /** Deals closed as of D, by close date. */
  readonly closedDeals: DealFact;
  /** Deals open as of D. */
  readonly openDeals: DealFact;
  /** Deals open as of D, by expected close date. */
  readonly dueDeals: DealFact;
  /** Deals that exist as of D, by creation day. */
  readonly createdDeals: DealFact;
  /** Stays in open stages, by the day they ended; running ones by none. */
  readonly stays: StayFact;
  /** The same stays and moves into closed stages, by the day they began. */
  readonly entries: StayFact;
  /** Quotas and goals, by their own period. */
  readonly targets: TargetFact;
}
export type FactSet = keyof Facts;

export interface FinishContext {
  /** Null: a stock without a period. */
  readonly span: Span | null;
  readonly asOf: AsOf;
}

interface Declaration {
  readonly key: string;
  /** Rises with every change of meaning: stored values of an older one are computed anew. */
  readonly version: number;
  readonly label: string;
  /** How it is computed, in one line of plain words. */
  readonly formula: string;
  /** What stays out, and what to know when reading it. */
  readonly notes: string;
  readonly unit: Unit;
  /** Where these differ from `count`. */
  readonly numeratorUnit?: Unit;
  readonly denominatorUnit?: Unit;
  readonly partUnits?: Readonly<Record<string, Unit>>;
  readonly direction: Direction;
  readonly anchor: Anchor;
  readonly credit: CreditRule;
  readonly grains: readonly Grain[];
  readonly dimensions: readonly BuiltInDimension[];
  readonly additivity: Additivity;
  /** Below this denominator a value is `low_sample` (R4). */
  readonly minimumSample?: number;
  /** Days a cohort must be old to be mature (R22). */
  readonly windowDays?: number;
  /** Section of the KPI catalogue, and other sources where a definition follows or avoids them. */
  readonly source: string;
  readonly status: "active" | "deprecated";
  /** `daily`: the value changes when only time passes. */
  readonly ages: "never" | "daily";
}

/** A KPI over facts: which facts count, what they add up to, and how to finish it.
 *  The same `classify` serves the value, `explain` and increments, so they cannot disagree. */
export interface FactMetric<F extends FactSet> extends Declaration {
  readonly kind: "fact";
  readonly reads: F;
  /** History needed beside today's row: `stays`, or names of `deal_changes.field`. */
  readonly needs?: readonly ("stays" | DealChangeField)[];
  /** Pure. */
  classify(fact: Facts[F], at: AsOf): Classification;
  /** Number of `sums`. */
  readonly slots: number;
  /** Adds a fact that counts; changes `tally` in place. MUST be exact and independent of order. */
  step(tally: Tally, fact: Facts[F], side: "numerator" | "denominator" | "both", at: AsOf): void;
  /** Pure. */
  finish(tally: Tally, context: FinishContext): Value;
}

/** Another KPI's value for the same members, over the same period or another span. */
export interface Dependency {
  readonly metric: string;
  /** `period`: the period asked for; `as_of`: the stock; `trailing_4_quarters`: the four completed before the as-of (calendar);
   *  `previous`: the equal elapsed part of the period before (R8). */
  readonly over: "period" | "as_of" | "trailing_4_quarters" | "previous";
  /** With `period`: that many periods of the same grain earlier, whole ones. */
  readonly back?: number;
}

/** A KPI made of other KPIs, computed anew at every level (R1). */
export interface DerivedMetric extends Declaration {
  readonly kind: "derived";
  readonly dependsOn: readonly Dependency[];
  /** Values in the order of `dependsOn`. Pure. */
  derive(values: readonly Value[], context: FinishContext): Value;
}

export type Metric = { readonly [F in FactSet]: FactMetric<F> }[FactSet] | DerivedMetric;

/** Declares a KPI over facts; exists so that the compiler ties `classify` and `step` to the fact set. */
export function defineMetric<F extends FactSet>(metric: Omit<FactMetric<F>, "kind">): FactMetric<F> {
  return { kind: "fact", ...metric };
}

/** Declares a KPI made of others. */
export function deriveMetric(metric: Omit<DerivedMetric, "kind">): DerivedMetric {
  return { kind: "derived", ...metric };
}

/** A period as asked for: a calendar grain, or a free range. Half-open. */
export interface Span {
  readonly grain: Grain | "range";
  readonly start: Day;
  readonly end: Day;
}
