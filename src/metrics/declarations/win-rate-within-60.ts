import { defineMetric } from "#core/metric.ts";
import { wonWithin } from "../classify.ts";
import { BY_CREATION } from "../declare.ts";
import { proportion } from "../shapes.ts";

/** Catalogue 2.5. */
export const winRateWithin60 = defineMetric({
  ...BY_CREATION,
  key: "win_rate_within_60",
  label: "Win rate within 60 days",
  formula: "deals won within 60 days of creation ÷ deals created at least 60 days before the as-of",
  notes: "Compares cohorts and reps fairly: every deal had the same time. Younger deals are left out.",
  unit: "ratio",
  direction: "up",
  additivity: "non_additive",
  source: "catalogue 2.5, R22",
  classify: wonWithin(60),
  ages: "daily",
  windowDays: 60,
  minimumSample: 10,
  ...proportion(10),
});
