import { type Classification, defineMetric } from "#core/metric.ts";
import { BOTH, BY_TARGET } from "../declare.ts";
import { add } from "../tally.ts";
import { noData, value } from "../values.ts";

const UNREADABLE: Classification = { out: "unreadable" };
const OTHER_METRIC: Classification = { out: "other_metric" };

/** Catalogue 2.8. Which targets apply to whom (own first, else the members') is settled before they come here. */
export const quota = defineMetric({
  ...BY_TARGET,
  reads: "targets",
  key: "quota",
  label: "Quota",
  formula: "own target for won amount in the period, else Σ of the members' targets",
  notes:
    "A target for exactly the period counts; without one, shorter targets that fill the period are added. Monthly and quarterly targets are never added together.",
  unit: "money",
  numeratorUnit: "money",
  direction: "neutral",
  source: "catalogue 2.8, settled readings",
  classify: (fact) => (fact.metric !== "won_amount" ? OTHER_METRIC : fact.value === null ? UNREADABLE : BOTH),
  slots: 2,
  step: (tally, fact) => {
    add(tally, 0, fact.value ?? 0);
    add(tally, 1, 1);
  },
  finish: ({ sums: [sum = 0, n = 0] }) => (n === 0 ? noData("no_quota") : value(sum, { numerator: sum, n })),
});
