import { defineMetric } from "#core/metric.ts";
import { BY_CLOSE_DATE, wonCycle } from "../declare.ts";
import { cycleDays, daysPercentile } from "../shapes.ts";

/** Catalogue 2.6. */
export const salesCycleDaysP90 = defineMetric({
  ...BY_CLOSE_DATE,
  key: "sales_cycle_days_p90",
  label: "Sales cycle, 90th percentile",
  formula: "90th percentile of days from creation to closing of won deals",
  notes: "Calendar days. Deals first seen closed, without a creation date, or with an impossible duration stay out.",
  unit: "days",
  numeratorUnit: "days",
  direction: "down",
  additivity: "non_additive",
  minimumSample: 10,
  source: "catalogue 2.6, R7, R10, R18",
  classify: wonCycle,
  ...daysPercentile(cycleDays, 0.9),
});
