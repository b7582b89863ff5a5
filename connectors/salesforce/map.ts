import type { JsonObject } from "#core/json.ts";
import type { Change, CrmUser, Deal, ForecastCategory, Outcome, Pipeline, StageVersion } from "#core/records.ts";
import type { SalesforceSettings } from "./config.ts";
import { dayOf, decimalOf, instantOf, isSet, numberOf, ownId, type Row, reference, shareOf, textOf } from "./decode.ts";

type FieldNames = SalesforceSettings["fields"];

/** Pipeline of an org without record types, and of deals without one. */
export const DEFAULT_PIPELINE = "default";
/** Salesforce's own "no record type". */
const MASTER_RECORD_TYPE = "012000000000000AAA";

/** API names of the categories; labels say Commit where the API says Forecast. */
const FORECAST_CATEGORIES: ReadonlyMap<string, ForecastCategory> = new Map([
  ["Omitted", "omitted"],
  ["Pipeline", "pipeline"],
  ["BestCase", "best_case"],
  ["MostLikely", "most_likely"],
  ["Forecast", "commit"],
  ["Closed", "closed"],
]);

export function forecastCategory(value: string | null): ForecastCategory | null {
  return value === null ? null : (FORECAST_CATEGORIES.get(value) ?? null);
}

/** A record type's pipeline. */
export function pipelineOf(recordTypeId: string | null): string {
  return recordTypeId === null || recordTypeId === MASTER_RECORD_TYPE ? DEFAULT_PIPELINE : recordTypeId;
}

/** Fields of an opportunity that are read. Formula results never: they change without a new time stamp. */
export function dealFields(fields: FieldNames): readonly string[] {
  const configured = [fields.amount, fields.source, fields.nextStep, fields.territory, fields.segment, fields.product, fields.lossReason];
  return [
    ...["Name", "OwnerId", "AccountId", "RecordTypeId", "StageName", "CloseDate", "CreatedDate", "IsClosed", "IsWon", "IsDeleted"],
    ...["CurrencyIsoCode", "Probability", "ForecastCategory"],
    ...configured.filter((field) => field !== undefined),
    ...Object.values(fields.dimensions),
  ];
}

/** A deleted row only says so: Salesforce empties some of its fields. */
export function dealChanges(row: Row, fields: FieldNames): readonly Change[] {
  const id = ownId(row);
  if (isSet(row, "IsDeleted")) return [{ type: "deal", op: "delete", id }];
  return [{ type: "deal", op: "upsert", record: deal(row, id, fields) }];
}

function deal(row: Row, id: string, fields: FieldNames): Deal {
  return {
    id,
    sourceUpdatedAt: instantOf(row, "SystemModstamp"),
    name: textOf(row, "Name"),
    ownerId: reference(row, "OwnerId"),
    accountId: reference(row, "AccountId"),
    productId: optionalText(row, fields.product),
    pipelineId: pipelineOf(reference(row, "RecordTypeId")),
    stageId: textOf(row, "StageName") ?? "",
    outcome: outcomeOf(row),
    createdAt: instantOf(row, "CreatedDate"),
    closeDay: dayOf(row, "CloseDate"),
    closedAt: null,
    amountRaw: decimalOf(row, fields.amount),
    currency: textOf(row, "CurrencyIsoCode"),
    forecastCategory: forecastCategory(textOf(row, "ForecastCategory")),
    probability: shareOf(row, "Probability"),
    nextStep: textOf(row, fields.nextStep),
    source: textOf(row, fields.source),
    segment: optionalText(row, fields.segment),
    territoryId: textOf(row, fields.territory),
    lossReason: optionalText(row, fields.lossReason),
    dimensions: dimensions(row, fields),
  };
}

/** Closed and won as the record says. */
export function outcomeOf(row: Row): Outcome {
  if (!isSet(row, "IsClosed")) return "open";
  return isSet(row, "IsWon") ? "won" : "lost";
}

function optionalText(row: Row, field: string | undefined): string | null {
  return field === undefined ? null : textOf(row, field);
}

function dimensions(row: Row, fields: FieldNames): JsonObject {
  return Object.fromEntries(Object.entries(fields.dimensions).map(([dimension, field]) => [dimension, textOf(row, field)]));
}

/** A stage of the org as it is offered by one pipeline. The id is the API name: that is what deals and their history hold. */
export function stageVersion(row: Row, pipelineId: string): StageVersion {
  const stageId = textOf(row, "ApiName") ?? textOf(row, "MasterLabel") ?? ownId(row);
  return {
    id: `${pipelineId}/${stageId}`,
    sourceUpdatedAt: instantOf(row, "SystemModstamp"),
    pipelineId,
    stageId,
    label: textOf(row, "MasterLabel") ?? stageId,
    order: numberOf(row, "SortOrder") ?? 0,
    probability: shareOf(row, "DefaultProbability"),
    outcome: outcomeOf(row),
    forecastCategory: forecastCategory(textOf(row, "ForecastCategory")),
    archived: row["IsActive"] === false,
    validFrom: null,
  };
}

export function recordTypePipeline(row: Row, order: number): Pipeline {
  return {
    id: ownId(row),
    sourceUpdatedAt: instantOf(row, "SystemModstamp"),
    label: textOf(row, "Name") ?? ownId(row),
    order,
    archived: row["IsActive"] === false,
  };
}

/** A user; only people of the org's own staff count as persons, and neither does the integration user. */
export function crmUser(row: Row, integrationUserId: string | null): CrmUser {
  const id = ownId(row);
  return {
    id,
    sourceUpdatedAt: instantOf(row, "SystemModstamp"),
    name: textOf(row, "Name"),
    email: textOf(row, "Email"),
    managerId: reference(row, "ManagerId"),
    managerName: null,
    teamName: textOf(row, "Department"),
    region: textOf(row, "Division"),
    territory: null,
    role: textOf(row, "Title"),
    active: isSet(row, "IsActive"),
    isPerson: textOf(row, "UserType") === "Standard" && id !== integrationUserId,
    startedOn: null,
    endedOn: null,
    otherIds: [],
  };
}

/** A queue owns leads and tasks, and is nobody. */
export function queueUser(row: Row): CrmUser {
  return {
    ...crmUser(row, null),
    name: textOf(row, "Name"),
    managerId: null,
    teamName: null,
    region: null,
    role: null,
    active: true,
    isPerson: false,
  };
}
