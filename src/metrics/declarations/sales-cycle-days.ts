import { defineMetric } from "#core/metric.ts";
import { BY_CLOSE_DATE, wonCycle } from "../declare.ts";
import { cycleDays, daysMean } from "../shapes.ts";

/** Catalogue 2.6. */
export const salesCycleDays = defineMetric({
  ...BY_CLOSE_DATE,
  key: "sales_cycle_days",
  label: "Sales cycle",
  formula: "Σ days from creation to closing of won deals ÷ won deals",
  notes: "Calendar days. Deals first seen closed, without a creation date, or with an impossible duration stay out.",
  unit: "days",
  numeratorUnit: "days",
  direction: "down",
  additivity: "non_additive",
  minimumSample: 10,
  source: "catalogue 2.6, R7, R10, R18",
  classify: wonCycle,
  ...daysMean(cycleDays),
});
