import { msOf } from "#core/time/instant.ts";
import { zone } from "#core/time/zone.ts";
import type { Activity, Company, Deal, DealFields, Happening, LeadStatus, LifecycleStage } from "#sandbox/world/types.ts";
import { ACTIVITY_TABLES, activityChange, activityValues } from "./activities.ts";
import { LEAD_PIPELINE, type Names } from "./identifiers.ts";
import { mergeRecords } from "./merge.ts";
import type { ObjectType } from "./object-types.ts";
import { addRecord, type Portal } from "./portal.ts";
import { archive, indexed, linkRecords, type Source, type StoredRecord, setQuietly, writeValues } from "./record.ts";
import { msOfWire, noonOf, wireTime } from "./wire.ts";

const LIFECYCLE: Readonly<Record<LifecycleStage, string>> = {
  subscriber: "subscriber",
  lead: "lead",
  mql: "marketingqualifiedlead",
  sql: "salesqualifiedlead",
  opportunity: "opportunity",
  customer: "customer",
};
const ORIGIN: Readonly<Record<string, string>> = {
  Website: "ORGANIC_SEARCH",
  Referral: "REFERRALS",
  Webinar: "OTHER_CAMPAIGNS",
  Outbound: "OFFLINE",
};
const FORECAST: Readonly<Record<DealFields["forecast"], string>> = {
  omitted: "OMIT",
  pipeline: "PIPELINE",
  best_case: "BEST_CASE",
  commit: "COMMIT",
  closed: "CLOSED",
};

type Values = Readonly<Record<string, string>>;

interface Telling {
  readonly portal: Portal;
  readonly names: Names;
  /** World keys of products → record ids. */
  readonly products: ReadonlyMap<string, number>;
  readonly byKey: Map<string, StoredRecord>;
  readonly pipelineKeys: ReadonlyMap<string, string>;
  readonly mails: ReadonlyMap<string, string | null>;
}

/** Turns what happens in the world into records of the portal, one happening at a time. */
export function teller(
  portal: Portal,
  company: Company,
  names: Names,
  products: ReadonlyMap<string, number>,
): (happening: Happening) => void {
  const telling: Telling = {
    portal,
    names,
    products,
    byKey: new Map(),
    pipelineKeys: new Map(company.pipelines.map((pipeline) => [names.pipelineId(pipeline.key), pipeline.key])),
    mails: new Map(company.people.map((person) => [person.key, person.email])),
  };
  return (happening) => tell(telling, happening);
}

function tell(telling: Telling, happening: Happening): void {
  switch (happening.what) {
    case "account":
      addCompany(telling, happening);
      break;
    case "contact":
      addContact(telling, happening);
      break;
    case "lifecycle":
      write(telling, happening.contactKey, { lifecyclestage: LIFECYCLE[happening.stage] }, happening);
      break;
    case "lead":
      addLead(telling, happening);
      break;
    case "lead_status":
      write(telling, happening.leadKey, { hs_pipeline_stage: leadStage(happening.status) }, happening);
      break;
    case "deal":
      addDeal(telling, happening, happening.deal);
      break;
    case "deal_change": {
      const current = need(telling, happening.dealKey).values["pipeline"] ?? "";
      const pipelineKey = happening.set.pipelineKey ?? telling.pipelineKeys.get(current) ?? "";
      write(telling, happening.dealKey, dealValues(telling, happening.set, pipelineKey, msOf(happening.at)), happening);
      break;
    }
    case "deal_deleted":
      archive(need(telling, happening.dealKey), msOf(happening.at));
      break;
    case "deal_merged":
      mergeRecords(telling.portal, need(telling, happening.winnerKey), need(telling, happening.loserKey), msOf(happening.at));
      break;
    case "activity":
      addActivity(telling, happening, happening.activity);
      break;
    case "activity_change":
      write(telling, happening.activityKey, activityChange(happening.kind, happening.state, msOf(happening.at)), happening);
      break;
  }
}

function need(telling: Telling, key: string): StoredRecord {
  const found = telling.byKey.get(key);
  if (found === undefined) throw new RangeError(`'${key}' was not told before what refers to it.`);
  return found;
}

function sourceOf(names: Names, happening: Happening): Source {
  const userId = names.userId(happening.by);
  return userId === null ? { type: "FORM", id: null, userId: null } : { type: "CRM_UI", id: `userId:${userId}`, userId };
}

function add(telling: Telling, key: string, type: ObjectType, happening: Happening, values: Values): StoredRecord {
  const filled: Record<string, string> = {};
  for (const name in values) {
    const value = values[name];
    if (value !== undefined && value !== "") filled[name] = value;
  }
  const record = addRecord(telling.portal, type, msOf(happening.at), filled, sourceOf(telling.names, happening));
  telling.byKey.set(key, record);
  settle(telling, record);
  return record;
}

function write(telling: Telling, key: string, values: Values, happening: Happening): void {
  const record = need(telling, key);
  writeValues(record, values, msOf(happening.at), sourceOf(telling.names, happening));
  settle(telling, record);
}

/** Most of what is told lies further back than the index is late: forget its former states at once. */
function settle(telling: Telling, record: StoredRecord): void {
  indexed(record, telling.portal.clock.nowMs(), telling.portal.indexLagMs);
}

function link(telling: Telling, record: StoredRecord, keys: readonly (string | null)[]): void {
  for (const key of keys) if (key !== null) linkRecords(record, need(telling, key));
}

function owned(telling: Telling, key: string | null): Values {
  return key === null ? {} : { hubspot_owner_id: String(telling.names.ownerId(key) ?? "") };
}

function addCompany(telling: Telling, happening: Happening & { what: "account" }): void {
  const { account } = happening;
  add(telling, account.key, "companies", happening, {
    name: account.name,
    domain: account.domain,
    industry: account.sector.toUpperCase(),
    country: account.country,
    sales_region: account.region,
    numberofemployees: String(account.employees),
    hs_parent_company_id: account.parentKey === null ? "" : String(need(telling, account.parentKey).id),
    ...owned(telling, account.ownerKey),
  });
}

function addContact(telling: Telling, happening: Happening & { what: "contact" }): void {
  const { contact } = happening;
  const record = add(telling, contact.key, "contacts", happening, {
    firstname: contact.firstName,
    lastname: contact.lastName,
    email: contact.email,
    phone: contact.phone,
    jobtitle: contact.title,
    lifecyclestage: LIFECYCLE[contact.lifecycleStage],
    ...owned(telling, contact.ownerKey),
  });
  link(telling, record, [contact.accountKey]);
}

function addLead(telling: Telling, happening: Happening & { what: "lead" }): void {
  const { lead } = happening;
  const record = add(telling, lead.key, "leads", happening, {
    hs_lead_name: `${lead.firstName} ${lead.lastName}`,
    hs_lead_type: "NEW_BUSINESS",
    hs_lead_label: "WARM",
    hs_pipeline: LEAD_PIPELINE,
    hs_pipeline_stage: leadStage(lead.status),
    lead_origin: lead.source,
    ...owned(telling, lead.ownerKey),
  });
  link(telling, record, [lead.contactKey]);
}

function leadStage(status: LeadStatus): string {
  return `${status}-stage-id`;
}

function addDeal(telling: Telling, happening: Happening, deal: Deal): void {
  const record = add(telling, deal.key, "deals", happening, {
    ...dealValues(telling, deal, deal.pipelineKey, msOf(happening.at)),
    dealname: deal.name,
    dealtype: deal.isNewBusiness ? "newbusiness" : "existingbusiness",
    hs_analytics_source: ORIGIN[deal.source] ?? "",
    lead_origin: deal.source,
    customer_segment: deal.segment,
    external_deal_id: deal.externalId ?? "",
  });
  link(telling, record, [deal.accountKey, ...deal.contactKeys, deal.leadKey]);
  for (const [position, item] of deal.items.entries()) {
    const product = telling.portal.tables.products.byId.get(telling.products.get(item.productKey) ?? 0);
    const line = add(telling, `${deal.key}-item-${position}`, "line_items", happening, {
      name: product?.values["name"] ?? "",
      hs_product_id: String(product?.id ?? ""),
      quantity: String(item.quantity),
      price: String(item.unitPrice),
      hs_line_item_currency_code: deal.currency,
    });
    linkRecords(line, record);
  }
}

/** The set fields as properties; empty text clears. */
function dealValues({ names, portal }: Telling, set: Partial<DealFields>, pipelineKey: string, ms: number): Record<string, string> {
  return {
    ...(set.ownerKey === undefined ? {} : { hubspot_owner_id: String(names.ownerId(set.ownerKey) ?? "") }),
    ...(set.pipelineKey === undefined ? {} : { pipeline: names.pipelineId(set.pipelineKey) }),
    ...(set.stageKey === undefined ? {} : { dealstage: names.stageId(pipelineKey, set.stageKey) }),
    ...(set.amount === undefined ? {} : { amount: set.amount ?? "" }),
    ...(set.currency === undefined ? {} : { deal_currency_code: set.currency }),
    ...(set.closeDay === undefined ? {} : { closedate: set.closeDay === null ? "" : wireTime(closeMoment(portal, set.closeDay, ms)) }),
    ...(set.forecast === undefined ? {} : { hs_manual_forecast_category: FORECAST[set.forecast] }),
    ...(set.nextStep === undefined ? {} : { hs_next_step: set.nextStep ?? "" }),
    ...(set.lossReason === undefined ? {} : { closed_lost_reason: set.lossReason ?? "" }),
  };
}

/**
 * Closing today is now; any other day is somebody's pick in a calendar, which HubSpot keeps as a moment of that day where the
 * picker is: some of them are the day before in UTC.
 */
function closeMoment(portal: Portal, day: NonNullable<DealFields["closeDay"]>, ms: number): number {
  if (wireTime(ms).startsWith(day)) return ms;
  const isLocalMidnight = Math.floor(ms / 60_000) % 3 === 0;
  return isLocalMidnight ? msOf(zone(portal.timeZone).startOf(day)) : noonOf(day);
}

function addActivity(telling: Telling, happening: Happening, activity: Activity): void {
  const record = add(telling, activity.key, ACTIVITY_TABLES[activity.kind], happening, {
    ...activityValues(activity, telling.mails.get(activity.ownerKey ?? "") ?? null),
    ...owned(telling, activity.ownerKey),
  });
  link(telling, record, [...activity.dealKeys, ...activity.contactKeys, activity.accountKey, activity.leadKey]);
  // Only meetings and tasks are told of again.
  if (activity.kind !== "meeting" && activity.kind !== "task") telling.byKey.delete(activity.key);
  for (const key of activity.dealKeys) noteActivity(telling, need(telling, key), activity, msOf(happening.at));
}

/** Logging an activity touches its deals (fact sheet 4.3). */
function noteActivity(telling: Telling, deal: StoredRecord, activity: Activity, loggedMs: number): void {
  const occurredMs = msOf(activity.occurredAt);
  const last = deal.values["notes_last_contacted"];
  const isContact = activity.kind !== "note" && activity.kind !== "task" && activity.state === "done";
  const values = {
    num_notes: String(Number(deal.values["num_notes"] ?? 0) + 1),
    notes_last_updated: wireTime(loggedMs),
    ...(isContact && (last === undefined || msOfWire(last) < occurredMs) ? { notes_last_contacted: wireTime(occurredMs) } : {}),
  };
  setQuietly(deal, values, loggedMs);
  settle(telling, deal);
}
