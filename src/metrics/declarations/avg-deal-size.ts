import { defineMetric } from "#core/metric.ts";
import { BY_CLOSE_DATE } from "../declare.ts";
import { amountMean } from "../shapes.ts";
import { wonWithAmount } from "../won-with-amount.ts";

/** Catalogue 2.5. */
export const avgDealSize = defineMetric({
  ...BY_CLOSE_DATE,
  key: "avg_deal_size",
  label: "Average deal size",
  formula: "Σ won amount ÷ won deals with an amount",
  notes: "Lost deals and deals without or with a zero amount never enter. See the median beside it.",
  unit: "money",
  numeratorUnit: "money",
  direction: "up",
  additivity: "non_additive",
  minimumSample: 10,
  source: "catalogue 2.5, R3, R12",
  classify: wonWithAmount,
  ...amountMean(10),
});
