import type { Rng } from "#core/rng.ts";
import { msOf } from "#core/time/instant.ts";
import { between, chanceFor, happens, pick, weighted, whole } from "../chance.ts";
import { DAY_MS } from "./company.ts";
import type { DealPlan } from "./deal-plan.ts";
import { type DealStory, heirOf, ownerLeavesMs } from "./deal-story.ts";
import { leadCreatedMs } from "./lead-story.ts";
import { atWork, instantAt, type Setting } from "./setting.ts";
import type { Activity, ActivityState, CallOutcome, Happening } from "./types.ts";

const HOUR_MS = 3_600_000;
const CALL_OUTCOMES: readonly (readonly [CallOutcome | null, number])[] = [
  ["connected", 0.34],
  ["no_answer", 0.3],
  ["voicemail", 0.18],
  ["busy", 0.06],
  ["wrong_number", 0.03],
  [null, 0.09],
];
const KINDS: readonly (readonly [Activity["kind"], number])[] = [
  ["call", 0.34],
  ["email", 0.3],
  ["meeting", 0.14],
  ["task", 0.15],
  ["note", 0.07],
];
const CALL_SUBJECTS = ["Call with buyer", "Check-in ☎", "Intro call", "Follow-up"] as const;
const MAIL_SUBJECTS = ["Your quote", "Re: next steps", "見積りの件", 'Question about "Probe Pro"'] as const;
const MEETING_SUBJECTS = ["Demo", "Quarterly review", "Kick-off <draft>", "Spotkanie – Łódź"] as const;
const TASK_SUBJECTS = ["Send contract", "Call back", "Prepare offer", "Ask legal"] as const;

/** Calls, mails, meetings, tasks and notes of a deal: from creation to its end, few while it lies stuck. */
export function activityStory(setting: Setting, plan: DealPlan, story: DealStory): readonly Happening[] {
  const rng = chanceFor(setting.seed, "activities", plan.number);
  const effort = plan.owner.habits.effort * (story.isWon ? 1.25 : 0.85);
  const expected = setting.activitiesPerDeal * effort * between(rng, 0.5, 1.5);
  const count = Math.floor(expected) + (happens(rng, expected % 1) ? 1 : 0);
  const leftMs = ownerLeavesMs(setting, plan);
  const happenings: Happening[] = [];
  for (let index = 0; index < count; index += 1) {
    const ms = momentOf(rng, plan, story);
    const ownerKey = leftMs === null || ms === null || ms < leftMs ? plan.owner.key : heirOf(plan);
    if (ms !== null && ownerKey !== null)
      happenings.push(
        ...oneActivity(rng, {
          plan,
          ownerKey,
          key: `activity-${plan.number}-${index}`,
          dealKeys: [plan.key],
          leadKey: null,
          ms,
          notBeforeMs: plan.createdMs + 1_000,
        }),
      );
  }
  return [...prelude(setting, rng, plan), ...happenings];
}

/** Somewhere in the stays, or shortly before the deal was entered; a stuck stay is worked only at its beginning. */
function momentOf(rng: Rng, plan: DealPlan, story: DealStory): number | null {
  if (story.stays.length === 0) return plan.duplicateOf === null ? plan.createdMs - between(rng, 0.1, 2) * DAY_MS : null;
  const stay = weighted(rng, story.stays, (each) => Math.min(each.toMs - each.fromMs, 30 * DAY_MS));
  const until = stay.isStuck ? stay.fromMs + Math.min(0.15 * (stay.toMs - stay.fromMs), 12 * DAY_MS) : stay.toMs;
  return Math.max(stay.fromMs - 2 * DAY_MS, atWork(between(rng, stay.fromMs, until)) + between(rng, 0, HOUR_MS));
}

/** First attempts on the lead, before there is a deal. */
function prelude(setting: Setting, rng: Rng, plan: DealPlan): readonly Happening[] {
  if (!plan.hasLead) return [];
  const fromMs = leadCreatedMs(setting, plan);
  return Array.from({ length: whole(rng, 1, 2) }, (_, index) => {
    const ms = Math.max(fromMs + between(rng, 0.1, 30) * HOUR_MS, fromMs + (index * (plan.createdMs - fromMs)) / 2);
    const about = {
      plan,
      ownerKey: plan.owner.key,
      key: `activity-${plan.number}-lead-${index}`,
      dealKeys: [],
      leadKey: `lead-of-${plan.key}`,
      ms,
      notBeforeMs: fromMs + 1_000,
    };
    return oneActivity(rng, about, "call");
  }).flat();
}

interface About {
  readonly plan: DealPlan;
  readonly ownerKey: string;
  readonly key: string;
  readonly dealKeys: readonly string[];
  readonly leadKey: string | null;
  readonly ms: number;
  /** It can't be logged on what does not exist yet. */
  readonly notBeforeMs: number;
}

function oneActivity(rng: Rng, about: About, wanted?: Activity["kind"]): readonly Happening[] {
  const { plan, ms } = about;
  const kind = wanted ?? weighted(rng, KINDS, ([, weight]) => weight)[0];
  const base: Activity = {
    key: about.key,
    kind,
    direction: null,
    ownerKey: happens(rng, 0.93) ? about.ownerKey : plan.owner.managerKey,
    // Some are logged on the person only.
    dealKeys: happens(rng, 0.92) ? about.dealKeys : [],
    contactKeys: [pick(rng, plan.account.contactKeys)],
    accountKey: plan.account.key,
    leadKey: about.leadKey,
    occurredAt: instantAt(ms),
    state: "done",
    minutes: null,
    callOutcome: null,
    subject: "",
    messageId: null,
    threadKey: null,
    automated: false,
  };
  const enters = (activity: Activity, loggedMs: number): Happening => ({
    what: "activity",
    at: instantAt(Math.max(loggedMs, about.notBeforeMs)),
    sides: plan.account.sides,
    by: activity.ownerKey,
    activity,
  });
  // One in twelve is logged days after the fact.
  const lateMs = happens(rng, 0.08) ? between(rng, 1, 6) * DAY_MS : between(rng, 1, 30) * 60_000;
  switch (kind) {
    case "call":
      return [enters(call(rng, base), ms + lateMs)];
    case "email":
      return mails(rng, base, ms, enters);
    case "meeting":
      return meeting(rng, base, ms, enters);
    case "task":
      return task(rng, base, ms, enters);
    case "note":
      return [enters({ ...base, subject: "Note: <i>see mail</i> – budget 50%?" }, ms + lateMs)];
  }
}

type Enters = (activity: Activity, loggedMs: number) => Happening;

function call(rng: Rng, base: Activity): Activity {
  const [callOutcome] = weighted(rng, CALL_OUTCOMES, ([, weight]) => weight);
  const minutes = callOutcome === "connected" ? Math.round(between(rng, 0.4, 28) * 10) / 10 : callOutcome === null ? null : 0.4;
  return { ...base, direction: happens(rng, 0.86) ? "outbound" : "inbound", callOutcome, minutes, subject: pick(rng, CALL_SUBJECTS) };
}

/** A sent mail, often with an answer in the same thread; out-of-office answers among them. */
function mails(rng: Rng, base: Activity, ms: number, enters: Enters): readonly Happening[] {
  const subject = pick(rng, MAIL_SUBJECTS);
  const sent: Activity = {
    ...base,
    direction: "outbound",
    subject,
    threadKey: `thread-${base.key}`,
    messageId: `<${base.key}@brightwater.example>`,
    automated: happens(rng, 0.08),
  };
  const answers = happens(rng, 0.38);
  if (!answers) return [enters(sent, ms + 60_000)];
  const isMachine = happens(rng, 0.15);
  const answeredMs = ms + (isMachine ? 30_000 : between(rng, 1, 90) * HOUR_MS);
  const reply: Activity = {
    ...sent,
    key: `${base.key}-reply`,
    direction: "inbound",
    subject: isMachine ? `Automatic reply: ${subject}` : `Re: ${subject}`,
    occurredAt: instantAt(answeredMs),
    messageId: `<${base.key}-reply@customer.example>`,
    automated: isMachine,
  };
  return [enters(sent, ms + 60_000), enters(reply, answeredMs + 60_000)];
}

/** Booked days before; then held, missed, cancelled, or never touched again. */
function meeting(rng: Rng, base: Activity, ms: number, enters: Enters): readonly Happening[] {
  const bookedMs = atWork(ms - between(rng, 0.2, 9) * DAY_MS);
  const booked: Activity = { ...base, state: "scheduled", minutes: pick(rng, [25, 30, 45, 60, 90]), subject: pick(rng, MEETING_SUBJECTS) };
  const fate = rng.next();
  if (fate < 0.14) return [enters(booked, bookedMs)];
  const state: ActivityState = fate < 0.8 ? "done" : fate < 0.9 ? "no_show" : "canceled";
  const endsMs = state === "canceled" ? between(rng, bookedMs, ms) : ms + (booked.minutes ?? 30) * 60_000 + between(rng, 0, 20) * HOUR_MS;
  return [enters(booked, bookedMs), changed(enters(booked, bookedMs), endsMs, booked, state)];
}

/** Due at `ms`; most are ticked off around then, some stay open for good. */
function task(rng: Rng, base: Activity, ms: number, enters: Enters): readonly Happening[] {
  const madeMs = atWork(ms - between(rng, 0.5, 7) * DAY_MS);
  const made: Activity = { ...base, state: "open", subject: pick(rng, TASK_SUBJECTS) };
  if (happens(rng, 0.2)) return [enters(made, madeMs)];
  return [enters(made, madeMs), changed(enters(made, madeMs), ms + between(rng, -20, 40) * HOUR_MS, made, "done")];
}

function changed(made: Happening, ms: number, activity: Activity, state: ActivityState): Happening {
  const at = instantAt(Math.max(msOf(made.at) + 60_000, ms));
  return { what: "activity_change", at, sides: made.sides, by: made.by, activityKey: activity.key, kind: activity.kind, state };
}
