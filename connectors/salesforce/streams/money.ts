import type { Stream, StreamContext } from "#core/connector.ts";
import type { Change } from "#core/records.ts";
import { mapRows, type Row, textOf } from "../decode.ts";
import { CURRENCY_FIELDS, DATED_RATE_FIELDS, exchangeRates, PERIOD_FIELDS, QUOTA_FIELDS, quotaChanges } from "../map-money.ts";
import type { StreamDeps } from "./incremental.ts";
import { rowsOf, snapshotStream } from "./snapshot.ts";

/** Rates of a multi-currency org, as the organisation's own currency sees them. */
export function exchangeRatesStream(deps: StreamDeps): Stream {
  return snapshotStream({
    name: "exchange-rates",
    emits: ["exchangeRate"],
    read: async (context) => {
      const currencies = await rowsOf(deps, { object: "CurrencyType", fields: CURRENCY_FIELDS, orderBy: ["Id"] }, context);
      if (currencies === null) return null;
      const dated =
        (await rowsOf(deps, { object: "DatedConversionRate", fields: DATED_RATE_FIELDS, orderBy: ["StartDate", "Id"] }, context)) ?? [];
      const rates = exchangeRates(currencies, dated, deps.organization.currency);
      if (rates.length === 0)
        context.log.warn({ currency: deps.organization.currency }, "the org keeps no rate of the organisation's currency");
      const changes = rates.map((record): Change => ({ type: "exchangeRate", op: "upsert", record }));
      return { changes, rejects: [], received: currencies.length + dated.length };
    },
  });
}

/** Forecast type of an org that has not chosen others. */
const USUAL_FORECAST = "OpportunityRevenue";

/** Quotas of collaborative forecasts as targets. There is one row per owner, period and forecast type: one type is taken, never their sum. */
export function quotasStream(deps: StreamDeps): Stream {
  return snapshotStream({
    name: "quotas",
    emits: ["target"],
    read: async (context) => {
      const quotas = await rowsOf(deps, { object: "ForecastingQuota", fields: QUOTA_FIELDS, orderBy: ["Id"] }, context);
      if (quotas === null) return null;
      const type = await forecastTypeId(deps, quotas, context);
      const own = quotas.filter((row) => type === null || row["ForecastingTypeId"] === type);
      const periods = (await rowsOf(deps, { object: "Period", fields: PERIOD_FIELDS, orderBy: ["Id"] }, context)) ?? [];
      const how = {
        connectionId: deps.connectionId,
        periods: new Map(periods.map((row) => [textOf(row, "Id") ?? "", row])),
        organizationCurrency: deps.organization.currency,
      };
      const mapped = mapRows("target", own, (row) => quotaChanges(row, how));
      const ids = own.flatMap((row) => textOf(row, "Id") ?? []);
      const present: Change = { type: "target", op: "present", ids, within: { order: "text", after: null, upTo: null } };
      return { changes: [...mapped.changes, present], rejects: mapped.rejects, received: quotas.length };
    },
  });
}

/** Id of the forecast type to take; null when the quotas name none. */
async function forecastTypeId(deps: StreamDeps, quotas: readonly Row[], context: StreamContext): Promise<string | null> {
  const used = [...new Set(quotas.flatMap((row) => textOf(row, "ForecastingTypeId") ?? []))].sort();
  const [first = null] = used;
  if (used.length <= 1 && deps.settings.forecastingType === undefined) return first;
  const types = (await rowsOf(deps, { object: "ForecastingType", fields: ["DeveloperName", "IsActive"], orderBy: ["Id"] }, context)) ?? [];
  const wanted = deps.settings.forecastingType ?? USUAL_FORECAST;
  const chosen = types.find((row) => row["DeveloperName"] === wanted);
  const id = chosen === undefined ? null : textOf(chosen, "Id");
  if (id === null)
    context.log.warn({ forecastingType: wanted, types: used.length }, "forecast type not found, taking the first: set forecastingType");
  return id ?? first;
}
