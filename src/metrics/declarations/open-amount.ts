import { defineMetric } from "#core/metric.ts";
import { BOTH, STOCK } from "../declare.ts";
import { amountSum } from "../shapes.ts";

/** Catalogue 2.3. */
export const openAmount = defineMetric({
  ...STOCK,
  key: "open_amount",
  label: "Open amount",
  formula: "Σ amount of deals open as of the moment",
  notes: "At the rate of the as-of day, so it may move without any deal changing. Deals without an amount are counted beside it.",
  unit: "money",
  numeratorUnit: "money",
  partUnits: { known_amount: "money" },
  direction: "band",
  additivity: "semi_additive",
  source: "catalogue 2.3, R3, R12",
  classify: () => BOTH,
  ...amountSum(),
});
