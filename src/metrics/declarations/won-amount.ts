import { defineMetric } from "#core/metric.ts";
import { BY_CLOSE_DATE, onlyWon } from "../declare.ts";
import { amountSum } from "../shapes.ts";

/** Catalogue 2.5. */
export const wonAmount = defineMetric({
  ...BY_CLOSE_DATE,
  key: "won_amount",
  label: "Won amount",
  formula: "Σ amount of deals won in the period",
  notes: "Bookings, not recognised revenue. At the rate of the close date. Deals without an amount add nothing and are counted beside it.",
  unit: "money",
  numeratorUnit: "money",
  partUnits: { known_amount: "money" },
  direction: "up",
  additivity: "additive",
  source: "catalogue 2.5, R10, R12, R13",
  classify: onlyWon,
  ...amountSum(),
});
