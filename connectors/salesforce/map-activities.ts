import type { Activity, ActivityLink, Change } from "#core/records.ts";
import type { Instant } from "#core/time/instant.ts";
import type { Zone } from "#core/time/zone.ts";
import type { SalesforceSettings } from "./config.ts";
import { dayOf, instantOf, isSet, numberOf, ownId, type Row, reference, textOf } from "./decode.ts";

export interface ActivityContext {
  /** Days of Salesforce carry no zone: they are days of the organisation. */
  readonly zone: Zone;
  readonly calls: SalesforceSettings["calls"];
  /** First three characters of an id → object. */
  readonly prefixes: ReadonlyMap<string, string>;
}

export const TASK_FIELDS = [
  ...["WhoId", "WhatId", "AccountId", "OwnerId", "TaskSubtype", "Type", "Status", "IsClosed", "ActivityDate", "CompletedDateTime"],
  ...["CallType", "CallDurationInSeconds", "CallDisposition", "CallObject", "CreatedDate", "LastModifiedDate"],
  ...["IsRecurrence", "IsDeleted"],
];

export const EVENT_FIELDS = [
  ...["WhoId", "WhatId", "AccountId", "OwnerId", "Type", "StartDateTime", "ActivityDateTime", "ActivityDate", "DurationInMinutes"],
  ...["CreatedDate", "IsChild", "IsRecurrence", "IsDeleted"],
];

/** Bodies are large and private: never read. */
export const EMAIL_FIELDS = [
  ...["RelatedToId", "ActivityId", "Incoming", "Status", "MessageDate", "MessageIdentifier", "ThreadIdentifier", "IsBounced"],
  ...["CreatedById", "CreatedDate", "IsDeleted"],
];

/** Fields of a task beside the usual ones: the subject is read only to find calls in it. */
export function taskFields(calls: SalesforceSettings["calls"]): readonly string[] {
  return calls.subjectPrefixes.length === 0 ? TASK_FIELDS : [...TASK_FIELDS, "Subject"];
}

/** A logged task. `isTwin`: an EmailMessage tells the same mail better, so the task does not count. */
export function taskChanges(row: Row, context: ActivityContext, isTwin: boolean): readonly Change[] {
  const id = ownId(row);
  // The head of a recurring series is a template; its occurrences are rows of their own.
  if (isSet(row, "IsDeleted") || isSet(row, "IsRecurrence") || isTwin) return [{ type: "activity", op: "delete", id }];
  return withLinks(task(row, id, context), [reference(row, "WhatId"), reference(row, "WhoId"), reference(row, "AccountId")], context);
}

function task(row: Row, id: string, context: ActivityContext): Activity {
  const kind = taskKind(row, context.calls);
  const isDone = isSet(row, "IsClosed");
  const due = dayOf(row, "ActivityDate");
  const dueAt = due === null ? null : context.zone.startOf(due);
  const seconds = numberOf(row, "CallDurationInSeconds");
  return {
    id,
    sourceUpdatedAt: instantOf(row, "SystemModstamp"),
    kind,
    direction: kind === "email" ? "outbound" : callDirection(textOf(row, "CallType")),
    ownerId: reference(row, "OwnerId"),
    occurredAt: isDone ? (instantOf(row, "CompletedDateTime") ?? dueAt ?? instantOf(row, "LastModifiedDate")) : dueAt,
    loggedAt: instantOf(row, "CreatedDate"),
    state: taskState(row, isDone),
    minutes: seconds === null ? null : Math.round(seconds / 0.6) / 100,
    outcome: textOf(row, "CallDisposition"),
    category: textOf(row, "Type"),
    automated: AUTOMATED.has(textOf(row, "TaskSubtype") ?? ""),
    externalId: textOf(row, "CallObject"),
    threadId: null,
  };
}

/** Sent by a cadence or to a list, not by hand. */
const AUTOMATED = new Set(["Cadence", "ListEmail"]);

/** Dialers write plain tasks: the subtype is one sign of a call among several. */
function taskKind(row: Row, calls: SalesforceSettings["calls"]): Activity["kind"] {
  const subtype = textOf(row, "TaskSubtype");
  const type = textOf(row, "Type");
  if (subtype === "Email" || subtype === "ListEmail") return "email";
  if (subtype === "Call" || textOf(row, "CallType") !== null || numberOf(row, "CallDurationInSeconds") !== null) return "call";
  if (type !== null && calls.types.includes(type)) return "call";
  const subject = textOf(row, "Subject") ?? "";
  if (calls.subjectPrefixes.some((prefix) => subject.startsWith(prefix))) return "call";
  return type === "Email" ? "email" : "task";
}

function callDirection(callType: string | null): Activity["direction"] {
  if (callType === "Inbound") return "inbound";
  if (callType === "Outbound") return "outbound";
  return callType === "Internal" ? "internal" : null;
}

/** Statuses are the org's own words; which of them are closed it says itself, which mean given up it does not. */
function taskState(row: Row, isDone: boolean): Activity["state"] {
  if (!isDone) return "scheduled";
  return /^cancell?ed$/i.test(textOf(row, "Status") ?? "") ? "canceled" : "done";
}

/** A meeting. Invitees' copies and series heads would count it several times. Salesforce keeps no outcome of meetings. */
export function eventChanges(row: Row, context: ActivityContext): readonly Change[] {
  const id = ownId(row);
  if (isSet(row, "IsDeleted") || isSet(row, "IsChild") || isSet(row, "IsRecurrence")) return [{ type: "activity", op: "delete", id }];
  const day = dayOf(row, "ActivityDate");
  const meeting: Activity = {
    id,
    sourceUpdatedAt: instantOf(row, "SystemModstamp"),
    kind: "meeting",
    direction: null,
    ownerId: reference(row, "OwnerId"),
    occurredAt: instantOf(row, "StartDateTime") ?? instantOf(row, "ActivityDateTime") ?? (day === null ? null : context.zone.startOf(day)),
    loggedAt: instantOf(row, "CreatedDate"),
    state: "scheduled",
    minutes: numberOf(row, "DurationInMinutes"),
    outcome: null,
    category: textOf(row, "Type"),
    automated: false,
    externalId: null,
    threadId: null,
  };
  return withLinks(meeting, [reference(row, "WhatId"), reference(row, "WhoId"), reference(row, "AccountId")], context);
}

const DRAFT = "5";

/** False for a draft and for a mail that was deleted. */
export function countsAsMail(row: Row): boolean {
  return !isSet(row, "IsDeleted") && textOf(row, "Status") !== DRAFT;
}

/** A mail with its own record; the task beside it is taken back, wherever it was read first. */
export function emailChanges(row: Row, context: ActivityContext): readonly Change[] {
  const id = ownId(row);
  if (!countsAsMail(row)) return [{ type: "activity", op: "delete", id }];
  const twin = reference(row, "ActivityId");
  const takenBack: readonly Change[] = twin === null ? [] : [{ type: "activity", op: "delete", id: twin }];
  return [...takenBack, ...withLinks(email(row, id), [reference(row, "RelatedToId")], context)];
}

function email(row: Row, id: string): Activity {
  const isIncoming = isSet(row, "Incoming");
  const at: Instant | null = instantOf(row, "MessageDate") ?? instantOf(row, "CreatedDate");
  return {
    id,
    sourceUpdatedAt: instantOf(row, "SystemModstamp"),
    kind: "email",
    direction: isIncoming ? "inbound" : "outbound",
    // Incoming mail is filed by a machine user as often as by the rep.
    ownerId: reference(row, "CreatedById"),
    occurredAt: at,
    loggedAt: instantOf(row, "CreatedDate"),
    state: isSet(row, "IsBounced") ? "failed" : "done",
    minutes: null,
    outcome: isSet(row, "IsBounced") ? "bounced" : null,
    category: null,
    automated: false,
    externalId: textOf(row, "MessageIdentifier"),
    threadId: textOf(row, "ThreadIdentifier"),
  };
}

const LINKED: ReadonlyMap<string, ActivityLink["toType"]> = new Map([
  ["Opportunity", "deal"],
  ["Contact", "contact"],
  ["Account", "account"],
  ["Lead", "lead"],
]);

/** The activity and what it is about; which object an id names is told by its first three characters. */
function withLinks(activity: Activity, ids: readonly (string | null)[], context: ActivityContext): readonly Change[] {
  const links = [...new Set(ids)].flatMap((toId): readonly Change[] => {
    const toType = toId === null ? undefined : LINKED.get(context.prefixes.get(toId.slice(0, 3)) ?? "");
    if (toId === null || toType === undefined) return [];
    return [{ type: "activityLink", op: "upsert", record: { id: `${activity.id}:${toId}`, activityId: activity.id, toType, toId } }];
  });
  return [{ type: "activity", op: "upsert", record: activity }, ...links];
}
