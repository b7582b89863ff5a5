import { type Classification, defineMetric } from "#core/metric.ts";
import { BOTH, BY_CREATION } from "../declare.ts";
import { counting } from "../shapes.ts";

const OPEN: Classification = { out: "open" };

/** Catalogue 2.3. */
export const bornClosed = defineMetric({
  ...BY_CREATION,
  key: "born_closed",
  label: "Deals first seen closed",
  formula: "count of deals created in the period whose first known stage was a closed one",
  notes: "They have no cycle and no stays: entered after the fact, or imported.",
  unit: "count",
  direction: "down",
  additivity: "additive",
  source: "catalogue 2.3",
  classify: ({ deal }) => (deal.bornClosed ? BOTH : OPEN),
  ages: "never",
  ...counting(),
});
