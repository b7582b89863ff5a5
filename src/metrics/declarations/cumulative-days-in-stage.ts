import { type Classification, defineMetric } from "#core/metric.ts";
import { BY_LEAVING, settledStay } from "../declare.ts";
import { daysMean } from "../shapes.ts";
import { cumulativeDays, isLastSettled } from "../stage-path.ts";

const REPEATED: Classification = { out: "repeated" };

/** Catalogue 2.4. */
export const cumulativeDaysInStage = defineMetric({
  ...BY_LEAVING,
  key: "cumulative_days_in_stage",
  label: "Cumulative days in stage",
  formula: "Σ days of all settled stays of a deal in the stage ÷ deals",
  notes: "By the day the deal last left the stage.",
  unit: "days",
  numeratorUnit: "days",
  direction: "down",
  additivity: "non_additive",
  source: "catalogue 2.4, R16",
  classify: (fact) => (isLastSettled(fact) ? settledStay(fact) : REPEATED),
  minimumSample: 10,
  ...daysMean(cumulativeDays),
});
