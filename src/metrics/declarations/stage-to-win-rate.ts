import { defineMetric } from "#core/metric.ts";
import { closedEntry } from "../classify.ts";
import { BY_ENTRY } from "../declare.ts";
import { proportion } from "../shapes.ts";

/** Catalogue 2.4. */
export const stageToWinRate = defineMetric({
  ...BY_ENTRY,
  key: "stage_to_win_rate",
  label: "Stage to win rate",
  formula: "deals that entered the stage and were won ÷ deals that entered it and are won or lost",
  notes: "Closed deals only; see win_incidence for one that counts open deals too.",
  unit: "ratio",
  direction: "up",
  additivity: "non_additive",
  source: "catalogue 2.4",
  classify: closedEntry,
  minimumSample: 10,
  ...proportion(10),
});
