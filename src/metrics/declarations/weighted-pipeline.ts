import { type Classification, defineMetric } from "#core/metric.ts";
import { roundHalfEven } from "#core/money.ts";
import { BOTH, DUE } from "../declare.ts";
import { addAmount, amountSum } from "../shapes.ts";

const NO_PROBABILITY: Classification = { out: "no_probability" };

/** Catalogue 2.3. */
export const weightedPipeline = defineMetric({
  ...DUE,
  key: "weighted_pipeline",
  label: "Weighted pipeline",
  formula: "Σ amount × probability of open deals with close date in the period",
  notes: "The deal's own probability, else its stage's, as 0–1. Deals without one are left out.",
  unit: "money",
  numeratorUnit: "money",
  partUnits: { known_amount: "money" },
  direction: "up",
  additivity: "additive",
  source: "catalogue 2.3, R12, R18",
  classify: ({ deal }) => (deal.probability === null ? NO_PROBABILITY : BOTH),
  slots: 4,
  step: (tally, fact) => {
    const weighted = fact.amountMinor === null ? null : roundHalfEven(fact.amountMinor * (fact.deal.probability ?? 0));
    addAmount(tally, { ...fact, amountMinor: weighted });
  },
  finish: amountSum().finish,
});
