import { defineMetric } from "#core/metric.ts";
import { BOTH, BY_CLOSE_DATE, DENOMINATOR, onlyWon } from "../declare.ts";
import { add } from "../tally.ts";
import { noData, ratio } from "../values.ts";

/** Catalogue 2.5. */
export const winRateValue = defineMetric({
  ...BY_CLOSE_DATE,
  key: "win_rate_value",
  label: "Win rate by value",
  formula: "Σ won amount ÷ Σ amount of won and lost deals",
  notes: "No data when more than half of the lost deals have no amount or 0: many teams blank it on loss, and it would read 100 %.",
  unit: "ratio",
  numeratorUnit: "money",
  denominatorUnit: "money",
  direction: "up",
  additivity: "non_additive",
  source: "catalogue 2.5, R1, R2, R12",
  classify: (fact) => (fact.deal.outcome === "won" ? BOTH : fact.deal.outcome === "lost" ? DENOMINATOR : onlyWon(fact)),
  slots: 6,
  step: (tally, fact) => {
    const isWon = fact.deal.outcome === "won";
    add(tally, 0, isWon ? (fact.amountMinor ?? 0) : 0);
    add(tally, 1, fact.amountMinor ?? 0);
    add(tally, 2, isWon ? 0 : 1);
    add(tally, 3, isWon || fact.deal.amountMinor ? 0 : 1);
    add(tally, 4, fact.amountGap === "no_rate" ? 1 : 0);
    add(tally, 5, 1);
  },
  finish: ({ sums: [won = 0, all = 0, lost = 0, blank = 0, unconverted = 0, n = 0] }) => {
    if (unconverted > 0) return noData("missing_rate", { n, parts: { missing_rate_count: unconverted } });
    if (blank * 2 > lost) return noData("amounts_blank_on_loss", { n, parts: { blank_losses: blank } });
    return ratio(won, all, { n });
  },
});
