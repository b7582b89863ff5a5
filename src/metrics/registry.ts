import { AppError } from "#core/errors.ts";
import type { Metric } from "#core/metric.ts";
import { nearest } from "#core/nearest.ts";
import { avgDaysInStage } from "./declarations/avg-days-in-stage.ts";
import { avgDaysInStageMedian } from "./declarations/avg-days-in-stage-median.ts";
import { avgDaysInStageP90 } from "./declarations/avg-days-in-stage-p90.ts";
import { avgDealSize } from "./declarations/avg-deal-size.ts";
import { avgDealSizeMedian } from "./declarations/avg-deal-size-median.ts";
import { avgDealSizeTrend } from "./declarations/avg-deal-size-trend.ts";
import { backwardRate } from "./declarations/backward-rate.ts";
import { bornClosed } from "./declarations/born-closed.ts";
import { bottleneckScore } from "./declarations/bottleneck-score.ts";
import { closeRate } from "./declarations/close-rate.ts";
import { cumulativeDaysInStage } from "./declarations/cumulative-days-in-stage.ts";
import { daysInCurrentStage } from "./declarations/days-in-current-stage.ts";
import { daysToFirstStageMove } from "./declarations/days-to-first-stage-move.ts";
import { funnelLeakage } from "./declarations/funnel-leakage.ts";
import { lossReasons } from "./declarations/loss-reasons.ts";
import { lostDeals } from "./declarations/lost-deals.ts";
import { medianDaysInStageKm } from "./declarations/median-days-in-stage-km.ts";
import { openAgeDays } from "./declarations/open-age-days.ts";
import { openAmount } from "./declarations/open-amount.ts";
import { openAmountDue } from "./declarations/open-amount-due.ts";
import { openDeals } from "./declarations/open-deals.ts";
import { overdueCloseDates } from "./declarations/overdue-close-dates.ts";
import { pipelineCoverage } from "./declarations/pipeline-coverage.ts";
import { pipelineCreated } from "./declarations/pipeline-created.ts";
import { pipelineCreatedDeals } from "./declarations/pipeline-created-deals.ts";
import { quota } from "./declarations/quota.ts";
import { quotaAttainment } from "./declarations/quota-attainment.ts";
import { reopenRate } from "./declarations/reopen-rate.ts";
import { revenueConcentration } from "./declarations/revenue-concentration.ts";
import { revenueGrowth } from "./declarations/revenue-growth.ts";
import { salesCycleDays } from "./declarations/sales-cycle-days.ts";
import { salesCycleDaysMedian } from "./declarations/sales-cycle-days-median.ts";
import { salesCycleDaysP90 } from "./declarations/sales-cycle-days-p90.ts";
import { salesVelocity } from "./declarations/sales-velocity.ts";
import { skipRate } from "./declarations/skip-rate.ts";
import { stageConversion } from "./declarations/stage-conversion.ts";
import { stageDropoff } from "./declarations/stage-dropoff.ts";
import { stageEntries } from "./declarations/stage-entries.ts";
import { stageStays } from "./declarations/stage-stays.ts";
import { stageToWinRate } from "./declarations/stage-to-win-rate.ts";
import { timeToCloseMedianKm } from "./declarations/time-to-close-median-km.ts";
import { weightedPipeline } from "./declarations/weighted-pipeline.ts";
import { winIncidence } from "./declarations/win-incidence.ts";
import { winRate } from "./declarations/win-rate.ts";
import { winRateValue } from "./declarations/win-rate-value.ts";
import { winRateWithin30 } from "./declarations/win-rate-within-30.ts";
import { winRateWithin60 } from "./declarations/win-rate-within-60.ts";
import { winRateWithin90 } from "./declarations/win-rate-within-90.ts";
import { winRateWithin120 } from "./declarations/win-rate-within-120.ts";
import { wonAmount } from "./declarations/won-amount.ts";
import { wonDeals } from "./declarations/won-deals.ts";

/** Every KPI, in the order it is listed. A new one is one file in declarations/ and its line here. */
export const METRICS: readonly Metric[] = [
  wonAmount,
  wonDeals,
  lostDeals,
  winRate,
  winRateValue,
  closeRate,
  winRateWithin30,
  winRateWithin60,
  winRateWithin90,
  winRateWithin120,
  winIncidence,
  lossReasons,
  avgDealSize,
  avgDealSizeMedian,
  avgDealSizeTrend,
  revenueGrowth,
  revenueConcentration,
  salesCycleDays,
  salesCycleDaysMedian,
  salesCycleDaysP90,
  timeToCloseMedianKm,
  openAgeDays,
  salesVelocity,
  daysToFirstStageMove,
  openDeals,
  openAmount,
  overdueCloseDates,
  pipelineCreated,
  pipelineCreatedDeals,
  bornClosed,
  openAmountDue,
  weightedPipeline,
  avgDaysInStage,
  avgDaysInStageMedian,
  avgDaysInStageP90,
  stageEntries,
  stageStays,
  cumulativeDaysInStage,
  daysInCurrentStage,
  medianDaysInStageKm,
  stageConversion,
  stageDropoff,
  funnelLeakage,
  bottleneckScore,
  stageToWinRate,
  skipRate,
  backwardRate,
  reopenRate,
  quota,
  quotaAttainment,
  pipelineCoverage,
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
