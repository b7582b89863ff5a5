import { apiError } from "./replies.ts";

const DAY_MS = 86_400_000;

/** `[from, to)` in milliseconds of a date literal such as TODAY or LAST_N_DAYS:30, days counted in UTC. */
export function dateLiteral(text: string, nowMs: number): readonly [from: number, to: number] {
  const [name = "", count = "0"] = text.toUpperCase().split(":");
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const n = Number(count);
  const now = new Date(today);
  const month = (shift: number): number => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + shift, 1);
  const quarter = (shift: number): number => Date.UTC(now.getUTCFullYear(), Math.floor(now.getUTCMonth() / 3) * 3 + shift * 3, 1);
  const year = (shift: number): number => Date.UTC(now.getUTCFullYear() + shift, 0, 1);
  const spans: Readonly<Record<string, readonly [number, number]>> = {
    TODAY: [today, today + DAY_MS],
    YESTERDAY: [today - DAY_MS, today],
    TOMORROW: [today + DAY_MS, today + 2 * DAY_MS],
    LAST_N_DAYS: [today - n * DAY_MS, today + DAY_MS],
    NEXT_N_DAYS: [today + DAY_MS, today + (n + 1) * DAY_MS],
    THIS_MONTH: [month(0), month(1)],
    LAST_MONTH: [month(-1), month(0)],
    NEXT_MONTH: [month(1), month(2)],
    THIS_QUARTER: [quarter(0), quarter(1)],
    LAST_QUARTER: [quarter(-1), quarter(0)],
    NEXT_QUARTER: [quarter(1), quarter(2)],
    THIS_YEAR: [year(0), year(1)],
    LAST_YEAR: [year(-1), year(0)],
    NEXT_YEAR: [year(1), year(2)],
  };
  const span = spans[name];
  if (span === undefined) throw apiError(400, "MALFORMED_QUERY", `unexpected token: '${text}'`);
  return span;
}

/** Parts of a date or datetime, as grouping functions give them. */
export function datePart(name: string, value: string, fiscalYearStartMonth: number): number | string | null {
  const year = Number(value.slice(0, 4));
  const month = Number(value.slice(5, 7));
  const fiscalIndex = (month - fiscalYearStartMonth + 12) % 12;
  switch (name.toUpperCase()) {
    case "CALENDAR_YEAR":
      return year;
    case "CALENDAR_QUARTER":
      return Math.floor((month - 1) / 3) + 1;
    case "CALENDAR_MONTH":
      return month;
    case "FISCAL_YEAR":
      return fiscalYearStartMonth === 1 ? year : month >= fiscalYearStartMonth ? year + 1 : year;
    case "FISCAL_QUARTER":
      return Math.floor(fiscalIndex / 3) + 1;
    case "FISCAL_MONTH":
      return fiscalIndex + 1;
    case "DAY_ONLY":
      return value.slice(0, 10);
    case "DAY_IN_MONTH":
      return Number(value.slice(8, 10));
    default:
      return null;
  }
}

export const isDatePart = (name: string): boolean => datePart(name, "2026-01-01", 1) !== null;
