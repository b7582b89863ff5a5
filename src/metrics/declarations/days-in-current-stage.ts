import { type Classification, defineMetric } from "#core/metric.ts";
import { BOTH, STOCK } from "../declare.ts";
import { add } from "../tally.ts";
import { ratio } from "../values.ts";

const NO_HISTORY: Classification = { out: "no_history" };

/** Catalogue 2.4. */
export const daysInCurrentStage = defineMetric({
  ...STOCK,
  key: "days_in_current_stage",
  label: "Days in the current stage",
  formula: "Σ days since open deals entered their stage ÷ open deals",
  notes: "A re-opened deal counts from its re-opening. Deals without stage history are left out.",
  unit: "days",
  numeratorUnit: "days",
  direction: "down",
  additivity: "non_additive",
  source: "catalogue 2.4, R17",
  classify: ({ deal }) => (deal.stays.length === 0 ? NO_HISTORY : BOTH),
  needs: ["stays"],
  slots: 2,
  step: (tally, { deal }, _side, at) => {
    add(tally, 0, at.day - (deal.stays.at(-1)?.enteredDay ?? at.day));
    add(tally, 1, 1);
  },
  finish: ({ sums: [days = 0, n = 0] }) => ratio(days, n, { n }),
});
