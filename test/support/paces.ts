import { type Day, dayFromNumber, dayNumber } from "#core/time/day.ts";
import type { DealPace } from "#metrics/deal-pace.ts";

/** A deal's pace; `isStuck` and `stuckSince` follow from the days unless given. */
export function pace(change: Partial<DealPace> = {}): DealPace {
  const { daysInStage = 30, thresholdDays = 28, enteredOn = "2026-05-03" as Day } = change;
  const isStuck = daysInStage > thresholdDays;
  return {
    ...{ connectionId: "hs", dealId: "1", name: "Deal 1", ownerPersonId: "ann@acme.example", managerPersonId: "mia@acme.example" },
    ...{
      accountName: "Account",
      pipelineId: "default",
      stageId: "proposal",
      stageLabel: "Proposal",
      amountMinor: 100_000,
      currency: "EUR",
    },
    ...{ enteredOn, basis: "recorded", daysInStage, typicalDays: 14, sampleSize: 23, thresholdDays, isStuck },
    stuckSince: isStuck ? dayFromNumber(dayNumber(enteredOn) + thresholdDays + 1) : null,
    ...change,
  };
}
