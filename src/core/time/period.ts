import { addDays, type Day, weekday } from "./day.ts";

export const GRAINS = ["day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"] as const;
export type Grain = (typeof GRAINS)[number];

/** Half-open `[start, end)` in the organisation's zone (R6). */
export interface Period {
  readonly grain: Grain;
  readonly start: Day;
  readonly end: Day;
}

/** What turns a day into periods: set once for the organisation. */
export interface PeriodRules {
  /** 1 January … 12 December; a fiscal year is named after the calendar year it ends in. */
  readonly fiscalYearStartMonth: number;
  /** 1 Monday … 7 Sunday. */
  readonly weekStartsOn: number;
}

/** The period of that grain in which the day lies. */
export function periodOf(day: Day, grain: Grain, rules: PeriodRules): Period {
  switch (grain) {
    case "day":
      return { grain, start: day, end: addDays(day, 1) };
    case "week": {
      const start = addDays(day, -((weekday(day) - rules.weekStartsOn + 7) % 7));
      return { grain, start, end: addDays(start, 7) };
    }
    case "month":
      return months(day, grain, 1, 1);
    case "quarter":
      return months(day, grain, 3, 1);
    case "year":
      return months(day, grain, 12, 1);
    case "fiscal_quarter":
      return months(day, grain, 3, rules.fiscalYearStartMonth);
    case "fiscal_year":
      return months(day, grain, 12, rules.fiscalYearStartMonth);
  }
}

/** The periods that touch `[from, to)`, oldest first. */
export function periodsBetween(from: Day, to: Day, grain: Grain, rules: PeriodRules): readonly Period[] {
  const periods: Period[] = [];
  for (let period = periodOf(from, grain, rules); period.start < to; period = periodOf(period.end, grain, rules)) periods.push(period);
  return periods;
}

export function previousPeriod(period: Period, rules: PeriodRules): Period {
  return periodOf(addDays(period.start, -1), period.grain, rules);
}

function months(day: Day, grain: Grain, length: number, firstMonth: number): Period {
  const index = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
  const offset = (((index - (firstMonth - 1)) % length) + length) % length;
  return { grain, start: firstOfMonth(index - offset), end: firstOfMonth(index - offset + length) };
}

function firstOfMonth(index: number): Day {
  return `${String(Math.floor(index / 12)).padStart(4, "0")}-${String((index % 12) + 1).padStart(2, "0")}-01` as Day;
}
