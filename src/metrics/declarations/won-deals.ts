import { defineMetric } from "#core/metric.ts";
import { BY_CLOSE_DATE, onlyWon } from "../declare.ts";
import { counting } from "../shapes.ts";

/** Catalogue 2.5. */
export const wonDeals = defineMetric({
  ...BY_CLOSE_DATE,
  key: "won_deals",
  label: "Won deals",
  formula: "count of deals won in the period",
  notes: "By close date; a re-opened deal counts once, when it was last closed.",
  unit: "count",
  direction: "up",
  additivity: "additive",
  source: "catalogue 2.5, R10",
  classify: onlyWon,
  ...counting(),
});
