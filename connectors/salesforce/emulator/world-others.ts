import { type Instant, msOf } from "#core/time/instant.ts";
import type { Account, Activity, Contact, Lead, LeadStatus } from "#sandbox/world/types.ts";
import { dayOfMs, type Row, stampOf } from "./values.ts";
import { userFor } from "./world-deals.ts";
import { ids, type Scene } from "./world-setup.ts";

export function putAccount(scene: Scene, account: Account, at: Instant): void {
  scene.accountRegions.set(account.key, account.region);
  const row: Row = {
    Name: account.name,
    Website: `https://${account.domain}`,
    Industry: account.sector,
    BillingCountry: account.country,
    Region__c: account.region,
    NumberOfEmployees: account.employees,
    ParentId: account.parentKey === null ? null : ids.account(account.parentKey),
    OwnerId: userFor(scene, account.ownerKey),
    CurrencyIsoCode: scene.company.homeCurrency,
  };
  scene.org.store.put("Account", ids.account(account.key), row, msOf(at), userFor(scene, account.ownerKey));
}

export function putContact(scene: Scene, contact: Contact, at: Instant): void {
  const row: Row = {
    AccountId: contact.accountKey === null ? null : ids.account(contact.accountKey),
    FirstName: contact.firstName,
    LastName: contact.lastName,
    Name: `${contact.firstName} ${contact.lastName}`,
    Email: contact.email,
    Phone: contact.phone,
    Title: contact.title,
    OwnerId: userFor(scene, contact.ownerKey),
    CurrencyIsoCode: scene.company.homeCurrency,
  };
  scene.org.store.put("Contact", ids.contact(contact.key), row, msOf(at), userFor(scene, contact.ownerKey));
}

const LEAD_STATUS: Readonly<Record<LeadStatus, string>> = {
  new: "Open - Not Contacted",
  attempting: "Working - Contacted",
  connected: "Working - Connected",
  qualified: "Closed - Converted",
  unqualified: "Closed - Not Converted",
};

/** A lead may wait in a queue. */
export function putLead(scene: Scene, lead: Lead, at: Instant): void {
  const person = scene.company.people.find(({ key }) => key === lead.ownerKey);
  const owner = person?.kind === "queue" ? ids.queue(person.key) : userFor(scene, lead.ownerKey);
  const row: Row = {
    FirstName: lead.firstName,
    LastName: lead.lastName,
    Name: `${lead.firstName} ${lead.lastName}`,
    Company: lead.companyName,
    Email: lead.email,
    LeadSource: lead.source,
    Status: LEAD_STATUS[lead.status],
    OwnerId: owner,
  };
  scene.org.store.put("Lead", ids.lead(lead.key), row, msOf(at), userFor(scene, lead.ownerKey));
}

export function changeLead(scene: Scene, key: string, status: LeadStatus, dealKey: string | null, at: Instant, by: string | null): void {
  const lead = scene.org.store.get("Lead", ids.lead(key));
  if (lead === undefined) return;
  const isConverted = dealKey !== null && status === "qualified";
  const deal = dealKey === null ? undefined : scene.org.store.get("Opportunity", ids.deal(dealKey));
  const conversion: Row = isConverted
    ? {
        IsConverted: true,
        ConvertedDate: dayOfMs(msOf(at)),
        ConvertedOpportunityId: ids.deal(dealKey),
        ConvertedAccountId: deal?.["AccountId"] ?? null,
        ConvertedContactId: deal?.["ContactId"] ?? null,
      }
    : {};
  scene.org.store.put("Lead", ids.lead(key), { Status: LEAD_STATUS[status], ...conversion }, msOf(at), userFor(scene, by));
}

/** Calls, mails and tasks are tasks here; a mail is a message beside its task; a meeting is an event with a copy per further guest. */
export function putActivity(scene: Scene, activity: Activity, at: Instant): void {
  if (activity.kind === "note") return;
  if (activity.kind === "meeting") putEvent(scene, activity, at);
  else putTask(scene, activity, at);
}

function about(activity: Activity): Row {
  const [deal] = activity.dealKeys;
  const [contact] = activity.contactKeys;
  const account = activity.accountKey === null ? null : ids.account(activity.accountKey);
  return {
    WhatId: deal === undefined ? account : ids.deal(deal),
    WhoId: contact !== undefined ? ids.contact(contact) : activity.leadKey === null ? null : ids.lead(activity.leadKey),
    AccountId: account,
    WhoCount: activity.contactKeys.length,
    WhatCount: deal === undefined ? 0 : 1,
  };
}

const SUBTYPES = { call: "Call", email: "Email", task: "Task" } as const;
const DISPOSITIONS = {
  connected: "Connected",
  no_answer: "No answer",
  voicemail: "Left voicemail",
  busy: "Busy",
  wrong_number: "Wrong number",
} as const;

function putTask(scene: Scene, activity: Activity, at: Instant): void {
  const kind = activity.kind === "call" || activity.kind === "email" ? activity.kind : "task";
  const isDone = activity.state === "done" || kind !== "task";
  const occurred = msOf(activity.occurredAt);
  const isCall = kind === "call";
  const direction = activity.direction === "inbound" ? "Inbound" : "Outbound";
  const row: Row = {
    ...about(activity),
    Subject: activity.subject,
    TaskSubtype: SUBTYPES[kind],
    ActivityDate: dayOfMs(occurred),
    Status: isDone ? "Completed" : "Not Started",
    IsClosed: isDone,
    Priority: "Normal",
    OwnerId: taskOwner(scene, activity.ownerKey),
    CompletedDateTime: isDone ? stampOf(occurred) : null,
    CallType: isCall ? direction : null,
    CallDurationInSeconds: isCall && activity.minutes !== null ? Math.round(activity.minutes * 60) : null,
    CallDisposition: isCall && activity.callOutcome !== null ? DISPOSITIONS[activity.callOutcome] : null,
  };
  const actor = userFor(scene, activity.ownerKey);
  const task = ids.task(activity.key);
  scene.org.store.put("Task", task, row, msOf(at), actor);
  if (kind !== "email") return;
  const message: Row = {
    ActivityId: task,
    RelatedToId: row["WhatId"] ?? null,
    Incoming: activity.direction === "inbound",
    Status: activity.direction === "inbound" ? "1" : "3",
    MessageDate: stampOf(occurred),
    Subject: activity.subject,
    MessageIdentifier: activity.messageId,
    ThreadIdentifier: activity.threadKey,
  };
  scene.org.store.put("EmailMessage", ids.email(activity.key), message, msOf(at), actor);
}

function taskOwner(scene: Scene, key: string | null): string {
  const person = scene.company.people.find((one) => one.key === key);
  return person?.kind === "queue" ? ids.queue(person.key) : userFor(scene, key);
}

function putEvent(scene: Scene, activity: Activity, at: Instant): void {
  const start = msOf(activity.occurredAt);
  const minutes = Math.round(activity.minutes ?? 30);
  const row: Row = {
    ...about(activity),
    Subject: activity.state === "no_show" ? `No show: ${activity.subject}` : activity.subject,
    StartDateTime: stampOf(start),
    EndDateTime: stampOf(start + minutes * 60_000),
    ActivityDateTime: stampOf(start),
    ActivityDate: dayOfMs(start),
    EndDate: dayOfMs(start + minutes * 60_000),
    DurationInMinutes: minutes,
    ShowAs: "Busy",
    EventSubtype: "Event",
    IsGroupEvent: activity.contactKeys.length > 1,
    OwnerId: userFor(scene, activity.ownerKey),
    IsDeleted: activity.state === "canceled",
  };
  const actor = userFor(scene, activity.ownerKey);
  scene.org.store.put("Event", ids.event(activity.key), row, msOf(at), actor);
  for (const contact of activity.contactKeys.slice(1)) {
    scene.org.store.put(
      "Event",
      ids.event(`${activity.key}/${contact}`),
      { ...row, IsChild: true, WhoId: ids.contact(contact) },
      msOf(at),
      actor,
    );
  }
}

/** A task is done, a meeting is held, missed or called off (then it is deleted). */
export function changeActivity(
  scene: Scene,
  key: string,
  kind: Activity["kind"],
  state: Activity["state"],
  at: Instant,
  by: string | null,
): void {
  const { store } = scene.org;
  const actor = userFor(scene, by);
  if (kind === "meeting") {
    const event = store.get("Event", ids.event(key));
    if (event === undefined || (state !== "canceled" && state !== "no_show")) return;
    const subject = String(event["Subject"]);
    store.put("Event", ids.event(key), state === "canceled" ? { IsDeleted: true } : { Subject: `No show: ${subject}` }, msOf(at), actor);
    return;
  }
  if (store.get("Task", ids.task(key)) === undefined) return;
  const isDone = state === "done";
  const done = { Status: isDone ? "Completed" : "Deferred", IsClosed: isDone, CompletedDateTime: isDone ? stampOf(msOf(at)) : null };
  store.put("Task", ids.task(key), done, msOf(at), actor);
}
