import { defineMetric } from "#core/metric.ts";
import { BOTH, BY_ENTRY } from "../declare.ts";
import { counting } from "../shapes.ts";

/** Catalogue 2.4. */
export const stageStays = defineMetric({
  ...BY_ENTRY,
  key: "stage_stays",
  label: "Stage stays",
  formula: "count of stays that began in the period",
  notes: "A deal that comes back is counted again.",
  unit: "count",
  direction: "neutral",
  additivity: "additive",
  source: "catalogue 2.4, R16",
  classify: () => BOTH,
  ...counting(),
});
