import type { ApiVersion } from "./config.ts";

/** Every path this connector calls; nothing else in it spells one. */
export interface Paths {
  objects(type: string): string;
  associations(from: string, to: string): string;
  properties(type: string): string;
  pipelines(type: string): string;
  owners(): string;
  account(): string;
  exchangeRates(): string;
  token(): string;
}

/** Not yet found in a dated form: used by every version until it is. */
const EXCHANGE_RATES = "/settings/v3/currencies/exchange-rates";
/** The OAuth v1 endpoint closes on 2027-02-16, so every version refreshes on the dated one. */
const TOKEN = "/oauth/2026-03/token";

function dated(version: string): Paths {
  return {
    objects: (type) => `/crm/objects/${version}/${type}`,
    associations: (from, to) => `/crm/associations/${version}/${from}/${to}`,
    properties: (type) => `/crm/properties/${version}/${type}`,
    pipelines: (type) => `/crm/pipelines/${version}/${type}`,
    owners: () => `/crm/owners/${version}`,
    account: () => `/account-info/${version}/details`,
    exchangeRates: () => EXCHANGE_RATES,
    token: () => TOKEN,
  };
}

/** Switching versions is a setting: the paths differ, the shapes read here do not. */
export const PATHS: Readonly<Record<ApiVersion, Paths>> = {
  v3: {
    objects: (type) => `/crm/v3/objects/${type}`,
    associations: (from, to) => `/crm/v4/associations/${from}/${to}`,
    properties: (type) => `/crm/v3/properties/${type}`,
    pipelines: (type) => `/crm/v3/pipelines/${type}`,
    owners: () => "/crm/v3/owners",
    account: () => "/account-info/v3/details",
    exchangeRates: () => EXCHANGE_RATES,
    token: () => TOKEN,
  },
  "2026-03": dated("2026-03"),
  "2026-09": dated("2026-09"),
};

/** From when on HubSpot no longer supports a version (each dated one has 18 months; v4 associations end with March 2027). */
export const SUPPORTED_UNTIL: Readonly<Record<ApiVersion, string>> = {
  v3: "2027-03-30",
  "2026-03": "2027-09-30",
  "2026-09": "2028-03-31",
};
