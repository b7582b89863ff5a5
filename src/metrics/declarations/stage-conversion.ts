import { defineMetric } from "#core/metric.ts";
import { ripeEntry } from "../classify.ts";
import { BOTH, BY_ENTRY, DENOMINATOR } from "../declare.ts";
import { proportion } from "../shapes.ts";
import { CONVERSION_DAYS, fateOf } from "../stage-path.ts";

/** Catalogue 2.4. */
export const stageConversion = defineMetric({
  ...BY_ENTRY,
  key: "stage_conversion",
  label: "Stage conversion",
  formula: "of deals that entered the stage: share that reached a later stage, or won, within 90 days",
  notes: "By stages really entered. Coming back does not count twice; entries younger than 90 days are left out of both sides.",
  unit: "ratio",
  direction: "up",
  additivity: "non_additive",
  source: "catalogue 2.4, R22, settled readings",
  classify: (fact, at) => ripeEntry(fact, at) ?? (fateOf(fact) === "advanced" ? BOTH : DENOMINATOR),
  ages: "daily",
  windowDays: CONVERSION_DAYS,
  minimumSample: 10,
  ...proportion(10),
});
