import type { Credit, DealFact, DealState, StayFact } from "#core/facts.ts";
import type { Dimension } from "#core/metric.ts";
import type { ReadDb } from "#warehouse/warehouse.ts";

/** Shown for facts that have no value in a dimension: an own bucket, never dropped (R15). */
export const NONE = "(none)";

/** What a fact says about each dimension asked for. */
export interface DimensionReader {
  readonly names: readonly Dimension[];
  /** Values in the order of `names`. */
  read(fact: DealFact | StayFact): readonly string[];
}

interface LookUps {
  readonly sectors: ReadonlyMap<string, string | null>;
  readonly series: ReadonlyMap<string, string | null>;
}

type Reader = (deal: DealState, stageId: string, pipelineId: string, credit: Credit) => string | null;

/** Prepares the dimensions; loads accounts or products only where one needs them. */
export async function dimensionReader(db: ReadDb, names: readonly Dimension[]): Promise<DimensionReader> {
  const lookUps: LookUps = {
    sectors: names.includes("sector") ? await accountSectors(db) : new Map(),
    series: names.includes("series") ? await productSeries(db) : new Map(),
  };
  const readers = names.map((name) => readerOf(name, lookUps));
  return {
    names,
    read: (fact) => {
      const stageId = "stay" in fact ? fact.stay.stageId : fact.deal.stageId;
      const pipelineId = "stay" in fact ? fact.stay.pipelineId : fact.deal.pipelineId;
      return readers.map((reader) => reader(fact.deal, stageId, pipelineId, fact.credit) ?? NONE);
    },
  };
}

/** The name of a record across connections. */
export function recordName(connectionId: string, id: string | null): string | null {
  return id === null || id === "" ? null : `${connectionId}:${id}`;
}

function readerOf(name: Dimension, lookUps: LookUps): Reader {
  switch (name) {
    case "rep":
      return (_deal, _stage, _pipeline, credit) => credit.personId;
    case "manager":
      return (_deal, _stage, _pipeline, credit) => credit.managerId;
    case "team":
      return (_deal, _stage, _pipeline, credit) => credit.team;
    case "region":
      return (_deal, _stage, _pipeline, credit) => credit.region;
    case "territory":
      return (deal, _stage, _pipeline, credit) => deal.territoryId ?? credit.territory;
    case "pipeline":
      return (deal, _stage, pipelineId) => recordName(deal.connectionId, pipelineId);
    case "stage":
      return (deal, stageId) => recordName(deal.connectionId, stageId);
    case "product":
      return (deal) => recordName(deal.connectionId, deal.productId);
    case "series":
      return (deal) => lookUps.series.get(recordName(deal.connectionId, deal.productId) ?? "") ?? null;
    case "segment":
      return (deal) => deal.segment;
    case "sector":
      return (deal) => lookUps.sectors.get(recordName(deal.connectionId, deal.accountId) ?? "") ?? null;
    case "account":
      return (deal) => recordName(deal.connectionId, deal.accountId);
    case "source":
      return (deal) => deal.source;
    case "connection":
      return (deal) => deal.connectionId;
    default:
      return (deal) => configuredValue(deal.dimensions, name);
  }
}

function configuredValue(dimensions: string, name: string): string | null {
  const data: unknown = JSON.parse(dimensions);
  if (typeof data !== "object" || data === null || !(name in data)) return null;
  const found: unknown = Reflect.get(data, name);
  return found === null || found === "" ? null : String(found);
}

async function accountSectors(db: ReadDb): Promise<ReadonlyMap<string, string | null>> {
  const rows = await db.selectFrom("accounts").select(["connection_id", "source_id", "sector"]).where("sector", "is not", null).execute();
  return new Map(rows.map((row) => [`${row.connection_id}:${row.source_id}`, row.sector]));
}

async function productSeries(db: ReadDb): Promise<ReadonlyMap<string, string | null>> {
  const rows = await db.selectFrom("products").select(["connection_id", "source_id", "series"]).where("series", "is not", null).execute();
  return new Map(rows.map((row) => [`${row.connection_id}:${row.source_id}`, row.series]));
}
