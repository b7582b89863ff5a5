import type { DealFact } from "#core/facts.ts";
import { defineMetric } from "#core/metric.ts";
import { firstMove } from "../classify.ts";
import { BY_CREATION } from "../declare.ts";
import { daysMean } from "../shapes.ts";

/** Catalogue 2.6. */
export const daysToFirstStageMove = defineMetric({
  ...BY_CREATION,
  key: "days_to_first_stage_move",
  label: "Days to the first stage move",
  formula: "Σ days from creation to the first change of stage ÷ deals that changed stage",
  notes: "Deals still in their first stage are left out, which biases it down for young cohorts.",
  unit: "days",
  numeratorUnit: "days",
  direction: "down",
  additivity: "non_additive",
  source: "catalogue 2.6",
  classify: firstMove,
  ages: "never",
  needs: ["stays"],
  minimumSample: 10,
  ...daysMean(({ deal }: DealFact) => (deal.stays[1]?.enteredDay ?? 0) - (deal.createdDay ?? 0)),
});
