import { defineMetric } from "#core/metric.ts";
import { ripeEntry } from "../classify.ts";
import { BOTH, BY_ENTRY, DENOMINATOR } from "../declare.ts";
import { share } from "../shapes.ts";
import { CONVERSION_DAYS, type Fate, fateOf } from "../stage-path.ts";
import { add, tick } from "../tally.ts";

/** Catalogue 2.4. */
export const stageDropoff = defineMetric({
  ...BY_ENTRY,
  key: "stage_dropoff",
  label: "Stage drop-off",
  formula: "1 − stage conversion, split into lost, disqualified, moved back and still there",
  notes: "The parts and the conversion add up to 1.",
  unit: "ratio",
  direction: "down",
  additivity: "non_additive",
  source: "catalogue 2.4, R22",
  classify: (fact, at) => ripeEntry(fact, at) ?? (fateOf(fact) === "advanced" ? DENOMINATOR : BOTH),
  ages: "daily",
  windowDays: CONVERSION_DAYS,
  minimumSample: 10,
  slots: 2,
  step: (tally, fact, side) => {
    add(tally, 0, side === "both" ? 1 : 0);
    add(tally, 1, 1);
    tick(tally, fateOf(fact));
  },
  finish: ({ sums: [dropped = 0, n = 0], counts }) => {
    const part = (fate: Fate): number | null => (n === 0 ? null : (counts.get(fate) ?? 0) / n);
    const parts = {
      lost: part("lost"),
      disqualified: part("disqualified"),
      moved_back: part("moved_back"),
      still_there: part("still_there"),
    };
    return share(dropped, n, 10, parts);
  },
});
