import { deriveMetric } from "#core/metric.ts";
import { BY_TARGET } from "../declare.ts";
import { noData, numberOf, value } from "../values.ts";

/** Catalogue 2.3. */
export const pipelineCoverage = deriveMetric({
  ...BY_TARGET,
  key: "pipeline_coverage",
  label: "Pipeline coverage",
  formula: "open amount due in the period ÷ (quota − won so far)",
  notes: "Not weighted. A target that is met is no data with the flag target_met. `coverage_gross` is (open + won) ÷ quota.",
  unit: "times",
  numeratorUnit: "money",
  denominatorUnit: "money",
  direction: "band",
  ages: "daily",
  source: "catalogue 2.3",
  dependsOn: [
    { metric: "open_amount_due", over: "period" },
    { metric: "quota", over: "period" },
    { metric: "won_amount", over: "period" },
  ],
  derive: (values) => {
    const [open = null, target = null, won = null] = values.map(numberOf);
    const n = values[0]?.n ?? 0;
    if (target === null || target === 0) return noData("no_quota", { n, numerator: open });
    if (open === null || won === null) return noData("missing_rate", { n, denominator: target });
    const parts = { coverage_gross: (open + won) / target };
    if (target - won <= 0) return noData("target_met", { n, numerator: open, parts });
    return value(open / (target - won), { numerator: open, denominator: target - won, n, parts });
  },
});
