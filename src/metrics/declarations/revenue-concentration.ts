import { defineMetric } from "#core/metric.ts";
import { BY_CLOSE_DATE, onlyWon } from "../declare.ts";
import { add, tick } from "../tally.ts";
import { noData, ratio } from "../values.ts";

/** Catalogue 2.5. */
export const revenueConcentration = defineMetric({
  ...BY_CLOSE_DATE,
  key: "revenue_concentration",
  label: "Revenue concentration",
  formula: "share of the top 20 % of reps (rounded up) in won amount",
  notes: "Among reps with won amount. High: the result hangs on few people.",
  unit: "ratio",
  numeratorUnit: "money",
  denominatorUnit: "money",
  direction: "band",
  additivity: "non_additive",
  source: "catalogue 2.5, R12",
  classify: onlyWon,
  slots: 2,
  step: (tally, fact) => {
    add(tally, 0, 1);
    add(tally, 1, fact.amountGap === "no_rate" ? 1 : 0);
    if (fact.amountMinor !== null) tick(tally, fact.credit.personId ?? "", fact.amountMinor);
  },
  finish: ({ sums: [n = 0, unconverted = 0], counts }) => {
    if (unconverted > 0) return noData("missing_rate", { n });
    const amounts = [...counts.values()].filter((amount) => amount > 0).sort((a, b) => b - a);
    const sum = (list: readonly number[]): number => list.reduce((total, amount) => total + amount, 0);
    return ratio(sum(amounts.slice(0, Math.ceil(amounts.length * 0.2))), sum(amounts), { n, parts: { reps: amounts.length } });
  },
});
