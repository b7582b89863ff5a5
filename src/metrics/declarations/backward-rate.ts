import { defineMetric } from "#core/metric.ts";
import { anyMove } from "../classify.ts";
import { BY_ENTRY } from "../declare.ts";
import { proportion } from "../shapes.ts";

/** Catalogue 2.4. */
export const backwardRate = defineMetric({
  ...BY_ENTRY,
  key: "backward_rate",
  label: "Backward rate",
  formula: "backward moves ÷ moves",
  notes: "Losses, re-openings, hand-overs to another pipeline and unknown stages are no moves.",
  unit: "ratio",
  direction: "down",
  additivity: "non_additive",
  source: "catalogue 2.4, settled readings",
  classify: anyMove,
  minimumSample: 10,
  ...proportion(10),
});
