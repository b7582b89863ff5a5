import { msOf } from "#core/time/instant.ts";
import type { Activity, ActivityState, CallOutcome } from "#sandbox/world/types.ts";
import { wireTime } from "./wire.ts";

export const ACTIVITY_TABLES = { call: "calls", email: "emails", meeting: "meetings", task: "tasks", note: "notes" } as const;

const DISPOSITIONS: Readonly<Record<CallOutcome, string>> = {
  connected: "f240bbac-87c9-4f6e-bf70-924b57d47db7",
  no_answer: "73a0d17f-1163-4015-bdd5-ec830791da20",
  voicemail: "b2cf5968-551e-4856-9783-52b3da59a7d0",
  busy: "9d9162e7-6cf3-4944-bf63-4dff82258764",
  wrong_number: "17b47fee-58de-441e-a44c-c6300d46f273",
};

/** An activity's own properties in the portal's terms; the owner is set by the caller. */
export function activityValues(activity: Activity, ownMail: string | null): Record<string, string> {
  const at = msOf(activity.occurredAt);
  switch (activity.kind) {
    case "call":
      return callValues(activity, at);
    case "email":
      return mailValues(activity, at, ownMail);
    case "meeting":
      return {
        hs_timestamp: wireTime(at),
        hs_meeting_start_time: wireTime(at),
        hs_meeting_end_time: wireTime(at + (activity.minutes ?? 30) * 60_000),
        hs_meeting_title: activity.subject,
        hs_meeting_outcome: meetingOutcome(activity.state),
      };
    case "task":
      return {
        hs_timestamp: wireTime(at),
        hs_task_subject: activity.subject,
        hs_task_status: taskStatus(activity.state),
        hs_task_type: "TODO",
        hs_task_priority: "NONE",
      };
    case "note":
      return { hs_timestamp: wireTime(at), hs_note_body: `<p>${activity.subject}</p>` };
  }
}

/** What changes when a meeting took place or a task was ticked off. */
export function activityChange(kind: Activity["kind"], state: ActivityState, atMs: number): Record<string, string> {
  if (kind === "meeting") return { hs_meeting_outcome: meetingOutcome(state) };
  if (kind === "task")
    return { hs_task_status: taskStatus(state), ...(state === "done" ? { hs_task_completion_date: wireTime(atMs) } : {}) };
  return {};
}

function callValues(activity: Activity, at: number): Record<string, string> {
  const answered = activity.callOutcome === "connected";
  return {
    hs_timestamp: wireTime(at),
    hs_call_title: activity.subject,
    hs_call_direction: activity.direction === "inbound" ? "INBOUND" : "OUTBOUND",
    hs_call_status: activity.callOutcome === "no_answer" ? "NO_ANSWER" : activity.callOutcome === "busy" ? "BUSY" : "COMPLETED",
    ...(activity.minutes === null ? {} : { hs_call_duration: String(Math.round(activity.minutes * 60_000)) }),
    ...(activity.callOutcome === null ? {} : { hs_call_disposition: DISPOSITIONS[activity.callOutcome] }),
    ...(answered ? { hs_activity_type: "Intro" } : {}),
  };
}

function mailValues(activity: Activity, at: number, ownMail: string | null): Record<string, string> {
  const inbound = activity.direction === "inbound";
  const ours = ownMail ?? "sales@brightwater.example";
  const [from, to] = inbound ? ["buyer@customer.example", ours] : [ours, "buyer@customer.example"];
  return {
    hs_timestamp: wireTime(at),
    hs_email_direction: inbound ? "INCOMING_EMAIL" : "EMAIL",
    hs_email_status: "SENT",
    hs_email_subject: activity.subject,
    hs_email_from_email: from ?? "",
    hs_email_to_email: to ?? "",
    hs_email_headers: JSON.stringify({ from: { email: from }, to: [{ email: to }], cc: [], bcc: [] }),
    ...(activity.messageId === null ? {} : { hs_email_message_id: activity.messageId }),
    ...(activity.threadKey === null ? {} : { hs_email_thread_id: activity.threadKey }),
    ...(activity.automated && !inbound ? { hs_sequence_id: "4711" } : {}),
  };
}

function meetingOutcome(state: ActivityState): string {
  return { done: "COMPLETED", no_show: "NO_SHOW", canceled: "CANCELED", scheduled: "SCHEDULED", open: "SCHEDULED" }[state];
}

function taskStatus(state: ActivityState): string {
  return state === "done" ? "COMPLETED" : "NOT_STARTED";
}
