import { deriveMetric } from "#core/metric.ts";
import { BY_TARGET } from "../declare.ts";
import { noData, numberOf, value } from "../values.ts";

/** Catalogue 2.8. */
export const quotaAttainment = deriveMetric({
  ...BY_TARGET,
  key: "quota_attainment",
  label: "Quota attainment",
  formula: "won amount ÷ quota of the period",
  notes: "More than 100 % is shown as it is. A quota that is missing or 0 is no data.",
  unit: "ratio",
  numeratorUnit: "money",
  denominatorUnit: "money",
  direction: "up",
  source: "catalogue 2.8",
  dependsOn: [
    { metric: "won_amount", over: "period" },
    { metric: "quota", over: "period" },
  ],
  derive: ([won, quota]) => {
    const target = numberOf(quota);
    const credited = numberOf(won);
    if (target === null || target === 0) return noData("no_quota", { n: won?.n ?? 0, numerator: credited ?? 0 });
    if (credited === null) return noData("missing_rate", { n: won?.n ?? 0, denominator: target });
    return value(credited / target, { numerator: credited, denominator: target, n: won?.n ?? 0 });
  },
});
