import { defineMetric } from "#core/metric.ts";
import { BY_CREATION, notBornClosed } from "../declare.ts";
import { counting } from "../shapes.ts";

/** Catalogue 2.3. */
export const pipelineCreatedDeals = defineMetric({
  ...BY_CREATION,
  key: "pipeline_created_deals",
  label: "Deals created",
  formula: "count of deals created in the period",
  notes: "Deals first seen closed are left out; see born_closed.",
  unit: "count",
  direction: "up",
  additivity: "additive",
  source: "catalogue 2.3",
  classify: notBornClosed,
  ages: "never",
  ...counting(),
});
