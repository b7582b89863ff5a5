import { defineMetric } from "#core/metric.ts";
import { lostFromStage } from "../classify.ts";
import { BY_CLOSE_DATE } from "../declare.ts";
import { labelShares } from "../shapes.ts";
import { add, tick } from "../tally.ts";

/** Catalogue 2.4. */
export const funnelLeakage = defineMetric({
  ...BY_CLOSE_DATE,
  key: "funnel_leakage",
  label: "Funnel leakage",
  formula: "largest share of one stage among the stages deals were lost from",
  notes: "The stage lost from is the last open one before closing. Each stage in parts. Deals without stage history are left out.",
  unit: "ratio",
  direction: "down",
  additivity: "non_additive",
  source: "catalogue 2.4",
  classify: lostFromStage,
  needs: ["stays"],
  slots: 1,
  step: (tally, { deal }) => {
    add(tally, 0, 1);
    tick(tally, `${deal.connectionId}:${deal.stays.findLast((stay) => stay.outcome === "open")?.stageId ?? ""}`);
  },
  finish: ({ sums: [n = 0], counts }) => labelShares(counts, n, null),
});
