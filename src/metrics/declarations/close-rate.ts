import { defineMetric } from "#core/metric.ts";
import { BOTH, BY_CREATION } from "../declare.ts";
import { share } from "../shapes.ts";
import { add } from "../tally.ts";
import { flagged } from "../values.ts";

/** Catalogue 2.5. */
export const closeRate = defineMetric({
  ...BY_CREATION,
  key: "close_rate",
  label: "Close rate",
  formula: "won deals ÷ all deals created in the period",
  notes: "A cohort by creation date. Immature while 5 % or more of it are still open; `open_share` tells how many.",
  unit: "ratio",
  direction: "up",
  additivity: "non_additive",
  source: "catalogue 2.5, R4, R22",
  classify: () => BOTH,
  ages: "never",
  minimumSample: 10,
  slots: 3,
  step: (tally, { deal }) => {
    add(tally, 0, deal.outcome === "won" ? 1 : 0);
    add(tally, 1, 1);
    add(tally, 2, deal.outcome === "open" ? 1 : 0);
  },
  finish: ({ sums: [won = 0, all = 0, open = 0] }) => {
    const found = share(won, all, 10, { open_share: all === 0 ? null : open / all });
    return open * 20 >= all && all > 0 ? flagged(found, ["immature"]) : found;
  },
});
