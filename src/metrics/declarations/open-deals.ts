import { defineMetric } from "#core/metric.ts";
import { BOTH, STOCK } from "../declare.ts";
import { counting } from "../shapes.ts";

/** Catalogue 2.3. */
export const openDeals = defineMetric({
  ...STOCK,
  key: "open_deals",
  label: "Open deals",
  formula: "count of deals open as of the moment",
  notes: "Includes deals without amount, account or date.",
  unit: "count",
  direction: "band",
  additivity: "semi_additive",
  source: "catalogue 2.3, R5, R13",
  classify: () => BOTH,
  ...counting(),
});
