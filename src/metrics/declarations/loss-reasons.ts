import { defineMetric } from "#core/metric.ts";
import { BY_CLOSE_DATE, onlyLost } from "../declare.ts";
import { labelShares } from "../shapes.ts";
import { add, tick } from "../tally.ts";

/** Catalogue 2.5. */
export const lossReasons = defineMetric({
  ...BY_CLOSE_DATE,
  key: "loss_reasons",
  label: "Loss reasons",
  formula: "share of the most frequent reason among lost deals; each reason in parts",
  notes: "`no_reason_share` says how many losses have none.",
  unit: "ratio",
  direction: "neutral",
  additivity: "non_additive",
  source: "catalogue 2.5",
  classify: onlyLost,
  slots: 1,
  step: (tally, { deal }) => {
    add(tally, 0, 1);
    tick(tally, deal.lossReason ?? "");
  },
  finish: ({ sums: [n = 0], counts }) => labelShares(counts, n, "no_reason_share"),
});
