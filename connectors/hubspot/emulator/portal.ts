import type { Rng } from "#core/rng.ts";
import type { SandboxClock } from "#sandbox/clock.ts";
import { OBJECT_TYPES, type ObjectType, TYPE_NAMES } from "./object-types.ts";
import type { StoredPipeline } from "./pipelines.ts";
import type { PropertyGroup, StoredProperty } from "./properties.ts";
import { newRecord, type Source, type StoredRecord } from "./record.ts";

/** Records of one type, in the order of their ids. */
export interface Table {
  readonly type: ObjectType;
  readonly records: StoredRecord[];
  readonly byId: Map<number, StoredRecord>;
  /** Loser of a merge → survivor. */
  readonly mergedInto: Map<number, number>;
}

export interface Owner {
  readonly id: number;
  readonly userId: number | null;
  readonly type: "PERSON" | "QUEUE";
  readonly email: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly createdMs: number;
  readonly archivedMs: number | null;
  readonly teams: readonly { readonly id: number; readonly name: string; readonly primary: boolean }[];
}

export interface ExchangeRate {
  readonly id: number;
  readonly from: string;
  /** Home amount = amount × rate. */
  readonly rate: number;
  readonly effectiveMs: number;
}

/** All that one HubSpot account holds. */
export interface Portal {
  readonly id: number;
  readonly timeZone: string;
  readonly uiDomain: string;
  readonly homeCurrency: string;
  readonly otherCurrencies: readonly string[];
  readonly clock: SandboxClock;
  readonly rng: Rng;
  readonly tables: Readonly<Record<ObjectType, Table>>;
  readonly owners: Owner[];
  readonly rates: ExchangeRate[];
  readonly pipelines: Readonly<Record<"deals" | "leads", StoredPipeline[]>>;
  readonly properties: Readonly<Record<ObjectType, Map<string, StoredProperty>>>;
  readonly groups: Readonly<Record<ObjectType, Map<string, PropertyGroup>>>;
  /** How late the search index is. */
  readonly indexLagMs: number;
}

function perType<T>(make: (type: ObjectType) => T): Readonly<Record<ObjectType, T>> {
  // Object.fromEntries cannot tell that every key is there.
  return Object.fromEntries(TYPE_NAMES.map((type) => [type, make(type)])) as Readonly<Record<ObjectType, T>>;
}

export function newPortal(
  options: Pick<Portal, "id" | "timeZone" | "homeCurrency" | "otherCurrencies" | "clock" | "rng" | "indexLagMs">,
): Portal {
  return {
    ...options,
    uiDomain: "app-eu1.hubspot.com",
    tables: perType((type) => ({ type, records: [], byId: new Map(), mergedInto: new Map() })),
    owners: [],
    rates: [],
    pipelines: { deals: [], leads: [] },
    properties: perType(() => new Map()),
    groups: perType(() => new Map()),
  };
}

export function addRecord(
  portal: Portal,
  type: ObjectType,
  ms: number,
  values: Readonly<Record<string, string>>,
  source: Source,
): StoredRecord {
  const table = portal.tables[type];
  // Ids have gaps, as those of a portal with many writers.
  const record = newRecord(type, OBJECT_TYPES[type].idBase + table.records.length * 7, ms, values, source);
  table.records.push(record);
  table.byId.set(record.id, record);
  return record;
}

/** By id as text; a merged id finds its survivor where `followMerges`. */
export function findRecord(portal: Portal, type: ObjectType, id: string, followMerges: boolean): StoredRecord | null {
  if (!/^\d+$/.test(id)) return null;
  const table = portal.tables[type];
  let number = Number(id);
  for (let next = table.mergedInto.get(number); next !== undefined; next = table.mergedInto.get(number)) {
    if (!followMerges) return null;
    number = next;
  }
  return table.byId.get(number) ?? null;
}

/** The rate that turns an amount into the home currency at that moment; null when none is known. */
export function rateAt(portal: Portal, currency: string, ms: number): number | null {
  if (currency === portal.homeCurrency) return 1;
  let best: ExchangeRate | null = null;
  for (const rate of portal.rates) {
    if (rate.from === currency && rate.effectiveMs <= ms && (best === null || rate.effectiveMs > best.effectiveMs)) best = rate;
  }
  return best?.rate ?? null;
}
