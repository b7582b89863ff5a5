import type { Day } from "./time/day.ts";
import type { PeriodRules } from "./time/period.ts";

export const LANGUAGES = ["en", "ja", "ko", "pl"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Days and hours on which people work; holidays are days of the organisation's own calendar. */
export interface WorkCalendar {
  readonly holidays: ReadonlySet<Day>;
  /** 1 Monday … 7 Sunday. */
  readonly workingDays: ReadonlySet<number>;
  /** Minutes since local midnight. */
  readonly opensAt: number;
  readonly closesAt: number;
}

/** What every number rests on: zone, currency and calendar of the organisation. */
export interface Organization {
  readonly name: string;
  readonly timeZone: string;
  /** ISO 4217; results are in this currency (R12). */
  readonly currency: string;
  readonly language: Language;
  readonly periods: PeriodRules;
  readonly calendar: WorkCalendar;
}
