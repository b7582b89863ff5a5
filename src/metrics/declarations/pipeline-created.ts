import { defineMetric } from "#core/metric.ts";
import { BY_CREATION, notBornClosed } from "../declare.ts";
import { amountSum } from "../shapes.ts";

/** Catalogue 2.3. */
export const pipelineCreated = defineMetric({
  ...BY_CREATION,
  key: "pipeline_created",
  label: "Pipeline created",
  formula: "Σ amount, as first set, of deals created in the period",
  notes: "At the rate of the creation date. Deals first seen closed are left out; see born_closed.",
  unit: "money",
  numeratorUnit: "money",
  partUnits: { known_amount: "money" },
  direction: "up",
  additivity: "additive",
  source: "catalogue 2.3, R12, settled readings",
  classify: notBornClosed,
  ages: "never",
  needs: ["amount"],
  ...amountSum(),
});
