import { addDays, type Day } from "#core/time/day.ts";
import { type Instant, msOf } from "#core/time/instant.ts";
import type { Company, Deal, DealFields, Pipeline, Stage } from "#sandbox/world/types.ts";
import { type Cell, dayOfMs, idFor, type Row } from "./values.ts";
import { forecastOf, ids, putPerson, type Scene, stageApiName } from "./world-setup.ts";

/** The user of a person; whoever owns something has one. Queues and nobody can't own an opportunity. */
export function userFor(scene: Scene, key: string | null): string {
  const person = scene.company.people.find((one) => one.key === key && one.kind !== "queue");
  if (person === undefined) return ids.user("admin");
  if (scene.org.store.get("User", ids.user(person.key)) === undefined) putPerson(scene, person);
  return ids.user(person.key);
}

interface Place {
  readonly pipeline: Pipeline;
  readonly stage: Stage;
}

function placeOf(company: Company, pipelineKey: string, stageKey: string): Place {
  const pipeline = company.pipelines.find(({ key }) => key === pipelineKey);
  const stage = pipeline?.stages.find(({ key }) => key === stageKey);
  if (pipeline === undefined || stage === undefined) throw new RangeError(`The world has no stage '${pipelineKey}/${stageKey}'.`);
  return { pipeline, stage };
}

export function putDeal(scene: Scene, deal: Deal, at: Instant, by: string | null): void {
  const { org, company } = scene;
  const id = ids.deal(deal.key);
  const ms = msOf(at);
  const actor = userFor(scene, by ?? deal.ownerKey);
  const row: Row = {
    AccountId: ids.account(deal.accountKey),
    Name: deal.name,
    Type: deal.isNewBusiness ? "New Business" : "Existing Business",
    LeadSource: deal.source,
    Segment__c: deal.segment,
    Region__c: scene.accountRegions.get(deal.accountKey) ?? null,
    External_Id__c: deal.externalId,
    ContactId: deal.contactKeys[0] === undefined ? null : ids.contact(deal.contactKeys[0]),
    HasOpportunityLineItem: deal.items.length > 0,
    ...fieldsOf(scene, deal),
    CloseDate: deal.closeDay ?? addDays(dayOfMs(ms), 30),
    LastStageChangeDate: null,
  };
  const stored = org.store.put("Opportunity", id, row, ms, actor);
  addStageLog(scene, stored, null, ms, actor);
  addFieldLog(scene, id, "created", null, null, ms, actor);
  deal.contactKeys.forEach((contact, index) => {
    const role = {
      OpportunityId: id,
      ContactId: ids.contact(contact),
      Role: index === 0 ? "Decision Maker" : "Influencer",
      IsPrimary: index === 0,
    };
    org.store.put("OpportunityContactRole", idFor("00K", `${deal.key}/${contact}`), role, ms, actor);
  });
  deal.items.forEach((item, index) => {
    const product = company.products.find(({ key }) => key === item.productKey);
    const line: Row = {
      OpportunityId: id,
      Product2Id: ids.product(item.productKey),
      PricebookEntryId: idFor("01u", item.productKey),
      ProductCode: item.productKey.toUpperCase(),
      Name: `${deal.name} ${product?.name ?? ""}`.trim(),
      Quantity: item.quantity,
      UnitPrice: item.unitPrice,
      ListPrice: item.unitPrice,
      TotalPrice: Math.round(item.quantity * item.unitPrice * 100) / 100,
      SortOrder: index + 1,
      CurrencyIsoCode: deal.currency,
    };
    org.store.put("OpportunityLineItem", idFor("00k", `${deal.key}/${index}`), line, ms, actor);
  });
}

/** The changing fields in the org's own words, with all that follows from stage and amount. */
function fieldsOf(scene: Scene, deal: Omit<DealFields, "closeDay">): Row {
  const { pipeline, stage } = placeOf(scene.company, deal.pipelineKey, deal.stageKey);
  const amount = deal.amount === null ? null : Number(deal.amount);
  const [category, categoryName] = forecastOf(stage.outcome === "open" ? deal.forecast : stage.forecast);
  const probability = Math.round(stage.probability * 100);
  return {
    Name: deal.name,
    OwnerId: userFor(scene, deal.ownerKey),
    RecordTypeId: ids.recordType(pipeline.key),
    StageName: stageApiName(stage),
    IsClosed: stage.outcome !== "open",
    IsWon: stage.outcome === "won",
    Amount: amount,
    Probability: probability,
    ExpectedRevenue: amount === null ? null : Math.round(amount * probability) / 100,
    CurrencyIsoCode: deal.currency,
    ForecastCategory: category,
    ForecastCategoryName: categoryName,
    NextStep: deal.nextStep,
    Loss_Reason__c: deal.lossReason,
  };
}

/** A change of a deal: the record, a row of the stage log where one is due, and the tracked fields' log. */
export function changeDeal(scene: Scene, deal: Deal, set: Partial<DealFields>, at: Instant, by: string | null): void {
  const id = ids.deal(deal.key);
  const before = scene.org.store.get("Opportunity", id);
  if (before === undefined) return;
  const ms = msOf(at);
  const actor = userFor(scene, by ?? deal.ownerKey);
  const wanted: Row = { ...fieldsOf(scene, { ...deal, ...set }), ...(set.closeDay ? { CloseDate: set.closeDay } : {}) };
  recordChange(scene, before, differing(before, wanted), ms, actor);
}

const differing = (before: Row, wanted: Row): Row =>
  Object.fromEntries(Object.entries(wanted).filter(([field, cell]) => (before[field] ?? null) !== cell));

const STAGE_LOGGED = ["StageName", "Amount", "Probability", "CloseDate"];

/** Writes the fields and what the platform logs about them. */
export function recordChange(scene: Scene, before: Row, changed: Row, ms: number, actor: string): void {
  if (Object.keys(changed).length === 0) return;
  const { store } = scene.org;
  const id = String(before["Id"]);
  const isStage = "StageName" in changed;
  const day = String(changed["CloseDate"] ?? before["CloseDate"]) as Day;
  const fiscal = { FiscalYear: Number(day.slice(0, 4)), FiscalQuarter: Math.ceil(Number(day.slice(5, 7)) / 3) };
  const after = store.put("Opportunity", id, { ...changed, ...fiscal, Fiscal: `${fiscal.FiscalYear} ${fiscal.FiscalQuarter}` }, ms, actor);
  if (isStage) store.put("Opportunity", id, { LastStageChangeDate: after["LastModifiedDate"] ?? null }, ms, actor);
  if (STAGE_LOGGED.some((field) => field in changed)) addStageLog(scene, after, before, ms, actor);
  for (const [field, dataType] of TRACKED) {
    if (field in changed) logField(scene, id, field, dataType, [before[field] ?? null, changed[field] ?? null], ms, actor);
  }
}

/** Fields whose history the org's admin has switched on. */
const TRACKED: readonly (readonly [string, string])[] = [
  ["StageName", "DynamicEnum"],
  ["Amount", "Currency"],
  ["CloseDate", "DateOnly"],
  ["ForecastCategoryName", "DynamicEnum"],
  ["NextStep", "Text"],
  ["CurrencyIsoCode", "DynamicEnum"],
  ["RecordTypeId", "RecordType"],
  ["OwnerId", "EntityId"],
];

function logField(
  scene: Scene,
  id: string,
  field: string,
  dataType: string,
  values: readonly [Cell, Cell],
  ms: number,
  actor: string,
): void {
  const name = field === "OwnerId" ? "Owner" : field === "RecordTypeId" ? "RecordType" : field;
  if (field !== "OwnerId" && field !== "RecordTypeId") {
    addFieldLog(scene, id, name, dataType, values, ms, actor);
    return;
  }
  // A lookup is logged twice: by names and by ids.
  const object = field === "OwnerId" ? "User" : "RecordType";
  const label = (id: Cell): Cell => (typeof id === "string" ? (scene.org.store.get(object, id)?.["Name"] ?? null) : null);
  addFieldLog(scene, id, name, "Text", [label(values[0]), label(values[1])], ms, actor);
  addFieldLog(scene, id, name, "EntityId", values, ms, actor);
}

function nextNumber(scene: Scene, id: string): number {
  const number = (scene.historyCounts.get(id) ?? 0) + 1;
  scene.historyCounts.set(id, number);
  return number;
}

/** A row of OpportunityHistory holds all values after the change. */
function addStageLog(scene: Scene, after: Row, before: Row | null, ms: number, actor: string): void {
  const row: Row = {
    OpportunityId: after["Id"] ?? null,
    StageName: after["StageName"] ?? null,
    Amount: after["Amount"] ?? null,
    ExpectedRevenue: after["ExpectedRevenue"] ?? null,
    CloseDate: after["CloseDate"] ?? null,
    Probability: after["Probability"] ?? null,
    ForecastCategory: after["ForecastCategory"] ?? null,
    FromForecastCategory: before?.["ForecastCategory"] ?? null,
    PrevAmount: before?.["Amount"] ?? null,
    PrevCloseDate: before?.["CloseDate"] ?? null,
    CurrencyIsoCode: after["CurrencyIsoCode"] ?? null,
  };
  scene.org.store.put("OpportunityHistory", idFor("008", `${after["Id"]}/${nextNumber(scene, String(after["Id"]))}`), row, ms, actor);
}

function addFieldLog(
  scene: Scene,
  id: string,
  field: string,
  dataType: string | null,
  values: readonly [Cell, Cell] | null,
  ms: number,
  actor: string,
): void {
  const [old, now] = values ?? [null, null];
  const row: Row = { OpportunityId: id, Field: field, DataType: dataType, OldValue: old, NewValue: now };
  scene.org.store.put("OpportunityFieldHistory", idFor("017", `${id}/${nextNumber(scene, id)}`), row, ms, actor);
}

/** A person changes a deal by hand: what follows from its stage and amount follows. */
export function editDeal(scene: Scene, id: string, fields: Row, ms: number, actor: string): void {
  const before = scene.org.store.get("Opportunity", id);
  if (before === undefined) return;
  const stage = [...scene.org.store.rows("OpportunityStage").values()].find(({ ApiName }) => ApiName === fields["StageName"]);
  const probability = Number(fields["Probability"] ?? stage?.["DefaultProbability"] ?? before["Probability"]);
  const amount = "Amount" in fields ? fields["Amount"] : before["Amount"];
  const staged: Row = stage === undefined ? {} : pickFrom(stage, ["IsClosed", "IsWon", "ForecastCategory", "ForecastCategoryName"]);
  const expected = typeof amount === "number" ? Math.round(amount * probability) / 100 : null;
  const wanted: Row = { ...staged, Probability: probability, ExpectedRevenue: expected, ...fields };
  recordChange(scene, before, differing(before, wanted), ms, actor);
}

const pickFrom = (row: Row, fields: readonly string[]): Row => Object.fromEntries(fields.map((field) => [field, row[field] ?? null]));
