import { createdProperty, modifiedProperty } from "./object-types.ts";
import type { StoredPipeline, StoredStage } from "./pipelines.ts";
import { type Portal, rateAt } from "./portal.ts";
import { stageSuffix } from "./properties.ts";
import type { HistoryEntry, StoredRecord } from "./record.ts";
import { msOfWire, plainNumber, wireNumber, wireTime } from "./wire.ts";

const DAY_MS = 86_400_000;
type Values = Readonly<Record<string, string>>;

/** The value a read shows for a property, stored or worked out; undefined when it is empty. */
export function propertyValue(
  portal: Portal,
  record: StoredRecord,
  name: string,
  values: Values = record.values,
  modifiedMs = record.modifiedMs,
): string | undefined {
  if (name === "hs_object_id") return String(record.id);
  if (name === createdProperty(record.type)) return wireTime(record.createdMs);
  if (name === modifiedProperty(record.type) || name === "hs_lastmodifieddate") return wireTime(modifiedMs);
  if (name.startsWith("hs_v2_")) return stageTime(portal, record, name);
  if (record.type === "deals" && COMPUTED.has(name)) return dealValue(portal, record, name, values);
  if (record.type === "line_items" && (name === "amount" || name === "hs_line_item_currency_amount")) {
    return plainNumber(Number(values["quantity"] ?? 0) * Number(values["price"] ?? 0), 2);
  }
  if (record.type === "contacts" && name === "associatedcompanyid") return record.links.companies?.[0]?.toString();
  return values[name];
}

export function stageOfDeal(portal: Portal, values: Values): StoredStage | undefined {
  return portal.pipelines.deals
    .find((pipeline) => pipeline.id === values["pipeline"])
    ?.stages.find((stage) => stage.id === values["dealstage"]);
}

/** Deal properties that are worked out on every read; the others are stored. */
const COMPUTED: ReadonlySet<string> = new Set([
  "hs_is_closed",
  "hs_is_closed_won",
  "hs_is_closed_lost",
  "hs_deal_stage_probability",
  "hs_projected_amount",
  "hs_forecast_amount",
  "hs_closed_amount",
  "hs_exchange_rate",
  "amount_in_home_currency",
  "days_to_close",
  "num_associated_contacts",
]);

function dealValue(portal: Portal, record: StoredRecord, name: string, values: Values): string | undefined {
  const stage = stageOfDeal(portal, values);
  const probability = Number(stage?.metadata["probability"] ?? 0);
  const isClosed = stage?.metadata["isClosed"] === "true";
  const isWon = isClosed && probability === 1;
  switch (name) {
    case "hs_is_closed":
      return String(isClosed);
    case "hs_is_closed_won":
      return String(isWon);
    case "hs_is_closed_lost":
      return String(isClosed && !isWon);
    case "hs_deal_stage_probability":
      return stage === undefined ? undefined : wireNumber(probability);
    case "hs_projected_amount":
      return times(values["amount"], probability);
    case "hs_forecast_amount":
      return times(values["amount"], Number(values["hs_forecast_probability"] ?? 0));
    case "hs_closed_amount":
      return values["amount"] === undefined ? undefined : isWon ? values["amount"] : "0";
    case "hs_exchange_rate":
    case "amount_in_home_currency":
      return homeAmount(portal, values, isClosed, name);
    case "days_to_close":
      return values["closedate"] === undefined
        ? undefined
        : String(Math.max(0, Math.floor((msOfWire(values["closedate"]) - record.createdMs) / DAY_MS)));
    case "num_associated_contacts":
      return String(record.links.contacts?.length ?? 0);
    default:
      return undefined;
  }
}

function times(amount: string | undefined, factor: number): string | undefined {
  return amount === undefined ? undefined : wireNumber(Number(amount) * factor);
}

/** Frozen at the close date's rate once closed; until then it moves with the rates (fact sheet section 10). */
function homeAmount(portal: Portal, values: Values, isClosed: boolean, name: string): string | undefined {
  const atMs = isClosed && values["closedate"] !== undefined ? msOfWire(values["closedate"]) : portal.clock.nowMs();
  const rate = rateAt(portal, values["deal_currency_code"] ?? portal.homeCurrency, atMs);
  if (rate === null) return undefined;
  if (name === "hs_exchange_rate") return plainNumber(rate);
  return times(values["amount"], rate);
}

/** Values of a property in the order of time, the first one from creation included. */
export function historyOf(record: StoredRecord, name: string): readonly HistoryEntry[] {
  const kept = record.history[name];
  if (kept !== undefined) return kept;
  const value = record.values[name];
  return value === undefined ? [] : [{ value, ms: record.createdMs, source: record.createdBy }];
}

interface Visit {
  readonly enteredMs: number;
  readonly leftMs: number | null;
}

function visits(record: StoredRecord, property: string, stageId: string): readonly Visit[] {
  const entries = historyOf(record, property);
  return entries.flatMap((entry, index) =>
    entry.value === stageId ? [{ enteredMs: entry.ms, leftMs: entries[index + 1]?.ms ?? null }] : [],
  );
}

/** `hs_v2_…`: one visit is kept for each stage, the latest; times still run while the record is in the stage. */
function stageTime(portal: Portal, record: StoredRecord, name: string): string | undefined {
  const property = record.type === "contacts" ? "lifecyclestage" : record.type === "leads" ? "hs_pipeline_stage" : "dealstage";
  const nowMs = portal.clock.nowMs();
  if (name === "hs_v2_date_entered_current_stage" || name === "hs_v2_time_in_current_stage") {
    const last = historyOf(record, property).at(-1);
    if (last === undefined) return undefined;
    return name.includes("time_in") ? String(nowMs - last.ms) : wireTime(last.ms);
  }
  const parts = /^hs_v2_(date_entered|date_exited|latest_time_in|cumulative_time_in)_(.+)$/.exec(name);
  const stageId = parts === null ? undefined : stageIdOf(portal, record, parts[2] ?? "");
  return parts === null || stageId === undefined ? undefined : visitValue(visits(record, property, stageId), parts[1] ?? "", nowMs);
}

function visitValue(all: readonly Visit[], what: string, nowMs: number): string | undefined {
  const last = all.at(-1);
  if (last === undefined) return undefined;
  switch (what) {
    case "date_entered":
      return wireTime(last.enteredMs);
    case "date_exited":
      return last.leftMs === null ? undefined : wireTime(last.leftMs);
    case "latest_time_in":
      return String((last.leftMs ?? nowMs) - last.enteredMs);
    default:
      return String(all.reduce((sum, visit) => sum + (visit.leftMs ?? nowMs) - visit.enteredMs, 0));
  }
}

function stageIdOf(portal: Portal, record: StoredRecord, suffix: string): string | undefined {
  if (record.type === "contacts") return suffix;
  const pipelines: readonly StoredPipeline[] = record.type === "leads" ? portal.pipelines.leads : portal.pipelines.deals;
  return pipelines.flatMap((pipeline) => pipeline.stages).find((stage) => stageSuffix(stage.id) === suffix)?.id;
}
