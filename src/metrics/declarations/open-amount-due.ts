import { defineMetric } from "#core/metric.ts";
import { BOTH, DUE } from "../declare.ts";
import { amountSum } from "../shapes.ts";

/** Catalogue 2.3. */
export const openAmountDue = defineMetric({
  ...DUE,
  key: "open_amount_due",
  label: "Open amount due",
  formula: "Σ amount of open deals with close date in the period",
  notes: "By expected close date, at the rate of the as-of day.",
  unit: "money",
  numeratorUnit: "money",
  partUnits: { known_amount: "money" },
  direction: "band",
  additivity: "additive",
  source: "catalogue 2.3, R12",
  classify: () => BOTH,
  ...amountSum(),
});
