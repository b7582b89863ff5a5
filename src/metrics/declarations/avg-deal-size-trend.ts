import { deriveMetric } from "#core/metric.ts";
import { GRAINS } from "#core/time/period.ts";
import { DEAL_DIMENSIONS } from "../declare.ts";
import { trendOf } from "../estimators/trend.ts";
import { noData, numberOf, value } from "../values.ts";

/** Catalogue 2.5. */
export const avgDealSizeTrend = deriveMetric({
  version: 1,
  key: "avg_deal_size_trend",
  label: "Deal size trend",
  formula: "slope of the average deal size over the last six periods ÷ their mean",
  notes: "`flat` is 1 when the 95 % interval of the slope holds 0. Each period needs five wins.",
  unit: "ratio_per_period",
  numeratorUnit: "money",
  direction: "up",
  anchor: "closed",
  credit: "owner_at_close",
  grains: GRAINS,
  dimensions: DEAL_DIMENSIONS,
  additivity: "non_additive",
  status: "active",
  ages: "never",
  source: "catalogue 2.5",
  dependsOn: [5, 4, 3, 2, 1, 0].map((back) => ({ metric: "avg_deal_size", over: "period" as const, back })),
  derive: (values) => {
    const sizes = values.flatMap((each) => (each.n >= 5 ? (numberOf(each) ?? []) : []));
    const n = values.reduce((sum, each) => sum + each.n, 0);
    const trend = sizes.length === values.length ? trendOf(sizes) : null;
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    if (trend === null || mean === 0) return noData("too_few_periods", { n, parts: { periods: sizes.length } });
    const [last = 0, before = 0] = [sizes.at(-1), sizes.at(-2)];
    return value(trend.slope / mean, {
      numerator: trend.slope,
      n,
      interval: [trend.interval[0] / mean, trend.interval[1] / mean],
      parts: { flat: trend.isFlat ? 1 : 0, change_on_previous: before === 0 ? null : last / before - 1 },
    });
  },
});
