import { deriveMetric } from "#core/metric.ts";
import { GRAINS } from "#core/time/period.ts";
import { DEAL_DIMENSIONS } from "../declare.ts";
import { noData, numberOf, value } from "../values.ts";

/** Catalogue 2.6. */
export const salesVelocity = deriveMetric({
  version: 1,
  key: "sales_velocity",
  label: "Sales velocity",
  formula: "open deals × win rate × average deal size ÷ sales cycle",
  notes:
    "Rates of the four calendar quarters completed before the as-of; all open deals. A factor without data is no data. Recomputed at every level.",
  unit: "money_per_day",
  numeratorUnit: "money",
  denominatorUnit: "days",
  partUnits: { avg_deal_size: "money" },
  direction: "up",
  anchor: "as_of",
  credit: "owner_at_as_of",
  grains: GRAINS,
  dimensions: DEAL_DIMENSIONS,
  additivity: "non_additive",
  status: "active",
  ages: "daily",
  source: "catalogue 2.6, R1",
  dependsOn: [
    { metric: "open_deals", over: "as_of" },
    { metric: "win_rate", over: "trailing_4_quarters" },
    { metric: "avg_deal_size", over: "trailing_4_quarters" },
    { metric: "sales_cycle_days", over: "trailing_4_quarters" },
  ],
  derive: (values) => {
    const [open = null, rate = null, size = null, cycle = null] = values.map(numberOf);
    const n = values[0]?.n ?? 0;
    const parts = { open_deals: open, win_rate: rate, avg_deal_size: size, sales_cycle_days: cycle };
    if (open === null || rate === null || size === null || cycle === null) return noData("missing_factor", { n, parts });
    if (cycle === 0) return noData("zero_denominator", { n, parts });
    return value((open * rate * size) / cycle, { numerator: open * rate * size, denominator: cycle, n, parts });
  },
});
