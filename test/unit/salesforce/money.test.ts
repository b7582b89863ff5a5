import { expect, test } from "vitest";
import { exchangeRates, quotaChanges } from "#connectors/salesforce/map-money.ts";

const corporate = { IsoCode: "USD", ConversionRate: 1, IsCorporate: true };
const euro = { IsoCode: "EUR", ConversionRate: 0.8 };
const yen = { IsoCode: "JPY", ConversionRate: 160 };

test("rates are turned round: units of our currency for one of theirs", () => {
  const rates = exchangeRates([corporate, euro, yen], [], "EUR");
  expect(rates.map(({ currency, rate }) => [currency, Number(rate.toFixed(6))])).toEqual([
    ["USD", 0.8],
    ["EUR", 1],
    ["JPY", 0.005],
  ]);
});

test("dated rates hold from their day, ours and theirs", () => {
  const dated = [
    { IsoCode: "JPY", StartDate: "2026-01-01", ConversionRate: 200 },
    { IsoCode: "EUR", StartDate: "2026-02-01", ConversionRate: 0.5 },
  ];
  const yens = exchangeRates([corporate, euro, yen], dated, "EUR").filter(({ currency }) => currency === "JPY");
  expect(yens.map(({ day, rate }) => [day, rate])).toEqual([
    ["1970-01-01", 0.005],
    ["2026-01-01", 0.004],
    ["2026-02-01", 0.0025],
  ]);
  expect(new Set(yens.map(({ id }) => id)).size).toBe(3);
});

test("without a rate of our own currency there are none: a missing rate is never 1", () => {
  expect(exchangeRates([corporate, yen], [], "EUR")).toEqual([]);
  expect(exchangeRates([corporate, euro, { IsoCode: "PLN", ConversionRate: 0 }], [], "EUR").map(({ currency }) => currency)).toEqual([
    "USD",
    "EUR",
  ]);
});

const quota = {
  Id: "0J9000000000001AAA",
  QuotaOwnerId: "005000000000001AAA",
  PeriodId: "026000000000001AAA",
  StartDate: "2026-01-01",
  QuotaAmount: 50_000,
  IsAmount: true,
};
const context = {
  connectionId: "sf",
  organizationCurrency: "EUR",
  periods: new Map([["026000000000001AAA", { StartDate: "2026-01-01", EndDate: "2026-03-31" }]]),
};

test("a quota is a target of its owner for the days of its period", () => {
  expect(quotaChanges(quota, context)).toMatchObject([
    {
      op: "upsert",
      record: {
        who: "sf:005000000000001AAA",
        metric: "won_amount",
        periodStart: "2026-01-01",
        periodEnd: "2026-04-01",
        valueRaw: "50000",
        unit: "EUR",
      },
    },
  ]);
});

test("without a readable period a quota is monthly; in units it is no target of ours", () => {
  const noPeriod = { ...context, periods: new Map() };
  expect(quotaChanges({ ...quota, StartDate: "2026-12-01" }, noPeriod)).toMatchObject([
    { record: { periodStart: "2026-12-01", periodEnd: "2027-01-01" } },
  ]);
  expect(quotaChanges({ ...quota, IsAmount: false, QuotaAmount: null, QuotaQuantity: 3 }, context)).toMatchObject([{ op: "delete" }]);
});
