import type { Reject } from "#core/connector.ts";
import type { Activity, ActivityKind, ActivityLink, Change } from "#core/records.ts";
import { type Instant, msOf } from "#core/time/instant.ts";
import { instantOf, numberOf, type WireRecord } from "./decode.ts";
import { childrenOf, instantIn, type Mapped, value } from "./map.ts";
import type { ActivityObject } from "./properties.ts";

type State = Activity["state"];

/** What differs between the five kinds; all else is common. */
interface KindRules {
  readonly kind: ActivityKind;
  readonly stateProperty: string | null;
  readonly states: Readonly<Record<string, State>>;
  /** State when the property is empty. */
  readonly unset: State;
  readonly category: string | null;
}

const RULES: Readonly<Record<ActivityObject, KindRules>> = {
  calls: {
    kind: "call",
    stateProperty: "hs_call_status",
    // Nobody answering is still a call that took place.
    states: {
      COMPLETED: "done",
      NO_ANSWER: "done",
      BUSY: "done",
      MISSED: "done",
      CANCELED: "canceled",
      FAILED: "failed",
      QUEUED: "scheduled",
      RINGING: "scheduled",
      CONNECTING: "scheduled",
      CALLING_CRM_USER: "scheduled",
      IN_PROGRESS: "scheduled",
    },
    unset: "done",
    category: "hs_activity_type",
  },
  emails: {
    kind: "email",
    stateProperty: "hs_email_status",
    states: { SENT: "done", SENDING: "scheduled", SCHEDULED: "scheduled", FAILED: "failed", BOUNCED: "failed" },
    unset: "done",
    category: null,
  },
  meetings: {
    kind: "meeting",
    stateProperty: "hs_meeting_outcome",
    states: { SCHEDULED: "scheduled", COMPLETED: "done", RESCHEDULED: "canceled", NO_SHOW: "failed", CANCELED: "canceled" },
    // A past meeting without an outcome is unknown, not held.
    unset: "unknown",
    category: "hs_activity_type",
  },
  tasks: {
    kind: "task",
    stateProperty: "hs_task_status",
    states: { COMPLETED: "done", NOT_STARTED: "scheduled", IN_PROGRESS: "scheduled", WAITING: "scheduled", DEFERRED: "scheduled" },
    unset: "unknown",
    category: "hs_task_type",
  },
  notes: { kind: "note", stateProperty: null, states: {}, unset: "done", category: null },
};

/** Ids of activities carry their kind: each object of HubSpot numbers its records for itself. */
export function activityPrefix(object: ActivityObject): string {
  return `${RULES[object].kind}/`;
}

/** An activity and what it is about. With `linksAreWhole` links that are no longer there end. */
export function mapActivity(object: ActivityObject, record: WireRecord, linksAreWhole: boolean): Mapped {
  const rejects: Reject[] = [];
  const rules = RULES[object];
  const stated = rules.stateProperty === null ? null : value(record, rules.stateProperty);
  const state = stated === null ? rules.unset : (rules.states[stated] ?? "unknown");
  const activity: Activity = {
    id: `${activityPrefix(object)}${record.id}`,
    sourceUpdatedAt: instantIn(record, "hs_lastmodifieddate", "activity", rejects),
    kind: rules.kind,
    direction: directionOf(object, record),
    ownerId: value(record, "hubspot_owner_id"),
    occurredAt: occurredAt(object, record, state, rejects),
    loggedAt: instantIn(record, "hs_createdate", "activity", rejects),
    state,
    minutes: minutesOf(object, record),
    outcome: object === "calls" ? value(record, "hs_call_disposition") : object === "meetings" ? stated : null,
    category: rules.category === null ? null : value(record, rules.category),
    automated: object === "emails" && isAutomatic(value(record, "hs_email_subject")),
    externalId: value(record, "hs_email_message_id"),
    threadId: value(record, "hs_email_thread_id"),
  };
  const changes: Change[] = [{ type: "activity", op: "upsert", record: activity }, ...links(activity.id, record, linksAreWhole)];
  return { changes, rejects };
}

function directionOf(object: ActivityObject, record: WireRecord): Activity["direction"] {
  if (object === "calls") {
    const direction = value(record, "hs_call_direction");
    return direction === "INBOUND" ? "inbound" : direction === "OUTBOUND" ? "outbound" : null;
  }
  if (object !== "emails") return null;
  const direction = value(record, "hs_email_direction");
  // A forwarded mail is neither sent to a customer nor a reply of one.
  return direction === "EMAIL" ? "outbound" : direction === "INCOMING_EMAIL" ? "inbound" : null;
}

function occurredAt(object: ActivityObject, record: WireRecord, state: State, rejects: Reject[]): Instant | null {
  const at = instantIn(record, "hs_timestamp", "activity", rejects);
  if (object === "meetings") return instantOf(value(record, "hs_meeting_start_time") ?? "") ?? at;
  // hs_timestamp of a task is when it is due.
  if (object === "tasks" && state === "done") return instantOf(value(record, "hs_task_completion_date") ?? "") ?? at;
  return at;
}

function minutesOf(object: ActivityObject, record: WireRecord): number | null {
  if (object === "calls") {
    const ms = numberOf(value(record, "hs_call_duration"));
    return ms === null || ms < 0 ? null : ms / 60_000;
  }
  if (object !== "meetings") return null;
  const start = instantOf(value(record, "hs_meeting_start_time") ?? "");
  const end = instantOf(value(record, "hs_meeting_end_time") ?? "");
  return start === null || end === null || end < start ? null : (msOf(end) - msOf(start)) / 60_000;
}

/** Calendar replies and out-of-office notes are logged as ordinary mails; their subjects give them away. */
const AUTOMATIC =
  /^\s*(accepted|declined|tentative(ly accepted)?|cancel+ed|updated invitation|automatic reply|auto(matic)?[- ]?reply|out of (the )?office|undeliverable|delivery status notification|zaakceptowano|odrzucono|odpowiedź automatyczna|autoodpowiedź|automatische antwort|réponse automatique|自動応答|自動返信|不在|자동 회신|부재중)\s*[:：\]-]/iu;

export function isAutomatic(subject: string | null): boolean {
  return subject !== null && AUTOMATIC.test(subject);
}

const ENDS = [
  ["deals", "deal"],
  ["contacts", "contact"],
  ["companies", "account"],
] as const;

function links(activityId: string, record: WireRecord, areWhole: boolean): readonly Change[] {
  const found: ActivityLink[] = ENDS.flatMap(([object, toType]) =>
    (record.links[object]?.ids ?? []).map((toId) => ({ id: `${activityId}/${toType}/${toId}`, activityId, toType, toId })),
  );
  const upserts = found.map((link): Change => ({ type: "activityLink", op: "upsert", record: link }));
  if (!areWhole) return upserts;
  return [...upserts, { type: "activityLink", op: "present", ids: found.map((link) => link.id), within: childrenOf(activityId) }];
}
