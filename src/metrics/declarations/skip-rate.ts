import { defineMetric } from "#core/metric.ts";
import { forwardMove } from "../classify.ts";
import { BY_ENTRY } from "../declare.ts";
import { proportion } from "../shapes.ts";

/** Catalogue 2.4. */
export const skipRate = defineMetric({
  ...BY_ENTRY,
  key: "skip_rate",
  label: "Skip rate",
  formula: "forward moves that jump at least one stage ÷ forward moves",
  notes: "In the order of the open stages, then won.",
  unit: "ratio",
  direction: "neutral",
  additivity: "non_additive",
  source: "catalogue 2.4",
  classify: forwardMove,
  minimumSample: 10,
  ...proportion(10),
});
