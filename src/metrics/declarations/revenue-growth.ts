import { deriveMetric } from "#core/metric.ts";
import { GRAINS } from "#core/time/period.ts";
import { DEAL_DIMENSIONS } from "../declare.ts";
import { noData, numberOf, value } from "../values.ts";

/** Catalogue 2.5. */
export const revenueGrowth = deriveMetric({
  version: 1,
  key: "revenue_growth",
  label: "Revenue growth",
  formula: "won amount ÷ won amount of the equal elapsed part of the period before − 1",
  notes: "Like with like: a running period against the same number of days. Nothing or less before is no data.",
  unit: "ratio",
  numeratorUnit: "money",
  denominatorUnit: "money",
  direction: "up",
  anchor: "closed",
  credit: "owner_at_close",
  grains: GRAINS,
  dimensions: DEAL_DIMENSIONS,
  additivity: "non_additive",
  status: "active",
  ages: "never",
  source: "catalogue 2.5, R8",
  dependsOn: [
    { metric: "won_amount", over: "period" },
    { metric: "won_amount", over: "previous" },
  ],
  derive: ([now, before]) => {
    const [current, earlier] = [numberOf(now), numberOf(before)];
    const n = now?.n ?? 0;
    if (current === null || earlier === null) return noData("missing_factor", { n, numerator: current, denominator: earlier });
    if (earlier <= 0) return noData("no_reference", { n, numerator: current, denominator: earlier });
    return value(current / earlier - 1, { numerator: current, denominator: earlier, n });
  },
});
