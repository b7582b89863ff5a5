import { deriveMetric } from "#core/metric.ts";
import { GRAINS } from "#core/time/period.ts";
import { DEAL_DIMENSIONS } from "../declare.ts";
import { noData, numberOf, value } from "../values.ts";

/** Catalogue 2.4. */
export const bottleneckScore = deriveMetric({
  version: 1,
  key: "bottleneck_score",
  label: "Bottleneck score",
  formula: "(median days ÷ own median of four quarters) × (conversion of four quarters ÷ conversion)",
  notes: "Above 1.5 on at least 20 stays marks a bottleneck. Below 20 it is low_sample.",
  unit: "times",
  numeratorUnit: "days",
  denominatorUnit: "days",
  direction: "down",
  anchor: "left",
  credit: "owner_at_leaving",
  grains: GRAINS,
  dimensions: DEAL_DIMENSIONS,
  additivity: "non_additive",
  status: "active",
  ages: "daily",
  source: "catalogue 2.4",
  minimumSample: 20,
  dependsOn: [
    { metric: "avg_days_in_stage_median", over: "period" },
    { metric: "avg_days_in_stage_median", over: "trailing_4_quarters" },
    { metric: "stage_conversion", over: "period" },
    { metric: "stage_conversion", over: "trailing_4_quarters" },
  ],
  derive: (values) => {
    const [days = null, usualDays = null, rate = null, usualRate = null] = values.map(numberOf);
    const n = values[0]?.n ?? 0;
    const parts = { median_days: days, usual_days: usualDays, conversion: rate, usual_conversion: usualRate };
    if (days === null || usualDays === null || rate === null || usualRate === null) return noData("missing_factor", { n, parts });
    if (usualDays === 0 || rate === 0) return noData("zero_denominator", { n, parts });
    return value((days / usualDays) * (usualRate / rate), {
      numerator: days * usualRate,
      denominator: usualDays * rate,
      n,
      parts,
      flags: n < 20 ? ["low_sample"] : [],
    });
  },
});
