import {
  ALERT_LEVELS,
  type AlertEvent,
  type AlertLevel,
  type AlertMoment,
  type AlertPolicy,
  type AlertReason,
  type AlertState,
  type AlertStateName,
  type Hold,
  type Observation,
  type Threshold,
  type Transition,
} from "./state.ts";

/** Steps the state of one rule for one subject (A2–A5). Pure: the same state, observation and moment give the same answer. */
export function step(previous: AlertState | null, observation: Observation, policy: AlertPolicy, at: AlertMoment): Transition {
  const before = previous ?? fresh(at);
  switch (observation.state) {
    case "no_data":
    case "error":
      return unknown(before, observation, at);
    case "absent":
      return quiet({ ...before, evidence: before.evidence }, { ...policy, resolveAfter: ONE }, at, "gone");
    case "value": {
      const seen = { ...before, evidence: observation.evidence };
      const level = levelOf(observation, isActive(before) ? before.level : null);
      return level === null ? quiet(seen, policy, at, "resolved") : alarming(seen, level, policy, at);
    }
  }
}

/** The level a value stands at. A level already reached ends only at its clear threshold. */
export function levelOf(
  observation: { readonly value: number; readonly bad: "above" | "below"; readonly thresholds: readonly Threshold[] },
  reached: AlertLevel | null,
): AlertLevel | null {
  const sign = observation.bad === "above" ? 1 : -1;
  const rank = (level: AlertLevel | null): number => (level === null ? -1 : ALERT_LEVELS.indexOf(level));
  const holds = (threshold: Threshold): boolean => {
    const limit = rank(reached) >= rank(threshold.level) ? threshold.clear : threshold.fire;
    return sign * observation.value > sign * limit;
  };
  const levels = observation.thresholds.filter(holds).map((threshold) => threshold.level);
  return levels.toSorted((a, b) => rank(b) - rank(a))[0] ?? null;
}

/** Whether the clear thresholds lie on the harmless side; false is a configuration error (A2). */
export function thresholdsAreSound(thresholds: readonly Threshold[], bad: "above" | "below"): boolean {
  return thresholds.every(({ fire, clear }) => (bad === "above" ? clear <= fire : clear >= fire));
}

const ONE: Hold = { unit: "evaluations", count: 1 };

function fresh(at: AlertMoment): AlertState {
  return { state: "normal", level: null, since: at.now, heldFor: 0, firedAt: null, toldAt: null, toldHow: null, evidence: {} };
}

/** Firing as far as people are concerned, whatever we can see at the moment. */
function isActive(state: AlertState): boolean {
  return state.firedAt !== null;
}

function event(before: AlertState, next: AlertState, reason: AlertReason, notify: boolean): AlertEvent {
  return { from: before.state, to: next.state, level: next.level ?? before.level, reason, notify };
}

function held(hold: Hold, heldFor: number, since: AlertState["since"], at: AlertMoment): boolean {
  return hold.unit === "evaluations" ? heldFor >= hold.count : at.businessDays(since, at.now) >= hold.count;
}

function unknown(
  before: AlertState,
  observation: { readonly state: "no_data" | "error"; readonly why: string },
  at: AlertMoment,
): Transition {
  const evidence = { ...before.evidence, why: observation.why };
  if (before.state === observation.state) return { next: { ...before, evidence }, event: null };
  const next: AlertState = { ...before, state: observation.state, since: at.now, heldFor: 0, evidence };
  return { next, event: event(before, next, observation.state, true) };
}

function alarming(before: AlertState, level: AlertLevel, policy: AlertPolicy, at: AlertMoment): Transition {
  if (isActive(before)) return stillFiring(before, level, policy, at);
  const isWaiting = before.state === "pending";
  const since = isWaiting ? before.since : at.now;
  const heldFor = isWaiting ? before.heldFor + 1 : 1;
  if (!held(policy.fireAfter, heldFor, since, at)) {
    const next: AlertState = { ...before, state: "pending", level, since, heldFor };
    return { next, event: isWaiting ? null : event(before, next, "pending", false) };
  }
  const next: AlertState = {
    ...{ state: "firing", level, since: at.now, heldFor: 0, firedAt: at.now, toldAt: null, toldHow: null },
    evidence: before.evidence,
  };
  return { next, event: event(before, next, "first", true) };
}

function stillFiring(before: AlertState, level: AlertLevel, policy: AlertPolicy, at: AlertMoment): Transition {
  const change = ALERT_LEVELS.indexOf(level) - (before.level === null ? -1 : ALERT_LEVELS.indexOf(before.level));
  const since = before.state === "firing" && change === 0 ? before.since : at.now;
  const next: AlertState = { ...before, state: "firing", level, since, heldFor: 0 };
  if (change > 0) return { next, event: event(before, next, "level_up", true) };
  if (before.state !== "firing") return { next, event: event(before, next, "relapse", false) };
  if (change < 0) return { next, event: event(before, next, "level_down", false) };
  const isDue =
    policy.repeatAfterDays !== null &&
    before.toldAt !== null &&
    before.since <= before.toldAt &&
    at.businessDays(before.toldAt, at.now) >= policy.repeatAfterDays;
  return { next, event: isDue ? event(before, next, "reminder", true) : null };
}

/** The value is fine, or the subject gone. */
function quiet(before: AlertState, policy: AlertPolicy, at: AlertMoment, reason: "resolved" | "gone"): Transition {
  if (!isActive(before)) return calm(before, at);
  const isWaiting = before.state === "recovering";
  const since = isWaiting ? before.since : at.now;
  const heldFor = isWaiting ? before.heldFor + 1 : 1;
  if (!held(policy.resolveAfter, heldFor, since, at)) {
    const next: AlertState = { ...before, state: "recovering", since, heldFor };
    return { next, event: isWaiting ? null : event(before, next, "recovering", false) };
  }
  const next: AlertState = { ...before, state: "resolved", level: null, since: at.now, heldFor: 0, firedAt: null };
  // Only those who were told of the firing care that it is over (A4).
  return { next, event: event(before, next, reason, before.toldAt !== null) };
}

function calm(before: AlertState, at: AlertMoment): Transition {
  const resting: readonly AlertStateName[] = ["normal", "resolved"];
  if (resting.includes(before.state)) return { next: before, event: null };
  const next: AlertState = { ...before, state: "normal", level: null, since: at.now, heldFor: 0 };
  return { next, event: event(before, next, "cleared", false) };
}
