import type { FieldValue, WriteTarget } from "#core/writeback.ts";
import type { DealPace } from "#metrics/deal-pace.ts";

/** What our fields of one record should hold. Never a value that ages by itself (W3). */
export interface DesiredRecord {
  readonly target: WriteTarget;
  /** The CRM's id. */
  readonly id: string;
  readonly values: Readonly<Record<string, FieldValue>>;
}

/** Desired values of the open deals of one connection. */
export function desiredDeals(paces: readonly DealPace[], connectionId: string): readonly DesiredRecord[] {
  return paces
    .filter((pace) => pace.connectionId === connectionId)
    .map((pace) => ({
      ...({ target: "deal", id: pace.dealId } as const),
      values: {
        stuck_since: pace.isStuck ? pace.stuckSince : null,
        // Without a stage history nobody knows when the deal came here: an assumed day is not written as a fact.
        stage_entered_on: pace.basis === "created" ? null : pace.enteredOn,
        typical_days: pace.typicalDays,
      },
    }));
}
