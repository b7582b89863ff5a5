import { isCurrency } from "#core/money.ts";
import type { ExchangeRate } from "#core/records.ts";
import { parseDay } from "#core/time/day.ts";
import { type LineProblem, readCsvTable } from "./csv-table.ts";

const RATE = /^\d{1,12}(\.\d{1,12})?$/;

/** Reads exchange rates: `currency,date,rate`, units of the organisation's currency for one unit, valid from the date on. */
export function readRatesFile(
  path: string,
): Promise<{ readonly rows: readonly ExchangeRate[]; readonly problems: readonly LineProblem[] }> {
  const seen = new Set<string>();
  return readCsvTable(path, { required: ["currency", "date", "rate"] as const, optional: [] }, ({ cell }) => {
    const currency = (cell("currency") ?? "").toUpperCase();
    const day = parseDay(cell("date") ?? "");
    const rate = cell("rate") ?? "";
    if (!isCurrency(currency)) return { problem: `currency is '${currency.slice(0, 20)}', expected an ISO 4217 code such as USD` };
    if (day === null) return { problem: `date is '${(cell("date") ?? "").slice(0, 20)}', expected a day such as 2026-01-31` };
    if (!RATE.test(rate) || Number(rate) <= 0)
      return { problem: `rate is '${rate.slice(0, 20)}', expected a positive number such as 4.2655` };
    const id = `${currency}/${day}`;
    if (seen.has(id)) return { problem: `${currency} has a rate of ${day} already` };
    seen.add(id);
    return { row: { id, currency, day, rate: Number(rate) } };
  });
}
