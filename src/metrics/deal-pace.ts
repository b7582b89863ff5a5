import type { Day } from "#core/time/day.ts";

/** How an open deal moves against what is usual for deals that were won (catalogue §3, `stale_deal`). */
export interface DealPace {
  readonly connectionId: string;
  readonly dealId: string;
  readonly name: string | null;
  readonly ownerPersonId: string | null;
  readonly managerPersonId: string | null;
  readonly accountName: string | null;
  readonly pipelineId: string;
  readonly stageId: string;
  readonly stageLabel: string;
  /** In the deal's own currency. */
  readonly amountMinor: number | null;
  readonly currency: string;
  readonly enteredOn: Day;
  /** `recorded` by the CRM, `observed` by us, `created`: no stage history, counted from creation. */
  readonly basis: string;
  readonly daysInStage: number;
  /** Median settled stay of won deals in this pipeline and stage over 12 months; null: too few of them. */
  readonly typicalDays: number | null;
  /** Stays behind `typicalDays`. */
  readonly sampleSize: number;
  readonly thresholdDays: number;
  readonly isStuck: boolean;
  /** First day on which it was stuck; null while it is not. */
  readonly stuckSince: Day | null;
}

export interface PaceRule {
  /** Stuck above this many times the typical stay. Default 2. */
  readonly multiplier?: number;
  /** Never stuck at or under this many days. Default 7. */
  readonly minimumDays?: number;
  /** Fewer settled stays than this: `guardDays` instead of the typical stay. Default 10. */
  readonly guardStays?: number;
  /** Default 30. */
  readonly guardDays?: number;
}

/** Days in a stage above which a deal counts as stuck. Pure. */
export function paceThreshold(typicalDays: number | null, sampleSize: number, rule: PaceRule = {}): number {
  const { multiplier = 2, minimumDays = 7, guardStays = 10, guardDays = 30 } = rule;
  if (typicalDays === null || sampleSize < guardStays) return guardDays;
  return Math.max(multiplier * typicalDays, minimumDays);
}
