import { type Classification, defineMetric } from "#core/metric.ts";
import { BOTH, STOCK } from "../declare.ts";
import { counting } from "../shapes.ts";

const NOT_DUE: Classification = { out: "not_due" };

/** Catalogue 2.3. */
export const overdueCloseDates = defineMetric({
  ...STOCK,
  key: "overdue_close_dates",
  label: "Overdue close dates",
  formula: "count of open deals whose close date is before the as-of day",
  notes: "They drop out of forward-looking reports; they are listed, never moved.",
  unit: "count",
  direction: "down",
  additivity: "semi_additive",
  source: "catalogue 2.3, R7",
  classify: (fact, at) => (fact.deal.closeDay !== null && fact.deal.closeDay < at.day ? BOTH : NOT_DUE),
  ...counting(),
});
