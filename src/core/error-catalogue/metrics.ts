import type { ErrorTexts } from "./entry.ts";

/** Questions about KPIs that cannot be answered as they were asked. */
export const METRICS_ERRORS: ErrorTexts = {
  "metrics.no_metric": {
    meaning: "A question about KPIs names none.",
    cause: "The id was left out.",
    remedy: "Name one or more; `metrics list` shows all.",
  },
  "metrics.unknown_metric": {
    meaning: "There is no KPI of that id.",
    cause: "A typing mistake, or a KPI of another version.",
    remedy: "Take the id the message suggests, or one of `metrics list`.",
  },
  "metrics.unknown_dimension": {
    meaning: "There is no dimension of that name.",
    cause: "A typing mistake, or a property that is not configured as a dimension.",
    remedy: "Take the name the message suggests, or configure the property under `fields`.",
  },
  "metrics.unknown_grain": {
    meaning: "There is no period of that name.",
    cause: "A typing mistake.",
    remedy: "Take day, week, month, quarter, year, fiscal_quarter or fiscal_year.",
  },
  "metrics.unknown_comparison": {
    meaning: "There is no comparison of that name.",
    cause: "A typing mistake.",
    remedy: "Take previous or last-year.",
  },
  "metrics.dimension_refused": {
    meaning: "A KPI cannot be divided by that dimension.",
    cause: "What it counts has no such property: a quota belongs to people, not to a product.",
    remedy: "Take one of the dimensions the message names.",
  },
  "metrics.grain_refused": {
    meaning: "A KPI has no value by that period.",
    cause: "Its definition needs longer periods.",
    remedy: "Take one of the periods the message names.",
  },
  "metrics.stock_over_range": {
    meaning: "A stock, such as open deals, was asked for over a span.",
    cause: "A stock has a value at a moment; adding it up over days would count the same deals again and again.",
    remedy: "Give `--as-of` for one moment, or `--grain` for its value at the end of each period.",
  },
  "metrics.people_level": {
    meaning: "Results by rep are not available here.",
    cause: "`people.level` is `team`.",
    remedy: "Ask by team, region or manager; `people.level` is decided with the people concerned.",
  },
  "metrics.known_at_unavailable": {
    meaning: "A value as it was known at an earlier moment was asked for; this version cannot compute one.",
    cause: "`--known-at` was given.",
    remedy: "Use `--as-of` for the state of a day with today's knowledge; values stored earlier are in `metric_values`.",
  },
  "metrics.bad_range": {
    meaning: "The span asked for is empty or has no beginning.",
    cause: "`--to` is not after `--from`, or `--from` is missing.",
    remedy: "`--from` is the first day that counts, `--to` the first that no longer does.",
  },
  "metrics.bad_day": {
    meaning: "A day cannot be read.",
    cause: "Another notation than YYYY-MM-DD, or a day that does not exist.",
    remedy: "Write it like 2026-06-30.",
  },
  "metrics.bad_moment": {
    meaning: "A moment cannot be read.",
    cause: "Neither a day nor an instant with its zone.",
    remedy: "Write a day like 2026-06-30 (its end counts) or an instant like 2026-06-30T12:00:00Z.",
  },
};
