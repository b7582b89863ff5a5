import { defineMetric } from "#core/metric.ts";
import { watchedDeal } from "../classify.ts";
import { BY_CREATION } from "../declare.ts";
import { addSpell, incidenceBy, spellCount, spellPoints } from "../spells.ts";
import { noData, value } from "../values.ts";

/** Catalogue 2.5. */
export const winIncidence = defineMetric({
  ...BY_CREATION,
  key: "win_incidence",
  label: "Win incidence",
  formula: "Aalen–Johansen cumulative incidence of winning by day 180 after creation",
  notes: "Losing competes, open deals count for as long as they were watched: the unbiased long-run rate while deals are open.",
  unit: "ratio",
  numeratorUnit: "ratio",
  direction: "up",
  additivity: "non_additive",
  source: "catalogue 2.5, R22; Aalen and Johansen 1978",
  classify: watchedDeal,
  ages: "daily",
  minimumSample: 10,
  slots: 0,
  step: (tally, { deal }, _side, at) => {
    const cause = deal.outcome === "open" ? null : deal.outcome === "won" ? 0 : 1;
    addSpell(tally, (cause === null ? at.day : (deal.closingDay ?? at.day)) - (deal.createdDay ?? at.day), cause);
  },
  finish: (tally) => {
    const n = spellCount(tally);
    if (n === 0) return noData("no_facts");
    const points = spellPoints(tally, 2);
    const parts: Record<string, number> = {};
    for (const day of [30, 60, 90, 180, 365]) {
      const { incidence, surviving } = incidenceBy(points, day);
      parts[`win_${day}`] = incidence[0] ?? 0;
      parts[`lose_${day}`] = incidence[1] ?? 0;
      parts[`still_open_${day}`] = surviving;
    }
    return value(parts["win_180"] ?? 0, { numerator: parts["win_180"] ?? 0, n, parts, flags: n < 10 ? ["low_sample"] : [] });
  },
});
