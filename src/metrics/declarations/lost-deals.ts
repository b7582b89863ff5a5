import { defineMetric } from "#core/metric.ts";
import { BY_CLOSE_DATE, onlyLost } from "../declare.ts";
import { counting } from "../shapes.ts";

/** Catalogue 2.5. */
export const lostDeals = defineMetric({
  ...BY_CLOSE_DATE,
  key: "lost_deals",
  label: "Lost deals",
  formula: "count of deals closed and not won in the period",
  notes: "Closed and not won: open deals are no losses. Disqualified deals (duplicate, unqualified, merged) stay out.",
  unit: "count",
  direction: "down",
  additivity: "additive",
  source: "catalogue 2.5, R9, R10",
  classify: onlyLost,
  ...counting(),
});
