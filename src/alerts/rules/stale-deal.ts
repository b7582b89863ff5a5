import type { JsonObject } from "#core/json.ts";
import type { Day } from "#core/time/day.ts";
import type { DealPace } from "#metrics/deal-pace.ts";
import type { Observation, Threshold } from "../state.ts";

/** Settings of the rule `stale_deal` (catalogue section 3). */
export interface StaleDealRule {
  readonly id: string;
  /** Stuck beyond this many typical stays. */
  readonly multiplier: number;
  /** Never stuck before this many days in the stage. */
  readonly minimumDays: number;
  /** An alert ends only when the days fall to this share of the limit: a moving median must not make it flicker (A2). */
  readonly clearShare: number;
  /** Critical beyond this many limits; null: never. */
  readonly criticalLimits: number | null;
  /** Deals below this amount are left out, in minor units of their own currency's two decimals; null: none. */
  readonly minimumAmount: number | null;
}

/** What a mail shows of one stuck deal, as stored with its state. A type, not an interface, so that it is JSON. */
export type StaleDealEvidence = {
  readonly connectionId: string;
  readonly dealId: string;
  readonly name: string | null;
  readonly account: string | null;
  readonly ownerPersonId: string | null;
  readonly stage: string;
  readonly enteredOn: Day;
  /** No stage history: the stay is counted from creation. */
  readonly assumed: boolean;
  readonly days: number;
  readonly typicalDays: number | null;
  readonly sampleSize: number;
  readonly limitDays: number;
  readonly stuckSince: Day | null;
  readonly amountMinor: number | null;
  readonly currency: string;
};

/** Subject id of a deal: `connection:id`. */
export function dealSubject(deal: { readonly connectionId: string; readonly dealId: string }): string {
  return `${deal.connectionId}:${deal.dealId}`;
}

/** One observation per open deal. Its pace must have been computed with the rule's own multiplier and minimum. */
export function observeStaleDeals(
  rule: StaleDealRule,
  paces: readonly DealPace[],
  major: (minor: number, currency: string) => number,
): ReadonlyMap<string, Observation> {
  const isLargeEnough = (pace: DealPace): boolean =>
    rule.minimumAmount === null || (pace.amountMinor !== null && major(pace.amountMinor, pace.currency) >= rule.minimumAmount);
  return new Map(paces.filter(isLargeEnough).map((pace) => [dealSubject(pace), observe(rule, pace)]));
}

function observe(rule: StaleDealRule, pace: DealPace): Observation {
  return {
    ...{ state: "value", bad: "above", value: pace.daysInStage },
    thresholds: thresholdsOf(rule, pace.thresholdDays),
    evidence: evidenceOf(pace),
  };
}

function thresholdsOf(rule: StaleDealRule, limitDays: number): readonly Threshold[] {
  const at = (level: Threshold["level"], fire: number): Threshold => ({ level, fire, clear: fire * rule.clearShare });
  const warning = at("warning", limitDays);
  return rule.criticalLimits === null ? [warning] : [warning, at("critical", limitDays * rule.criticalLimits)];
}

function evidenceOf(pace: DealPace): StaleDealEvidence & JsonObject {
  return {
    ...{ connectionId: pace.connectionId, dealId: pace.dealId, name: pace.name, account: pace.accountName },
    ...{ ownerPersonId: pace.ownerPersonId, stage: pace.stageLabel, enteredOn: pace.enteredOn },
    assumed: pace.basis === "created",
    ...{ days: pace.daysInStage, typicalDays: pace.typicalDays, sampleSize: pace.sampleSize, limitDays: pace.thresholdDays },
    ...{ stuckSince: pace.stuckSince, amountMinor: pace.amountMinor, currency: pace.currency },
  };
}

/** Evidence as this program stored it; anything else is a damaged row. */
export function decodeStaleDeal(evidence: JsonObject): StaleDealEvidence {
  if (typeof evidence["dealId"] !== "string" || typeof evidence["days"] !== "number") {
    throw new TypeError("A stored alert does not hold the facts of a deal.");
  }
  return evidence as StaleDealEvidence;
}
