import { defineMetric } from "#core/metric.ts";
import { watchedStay } from "../classify.ts";
import { BY_ENTRY } from "../declare.ts";
import { addSpell, medianOfSpells } from "../spells.ts";

/** Catalogue 2.4. */
export const medianDaysInStageKm = defineMetric({
  ...BY_ENTRY,
  key: "median_days_in_stage_km",
  label: "Days in stage, running stays included",
  formula: "Kaplan–Meier median of stays that began in the period",
  notes: "Running stays count for as long as they were watched. No data where fewer than half have ended.",
  unit: "days",
  numeratorUnit: "days",
  direction: "down",
  additivity: "non_additive",
  source: "catalogue 2.4, R17; Kaplan and Meier 1958",
  classify: watchedStay,
  ages: "daily",
  minimumSample: 10,
  slots: 0,
  step: (tally, { stay }, _side, at) => addSpell(tally, stay.days ?? at.day - stay.enteredDay, stay.days === null ? null : 0),
  finish: medianOfSpells,
});
