import { defineMetric } from "#core/metric.ts";
import { BY_LEAVING, settledStay } from "../declare.ts";
import { daysPercentile, stayDays } from "../shapes.ts";

/** Catalogue 2.4. */
export const avgDaysInStageMedian = defineMetric({
  ...BY_LEAVING,
  key: "avg_days_in_stage_median",
  label: "Days in stage, median",
  formula: "median days of settled stays",
  notes:
    "A stay is a maximal run in one stage, by the day it ended. Running stays are left out, which biases it down where many deals wait.",
  unit: "days",
  numeratorUnit: "days",
  direction: "down",
  additivity: "non_additive",
  minimumSample: 10,
  source: "catalogue 2.4, R7, R16, R17",
  classify: settledStay,
  ...daysPercentile(stayDays, 0.5),
});
