import type { Reject } from "#core/connector.ts";
import type { JsonValue } from "#core/json.ts";
import type {
  Change,
  Deal,
  DealChange,
  DealChangeField,
  ForecastCategory,
  IdRange,
  Outcome,
  RecordType,
  StageEntry,
} from "#core/records.ts";
import type { Instant } from "#core/time/instant.ts";
import { instantFromMs, msOf } from "#core/time/instant.ts";
import type { Zone } from "#core/time/zone.ts";
import type { FieldNames } from "./config.ts";
import { type HistoryEntry, instantOf, listOf, numberOf, type WireRecord } from "./decode.ts";

/** Changes and rejects made of records, in their order. */
export interface Mapped {
  readonly changes: Change[];
  readonly rejects: Reject[];
}

export interface MapContext {
  readonly fields: FieldNames;
  readonly zone: Zone;
}

/** Text of a property; empty and absent are both null. */
export function value(record: WireRecord, name: string | undefined): string | null {
  const text = name === undefined ? null : record.properties[name];
  return text === undefined || text === null || text === "" ? null : text;
}

/** An instant of a property. What can't be read is null and told in `rejects`: the record is kept without it. */
export function instantIn(record: WireRecord, name: string, type: RecordType, rejects: Reject[]): Instant | null {
  const text = value(record, name);
  if (text === null) return null;
  const instant = instantOf(text);
  if (instant === null) {
    const reason = `${name} is '${text.slice(0, 40)}'; expected a date or time.`;
    rejects.push({ type, ref: record.id, code: "record.bad_date", reason, payload: payloadOf(record) });
  }
  return instant;
}

export function payloadOf(record: WireRecord): JsonValue {
  return { id: record.id, properties: record.properties };
}

/** Former ids of a record that took others in. */
export function mergesOf(type: "deal" | "account" | "contact", record: WireRecord): readonly Change[] {
  const merged = [...listOf(record.properties["hs_merged_object_ids"]), ...listOf(record.properties["hs_calculated_merged_vids"])];
  // Contacts give `id:time` pairs in their calculated list.
  const losers = new Set(merged.map((item) => item.split(":")[0] ?? item));
  losers.delete(record.id);
  return [...losers].map((loser) => ({ type, op: "merge", loser, winner: record.id }));
}

/** A deal with its stage log, its changes, its contacts and whom it swallowed. */
export function mapDeal(record: WireRecord, context: MapContext, linksAreWhole: boolean): Mapped {
  const rejects: Reject[] = [];
  const deal = dealOf(record, context, rejects);
  const changes: Change[] = [{ type: "deal", op: "upsert", record: deal }];
  for (const entry of stageEntries(record)) changes.push({ type: "stageEntry", op: "upsert", record: entry });
  for (const change of dealChanges(record, context)) changes.push({ type: "dealChange", op: "upsert", record: change });
  changes.push(...dealContacts(record, deal.sourceUpdatedAt, linksAreWhole), ...mergesOf("deal", record));
  return { changes, rejects };
}

/** Stands for a pipeline or stage HubSpot left empty: the deal is kept and shows as open in no stage. */
const NONE = "none";

function dealOf(record: WireRecord, { fields, zone }: MapContext, rejects: Reject[]): Deal {
  const closedAt = instantIn(record, "closedate", "deal", rejects);
  const companies = record.links["companies"];
  return {
    id: record.id,
    sourceUpdatedAt: instantIn(record, "hs_lastmodifieddate", "deal", rejects),
    name: value(record, "dealname"),
    ownerId: value(record, "hubspot_owner_id"),
    accountId: companies?.primary ?? companies?.ids[0] ?? null,
    productId: value(record, fields.product),
    pipelineId: value(record, "pipeline") ?? NONE,
    stageId: value(record, "dealstage") ?? NONE,
    outcome: outcomeOf(value(record, "hs_is_closed"), value(record, "hs_is_closed_won")),
    amountRaw: amountIn(record, fields.amount, rejects),
    currency: value(record, "deal_currency_code"),
    createdAt: instantIn(record, "createdate", "deal", rejects),
    closeDay: closedAt === null ? null : zone.dayOf(closedAt),
    closedAt,
    forecastCategory: forecastCategoryOf(value(record, "hs_manual_forecast_category")),
    probability: probabilityOf(value(record, "hs_deal_stage_probability")),
    nextStep: value(record, fields.nextStep),
    source: value(record, fields.source),
    segment: value(record, fields.segment),
    territoryId: value(record, fields.territory),
    lossReason: value(record, fields.lossReason),
    dimensions: Object.fromEntries(Object.entries(fields.dimensions).map(([name, property]) => [name, value(record, property)])),
  };
}

/** An amount as HubSpot's text. Number properties can hold words of old imports: the deal is kept without it. */
function amountIn(record: WireRecord, name: string, rejects: Reject[]): string | null {
  const text = value(record, name)?.trim() ?? null;
  if (text === null || DECIMAL.test(text)) return text;
  const reason = `${name} is '${text.slice(0, 40)}'; expected a decimal number.`;
  rejects.push({ type: "deal", ref: record.id, code: "record.bad_amount", reason, payload: payloadOf(record) });
  return null;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;

/** HubSpot's verdict on the deal; null where the answer leaves both flags out, then the stage decides. */
export function outcomeOf(isClosed: string | null, isWon: string | null): Outcome | null {
  if (isWon === "true") return "won";
  if (isClosed === "true") return "lost";
  return isClosed === "false" || isWon === "false" ? "open" : null;
}

const FORECAST: Readonly<Record<string, ForecastCategory>> = {
  omit: "omitted",
  omitted: "omitted",
  notforecasted: "omitted",
  pipeline: "pipeline",
  bestcase: "best_case",
  mostlikely: "most_likely",
  commit: "commit",
  closed: "closed",
  closedwon: "closed",
};

export function forecastCategoryOf(text: string | null): ForecastCategory | null {
  return FORECAST[(text ?? "").toLowerCase().replaceAll(/[^a-z]/g, "")] ?? null;
}

function probabilityOf(text: string | null): number | null {
  const number = numberOf(text);
  // Outside 0–1 it is kept for the data quality count (R18).
  return number === null ? null : Math.round(number * 1e6) / 1e6;
}

/** A pipeline change is logged with the stage change it brings along, but not always in the same millisecond. */
const SAME_MOVE_MS = 1000;

function stageEntries(record: WireRecord): readonly StageEntry[] {
  const pipelines = record.history["pipeline"] ?? [];
  const entries: StageEntry[] = [];
  for (const [sequence, entry] of numbered(record.history["dealstage"] ?? [])) {
    if (entry.value === null || entry.value === "") continue;
    entries.push({
      id: `${record.id}/${entry.at}/${entry.value}`,
      dealId: record.id,
      pipelineId: pipelineAt(pipelines, entry.at) ?? value(record, "pipeline") ?? NONE,
      stageId: entry.value,
      enteredAt: entry.at,
      sequence,
      actorId: entry.userId,
    });
  }
  return entries;
}

function pipelineAt(pipelines: readonly HistoryEntry[], at: Instant): string | null {
  const until = instantFromMs(msOf(at) + SAME_MOVE_MS);
  const known = pipelines.filter((entry) => entry.value !== null && entry.value !== "");
  return (known.findLast((entry) => entry.at <= until) ?? known[0])?.value ?? null;
}

/** Entries with their place among those of the same instant: it stays the same when older ones fall out of HubSpot's twenty. */
function* numbered(entries: readonly HistoryEntry[]): Generator<readonly [number, HistoryEntry]> {
  let at: string | null = null;
  let sequence = 0;
  for (const entry of entries) {
    sequence = entry.at === at ? sequence + 1 : 0;
    at = entry.at;
    yield [sequence, entry];
  }
}

function dealChanges(record: WireRecord, { fields, zone }: MapContext): readonly DealChange[] {
  const dayOf = (text: string): string | null => {
    const instant = instantOf(text);
    return instant === null ? null : zone.dayOf(instant);
  };
  const same = (text: string): string => text;
  const sources: readonly (readonly [DealChangeField, string, (text: string) => string | null])[] = [
    ["amount", fields.amount, same],
    ["closeDay", "closedate", dayOf],
    ["owner", "hubspot_owner_id", same],
    ["pipeline", "pipeline", same],
    ["currency", "deal_currency_code", same],
    ["forecastCategory", "hs_manual_forecast_category", forecastCategoryOf],
    ["nextStep", fields.nextStep, same],
    ...Object.entries(fields.dimensions).map(([name, property]) => [`dimension:${name}`, property, same] as const),
  ];
  return sources.flatMap(([field, property, read]) =>
    [...numbered(record.history[property] ?? [])].map(([sequence, entry]) => ({
      id: `${record.id}/${field}/${entry.at}/${sequence}`,
      dealId: record.id,
      field,
      changedAt: entry.at,
      sequence,
      value: entry.value === null || entry.value === "" ? null : read(entry.value),
      actorId: entry.userId,
    })),
  );
}

function dealContacts(record: WireRecord, sourceUpdatedAt: Instant | null, areWhole: boolean): readonly Change[] {
  const ids = (record.links["contacts"]?.ids ?? []).map((contactId) => `${record.id}/${contactId}`);
  const upserts = (record.links["contacts"]?.ids ?? []).map(
    (contactId): Change => ({
      type: "dealContact",
      op: "upsert",
      record: { id: `${record.id}/${contactId}`, sourceUpdatedAt, dealId: record.id, contactId, role: null, isPrimary: false },
    }),
  );
  return areWhole ? [...upserts, { type: "dealContact", op: "present", ids, within: childrenOf(record.id) }] : upserts;
}

/** Ids `parent/…`: the slash sorts right before the digit 0. */
export function childrenOf(parent: string): IdRange {
  return { order: "text", after: `${parent}/`, upTo: `${parent}0` };
}
