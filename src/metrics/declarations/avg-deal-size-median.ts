import { defineMetric } from "#core/metric.ts";
import { BY_CLOSE_DATE } from "../declare.ts";
import { amountPercentile } from "../shapes.ts";
import { wonWithAmount } from "../won-with-amount.ts";

/** Catalogue 2.5, the median beside `avg_deal_size`. */
export const avgDealSizeMedian = defineMetric({
  ...BY_CLOSE_DATE,
  key: "avg_deal_size_median",
  label: "Median deal size",
  formula: "median amount of won deals with an amount",
  notes: "Less moved by a single large deal than the average.",
  unit: "money",
  numeratorUnit: "money",
  direction: "up",
  additivity: "non_additive",
  minimumSample: 10,
  source: "catalogue 2.5, R3, R12",
  classify: wonWithAmount,
  ...amountPercentile(0.5, 10),
});
