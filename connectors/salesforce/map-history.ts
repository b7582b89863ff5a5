import type { Change, DealChangeField } from "#core/records.ts";
import type { Instant } from "#core/time/instant.ts";
import { dayOf, decimalOf, instantOf, isSet, ownId, parentOf, type Row, reference, textOf } from "./decode.ts";
import { forecastCategory, pipelineOf } from "./map.ts";
import { longId } from "./soql.ts";

export const STAGE_LOG_FIELDS = [
  ...[
    "OpportunityId",
    "CreatedDate",
    "CreatedById",
    "StageName",
    "Amount",
    "CloseDate",
    "ForecastCategory",
    "CurrencyIsoCode",
    "IsDeleted",
  ],
  ...["Opportunity.RecordTypeId", "Opportunity.CreatedDate"],
];

export const FIELD_LOG_FIELDS = [
  ...["OpportunityId", "CreatedDate", "CreatedById", "Field", "OldValue", "NewValue", "IsDeleted"],
  "Opportunity.CreatedDate",
];

/** Seconds between the creation of a deal and its first log row that mean nothing: both belong to one save. */
const SAME_SAVE_MS = 2_000;

interface Entry {
  readonly row: Row;
  readonly id: string;
  readonly at: Instant;
}

/** The whole stage log of one deal, in order. A row holds all values after a change of any of them and so proves no change by itself:
 *  what did not change since the row before leads to nothing. */
export function stageLogChanges(rows: readonly Row[]): readonly Change[] {
  const entries = inOrder(rows);
  const first = entries[0];
  if (first === undefined) return [];
  const dealId = dealIdOf(first.row);
  const pipelineId = pipelineOf(reference(parentOf(first.row, "Opportunity"), "RecordTypeId"));
  const context = { dealId, pipelineId, bornAt: instantOf(parentOf(first.row, "Opportunity"), "CreatedDate") };
  return entries.flatMap((entry, index) => rowChanges(entry, entries[index - 1] ?? null, index, context));
}

interface DealContext {
  readonly dealId: string;
  readonly pipelineId: string;
  readonly bornAt: Instant | null;
}

function rowChanges(entry: Entry, before: Entry | null, index: number, deal: DealContext): readonly Change[] {
  const { row, id } = entry;
  const at = before === null ? startOf(entry, deal.bornAt) : entry.at;
  const actorId = reference(row, "CreatedById");
  const common = { dealId: deal.dealId, sequence: index, actorId };
  const stageId = textOf(row, "StageName");
  const changes: Change[] = [];
  if (stageId !== null && stageId !== (before === null ? null : textOf(before.row, "StageName"))) {
    changes.push({ type: "stageEntry", op: "upsert", record: { ...common, id, pipelineId: deal.pipelineId, stageId, enteredAt: at } });
  }
  for (const [field, read] of LOGGED) {
    const value = read(row);
    const isSame = before === null ? value === null : value === read(before.row);
    if (!isSame)
      changes.push({ type: "dealChange", op: "upsert", record: { ...common, id: `${id}:${field}`, field, changedAt: at, value } });
  }
  return changes;
}

const LOGGED: readonly (readonly [DealChangeField, (row: Row) => string | null])[] = [
  ["amount", (row) => decimalOf(row, "Amount")],
  ["closeDay", (row) => dayOf(row, "CloseDate")],
  ["forecastCategory", (row) => forecastCategory(textOf(row, "ForecastCategory"))],
  ["currency", (row) => textOf(row, "CurrencyIsoCode")],
];

/** The first row stands for the time since the deal was made, also where the log began later (imports, deals older than the log). */
function startOf(entry: Entry, bornAt: Instant | null): Instant {
  return bornAt !== null && Date.parse(bornAt) + SAME_SAVE_MS < Date.parse(entry.at) ? bornAt : entry.at;
}

/** Fields of the field history that become changes of a deal; lookups appear twice there, as id and as name. */
const TRACKED: ReadonlyMap<string, DealChangeField> = new Map([
  ["Owner", "owner"],
  ["RecordType", "pipeline"],
  ["NextStep", "nextStep"],
]);
const LOOKUPS: ReadonlySet<DealChangeField> = new Set(["owner", "pipeline"]);

export const TRACKED_FIELDS = [...TRACKED.keys()];

/** The whole field history of one deal. The value before the first change is known too: it held since the deal was made. */
export function fieldLogChanges(rows: readonly Row[]): readonly Change[] {
  const changes: Change[] = [];
  const seen = new Set<DealChangeField>();
  inOrder(rows).forEach((entry, index) => {
    const field = TRACKED.get(textOf(entry.row, "Field") ?? "");
    if (field === undefined) return;
    const isLookup = LOOKUPS.has(field);
    const value = loggedValue(entry.row, "NewValue", field);
    const before = loggedValue(entry.row, "OldValue", field);
    if (isLookup && value === null && before === null) return;
    const dealId = dealIdOf(entry.row);
    const common = { dealId, field, actorId: reference(entry.row, "CreatedById") };
    const bornAt = instantOf(parentOf(entry.row, "Opportunity"), "CreatedDate");
    if (!seen.has(field) && bornAt !== null && before !== null) {
      const record = { ...common, id: `${dealId}:${field}:first`, changedAt: bornAt, sequence: -1, value: before, actorId: null };
      changes.push({ type: "dealChange", op: "upsert", record });
    }
    seen.add(field);
    changes.push({
      type: "dealChange",
      op: "upsert",
      record: { ...common, id: `${entry.id}:${field}`, changedAt: entry.at, sequence: index, value },
    });
  });
  return changes;
}

/** Of a lookup only the rows that hold ids count; the ones with names say the same again. */
function loggedValue(row: Row, side: "OldValue" | "NewValue", field: DealChangeField): string | null {
  const value = textOf(row, side);
  if (value === null || !LOOKUPS.has(field)) return value;
  const id = longId(value);
  if (id === null || !/^0(05|0G|12)/.test(id)) return null;
  return field === "pipeline" ? pipelineOf(id) : id;
}

function dealIdOf(row: Row): string {
  return reference(row, "OpportunityId") ?? "";
}

/** By time, then Id: the log has whole seconds, and several rows may share one. */
function inOrder(rows: readonly Row[]): readonly Entry[] {
  return rows
    .filter((row) => !isSet(row, "IsDeleted"))
    .flatMap((row) => {
      const at = instantOf(row, "CreatedDate");
      return at === null ? [] : [{ row, id: ownId(row), at }];
    })
    .sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1));
}
