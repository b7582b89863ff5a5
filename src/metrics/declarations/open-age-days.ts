import { defineMetric } from "#core/metric.ts";
import { BOTH, STOCK, UNDATED } from "../declare.ts";
import { add } from "../tally.ts";
import { ratio } from "../values.ts";

/** Catalogue 2.6. */
export const openAgeDays = defineMetric({
  ...STOCK,
  key: "open_age_days",
  label: "Age of open deals",
  formula: "Σ days since creation of open deals ÷ open deals",
  notes: "Length-biased: long deals are seen more often. For lists, not as a cycle.",
  unit: "days",
  numeratorUnit: "days",
  direction: "neutral",
  additivity: "non_additive",
  source: "catalogue 2.6",
  classify: ({ deal }) => (deal.createdDay === null ? UNDATED : BOTH),
  slots: 2,
  step: (tally, { deal }, _side, at) => {
    add(tally, 0, at.day - (deal.createdDay ?? at.day));
    add(tally, 1, 1);
  },
  finish: ({ sums: [days = 0, n = 0] }) => ratio(days, n, { n }),
});
