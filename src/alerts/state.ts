import type { JsonObject } from "#core/json.ts";
import type { Day } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";

/** From mild to severe. */
export const ALERT_LEVELS = ["warning", "critical"] as const;
export type AlertLevel = (typeof ALERT_LEVELS)[number];

export const ALERT_STATES = ["normal", "pending", "firing", "recovering", "resolved", "no_data", "error"] as const;
export type AlertStateName = (typeof ALERT_STATES)[number];

/** Why a state changed or a person is told (A6). */
export const ALERT_REASONS = [
  ...(["baseline", "pending", "cleared", "first", "existing", "level_up", "level_down", "reminder"] as const),
  ...(["recovering", "relapse", "resolved", "gone", "no_data", "error"] as const),
] as const;
export type AlertReason = (typeof ALERT_REASONS)[number];

/** One level's limits: fires beyond `fire`, ends only at or within `clear`, which lies on the harmless side (A2). */
export interface Threshold {
  readonly level: AlertLevel;
  readonly fire: number;
  readonly clear: number;
}

/** What a rule found for one subject. */
export type Observation =
  | {
      readonly state: "value";
      readonly value: number;
      /** `above`: higher is worse. */
      readonly bad: "above" | "below";
      readonly thresholds: readonly Threshold[];
      readonly evidence: JsonObject;
    }
  /** The subject is no longer there: a closed or deleted deal. */
  | { readonly state: "absent" }
  | { readonly state: "no_data"; readonly why: string }
  | { readonly state: "error"; readonly why: string };

/** How long something must hold before it counts (A3). */
export interface Hold {
  readonly unit: "evaluations" | "businessDays";
  readonly count: number;
}

export interface AlertPolicy {
  readonly fireAfter: Hold;
  readonly resolveAfter: Hold;
  /** Business days after which a recipient is told again while nothing changed; null: never (A5). */
  readonly repeatAfterDays: number | null;
}

/** Where one rule stands for one subject. */
export interface AlertState {
  readonly state: AlertStateName;
  readonly level: AlertLevel | null;
  readonly since: Instant;
  /** Evaluations in a row that found what `pending` or `recovering` waits for. */
  readonly heldFor: number;
  /** Start of the present firing; kept through `recovering`, `no_data` and `error`. */
  readonly firedAt: Instant | null;
  /** When a recipient was last told of this firing. */
  readonly toldAt: Instant | null;
  /** `preview`: operations only. */
  readonly toldHow: "live" | "preview" | null;
  readonly evidence: JsonObject;
}

/** A change worth a row in `alert_events`. */
export interface AlertEvent {
  readonly from: AlertStateName;
  readonly to: AlertStateName;
  readonly level: AlertLevel | null;
  readonly reason: AlertReason;
  /** Whether somebody is to be told. */
  readonly notify: boolean;
}

export interface Transition {
  readonly next: AlertState;
  readonly event: AlertEvent | null;
}

/** The moment of an evaluation. */
export interface AlertMoment {
  readonly now: Instant;
  /** Whole business days between two moments, of the organisation's calendar. */
  businessDays(from: Instant, to: Instant): number;
}

/** Whole business days from the day of `from` (left out) to the day of `to` (counted). */
export function businessDaysBetween(from: Day, to: Day, isWorkingDay: (day: Day) => boolean, next: (day: Day) => Day): number {
  let count = 0;
  for (let day = next(from); day <= to; day = next(day)) if (isWorkingDay(day)) count += 1;
  return count;
}
