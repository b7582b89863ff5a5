import { defineMetric } from "#core/metric.ts";
import { BY_LEAVING, settledStay } from "../declare.ts";
import { daysPercentile, stayDays } from "../shapes.ts";

/** Catalogue 2.4. */
export const avgDaysInStageP90 = defineMetric({
  ...BY_LEAVING,
  key: "avg_days_in_stage_p90",
  label: "Days in stage, 90th percentile",
  formula: "90th percentile of days of settled stays",
  notes:
    "A stay is a maximal run in one stage, by the day it ended. Running stays are left out, which biases it down where many deals wait.",
  unit: "days",
  numeratorUnit: "days",
  direction: "down",
  additivity: "non_additive",
  minimumSample: 10,
  source: "catalogue 2.4, R7, R16, R17",
  classify: settledStay,
  ...daysPercentile(stayDays, 0.9),
});
