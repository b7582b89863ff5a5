import { AppError } from "#core/errors.ts";
import type { Metric } from "#core/metric.ts";
import { nearest } from "#core/nearest.ts";
import { avgDaysInStage } from "./declarations/avg-days-in-stage.ts";
import { avgDaysInStageMedian } from "./declarations/avg-days-in-stage-median.ts";
import { avgDaysInStageP90 } from "./declarations/avg-days-in-stage-p90.ts";
import { avgDealSize } from "./declarations/avg-deal-size.ts";
import { avgDealSizeMedian } from "./declarations/avg-deal-size-median.ts";
import { lostDeals } from "./declarations/lost-deals.ts";
import { openAmount } from "./declarations/open-amount.ts";
import { openDeals } from "./declarations/open-deals.ts";
import { quota } from "./declarations/quota.ts";
import { quotaAttainment } from "./declarations/quota-attainment.ts";
import { salesCycleDays } from "./declarations/sales-cycle-days.ts";
import { salesCycleDaysMedian } from "./declarations/sales-cycle-days-median.ts";
import { salesCycleDaysP90 } from "./declarations/sales-cycle-days-p90.ts";
import { winRate } from "./declarations/win-rate.ts";
import { wonAmount } from "./declarations/won-amount.ts";
import { wonDeals } from "./declarations/won-deals.ts";

/** Every KPI, in the order it is listed. A new one is one file in declarations/ and its line here. */
export const METRICS: readonly Metric[] = [
  wonAmount,
  wonDeals,
  lostDeals,
  winRate,
  avgDealSize,
  avgDealSizeMedian,
  salesCycleDays,
  salesCycleDaysMedian,
  salesCycleDaysP90,
  openDeals,
  openAmount,
  avgDaysInStage,
  avgDaysInStageMedian,
  avgDaysInStageP90,
  quota,
  quotaAttainment,
];

const byKey = new Map(METRICS.map((metric) => [metric.key, metric]));

/** The KPI of that id; throws `metrics.unknown_metric`, naming the nearest. */
export function metricOf(key: string): Metric {
  const found = byKey.get(key);
  if (found !== undefined) return found;
  const guess = nearest(key, [...byKey.keys()]);
  throw new AppError({
    code: "metrics.unknown_metric",
    recovery: "configure",
    message: `There is no KPI '${key}'.${guess === null ? "" : ` Did you mean '${guess}'?`} 'metrics list' shows all.`,
  });
}
