import { defineMetric } from "#core/metric.ts";
import { BOTH, BY_CLOSE_DATE, DENOMINATOR, onlyWon } from "../declare.ts";
import { proportion } from "../shapes.ts";

/** Catalogue 2.5. */
export const winRate = defineMetric({
  ...BY_CLOSE_DATE,
  key: "win_rate",
  label: "Win rate",
  formula: "won ÷ (won + lost), by count, of deals closed in the period",
  notes: "Disqualified deals stay out of both sides. Nothing closed is no data, not 0.",
  unit: "ratio",
  direction: "up",
  additivity: "non_additive",
  minimumSample: 10,
  source: "catalogue 2.5, R1, R2, R4, R9",
  classify: (fact) => (fact.deal.outcome === "won" ? BOTH : fact.deal.outcome === "lost" ? DENOMINATOR : onlyWon(fact)),
  ...proportion(10),
});
