import type { Automation, ExchangeRate, Product, Target } from "#core/records.ts";
import type { ProductsTable } from "../schema/deals.ts";
import type { AutomationsTable, TargetsTable } from "../schema/records.ts";
import { type Content, flag, type RecordTable } from "./mapping.ts";
import { currencyOf, minorOf } from "./money.ts";

export const productTable: RecordTable<Product> = {
  table: "products",
  kind: "versioned",
  toRow: (product, context): Content<ProductsTable> => {
    const currency = currencyOf(product.currency, context.currency);
    return {
      name: product.name,
      series: product.series,
      price_raw: product.amountRaw,
      currency,
      price_minor: minorOf(product.amountRaw, currency, "price"),
    };
  },
};

/** Without the acknowledgement, which people give here and not in the CRM. */
export const targetTable: RecordTable<Target> = {
  table: "targets",
  kind: "versioned",
  toRow: (target): Omit<Content<TargetsTable>, "acknowledged_at" | "acknowledged_by"> => ({
    who: target.who,
    metric: target.metric,
    period_start: target.periodStart,
    period_end: target.periodEnd,
    value_raw: target.valueRaw,
    unit: target.unit,
    ramped: flag(target.ramped),
    origin: target.origin,
  }),
};

export const automationTable: RecordTable<Automation> = {
  table: "automations",
  kind: "versioned",
  toRow: (automation): Content<AutomationsTable> => ({
    object: automation.object,
    kind: automation.kind,
    name: automation.name,
    active: flag(automation.active),
  }),
};

export const exchangeRateTable: RecordTable<ExchangeRate> = {
  table: "exchange_rates",
  kind: "log",
  toRow: (rate) => ({ currency: rate.currency, day: rate.day, rate: rate.rate }),
};
