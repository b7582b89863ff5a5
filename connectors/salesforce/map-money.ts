import { AppError } from "#core/errors.ts";
import type { Change, ExchangeRate, Target } from "#core/records.ts";
import { addDays, type Day, parseDay } from "#core/time/day.ts";
import { dayOf, decimalOf, isSet, numberOf, ownId, type Row, reference, textOf } from "./decode.ts";

export const CURRENCY_FIELDS = ["IsoCode", "ConversionRate", "IsCorporate", "IsActive"];
export const DATED_RATE_FIELDS = ["IsoCode", "StartDate", "ConversionRate"];

/** Before it no organisation kept books in the CRM: rates without a date hold since then. */
const ALWAYS = "1970-01-01" as Day;

/** Units of a currency for one unit of the corporate currency, from a day on. */
interface CorporateRate {
  readonly currency: string;
  readonly day: Day;
  readonly perCorporate: number;
}

/** Salesforce's rates say how many units one corporate unit buys; ours say how many units of the organisation's currency one unit is worth.
 *  Dated rates hold where there are any, the undated ones before the first of them. Empty when the organisation's currency is not kept. */
export function exchangeRates(currencies: readonly Row[], dated: readonly Row[], organizationCurrency: string): readonly ExchangeRate[] {
  const rates = corporateRates(currencies, dated);
  const own = rates.get(organizationCurrency);
  if (own === undefined) return [];
  return [...rates].flatMap(([currency, history]) => {
    const days = [...new Set([...history, ...own].map((rate) => rate.day))].sort();
    return days.flatMap((day) => {
      const theirs = rateOn(history, day);
      const ours = rateOn(own, day);
      return theirs === null || ours === null ? [] : [{ id: `${currency}:${day}`, currency, day, rate: ours / theirs }];
    });
  });
}

function corporateRates(currencies: readonly Row[], dated: readonly Row[]): ReadonlyMap<string, readonly CorporateRate[]> {
  const all = [
    ...currencies.map((row) => corporateRate(row, ALWAYS)),
    ...dated.map((row) => corporateRate(row, dayOf(row, "StartDate") ?? ALWAYS)),
  ].filter((rate) => rate !== null);
  // A dated rate on the first day replaces the undated one: later in the list wins.
  const unique = new Map(all.map((rate) => [`${rate.currency}:${rate.day}`, rate]));
  const sorted = [...unique.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
  return Map.groupBy(sorted, (rate) => rate.currency);
}

function corporateRate(row: Row, day: Day): CorporateRate | null {
  const currency = textOf(row, "IsoCode");
  const perCorporate = isSet(row, "IsCorporate") ? 1 : numberOf(row, "ConversionRate");
  return currency === null || perCorporate === null || perCorporate <= 0 ? null : { currency, day, perCorporate };
}

function rateOn(history: readonly CorporateRate[], day: Day): number | null {
  return history.findLast((rate) => rate.day <= day)?.perCorporate ?? null;
}

export const QUOTA_FIELDS = [
  ...["QuotaOwnerId", "StartDate", "PeriodId", "QuotaAmount", "QuotaQuantity", "IsAmount", "IsQuantity", "ForecastingTypeId"],
  ...["CurrencyIsoCode", "SystemModstamp"],
];
export const PERIOD_FIELDS = ["StartDate", "EndDate", "Type"];

export interface QuotaContext {
  readonly connectionId: string;
  readonly periods: ReadonlyMap<string, Row>;
  readonly organizationCurrency: string;
}

/** An amount quota of one user and period; quotas in units have no KPI to go to and are left out. */
export function quotaChanges(row: Row, context: QuotaContext): readonly Change[] {
  const id = ownId(row);
  const owner = reference(row, "QuotaOwnerId");
  const value = decimalOf(row, "QuotaAmount");
  if (owner === null || value === null || row["IsAmount"] === false) return [{ type: "target", op: "delete", id }];
  const { start, end } = periodOf(row, context.periods);
  const record: Target = {
    id,
    sourceUpdatedAt: null,
    who: `${context.connectionId}:${owner}`,
    metric: "won_amount",
    periodStart: start,
    periodEnd: end,
    valueRaw: value,
    unit: textOf(row, "CurrencyIsoCode") ?? context.organizationCurrency,
    ramped: false,
    origin: "salesforce",
  };
  return [{ type: "target", op: "upsert", record }];
}

/** First day and the day after the last. */
function periodOf(row: Row, periods: ReadonlyMap<string, Row>): { readonly start: Day; readonly end: Day } {
  const period = periods.get(reference(row, "PeriodId") ?? "");
  const start = (period === undefined ? null : dayOf(period, "StartDate")) ?? dayOf(row, "StartDate");
  if (start === null) throw noPeriod();
  const last = period === undefined ? null : dayOf(period, "EndDate");
  return { start, end: last === null ? monthAfter(start) : addDays(last, 1) };
}

/** Without a readable period a quota is monthly: that is the shortest a forecast can be. */
function monthAfter(start: Day): Day {
  const [year = 0, month = 0] = start.split("-").map(Number);
  const next = month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, "0")}`;
  return parseDay(`${next}-${start.slice(8)}`) ?? addDays(start, 30);
}

function noPeriod(): AppError {
  return new AppError({ code: "record.bad_field", recovery: "skip", message: "The quota names no period and no start date." });
}
