import type { Brand } from "../brand.ts";

/** A calendar day without a zone, `YYYY-MM-DD`; sorts as text (R7: CRM dates are never shifted). */
export type Day = Brand<string, "Day">;

const FORM = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY_MS = 86_400_000;

/** Days since 1970-01-01. */
export function dayNumber(day: Day): number {
  return Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / DAY_MS;
}

export function dayFromNumber(number: number): Day {
  return new Date(number * DAY_MS).toISOString().slice(0, 10) as Day;
}

/** A real day of the calendar, else null (30 February is none). */
export function parseDay(text: string): Day | null {
  if (!FORM.test(text)) return null;
  const ms = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(ms)) return null;
  return new Date(ms).toISOString().startsWith(text) ? (text as Day) : null;
}

export function addDays(day: Day, days: number): Day {
  return dayFromNumber(dayNumber(day) + days);
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return dayNumber(to) - dayNumber(from);
}

/** 1 Monday … 7 Sunday. */
export function weekday(day: Day): number {
  return ((dayNumber(day) + 3) % 7) + 1;
}
