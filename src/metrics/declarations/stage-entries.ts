import { type Classification, defineMetric } from "#core/metric.ts";
import { BOTH, BY_ENTRY } from "../declare.ts";
import { counting } from "../shapes.ts";
import { isFirstEntry } from "../stage-path.ts";

const REPEATED: Classification = { out: "repeated" };

/** Catalogue 2.4. */
export const stageEntries = defineMetric({
  ...BY_ENTRY,
  key: "stage_entries",
  label: "Stage entries",
  formula: "count of deals that entered the stage for the first time in the period",
  notes: "Coming back adds no deal; stage_stays counts every stay.",
  unit: "count",
  direction: "neutral",
  additivity: "additive",
  source: "catalogue 2.4, R16",
  classify: (fact) => (isFirstEntry(fact) ? BOTH : REPEATED),
  ...counting(),
});
