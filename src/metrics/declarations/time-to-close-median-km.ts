import { defineMetric } from "#core/metric.ts";
import { watchedDeal } from "../classify.ts";
import { BY_CREATION } from "../declare.ts";
import { addSpell, medianOfSpells } from "../spells.ts";

/** Catalogue 2.6. */
export const timeToCloseMedianKm = defineMetric({
  ...BY_CREATION,
  key: "time_to_close_median_km",
  label: "Time to close",
  formula: "Kaplan–Meier median of days from creation to any closing",
  notes:
    "Open deals count for as long as they were watched. No data where fewer than half have closed. Larger than the plain mean whenever old deals stay open.",
  unit: "days",
  numeratorUnit: "days",
  direction: "down",
  additivity: "non_additive",
  source: "catalogue 2.6, R22; Kaplan and Meier 1958",
  classify: watchedDeal,
  ages: "daily",
  minimumSample: 10,
  slots: 0,
  step: (tally, { deal }, _side, at) => {
    const isOpen = deal.outcome === "open";
    addSpell(tally, (isOpen ? at.day : (deal.closingDay ?? at.day)) - (deal.createdDay ?? at.day), isOpen ? null : 0);
  },
  finish: medianOfSpells,
});
