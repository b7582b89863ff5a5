import { canonicalJson, type JsonObject } from "#core/json.ts";
import type { Instant } from "#core/time/instant.ts";
import { step } from "./evaluate.ts";
import type { AlertEvent, AlertLevel, AlertMoment, AlertPolicy, AlertReason, AlertState, Observation } from "./state.ts";
import { type Subject, subjectKey } from "./subject.ts";

export interface StoredState extends AlertState, Subject {}

/** A row of `alert_events`. */
export interface StoredEvent extends Subject {
  readonly eventId: string;
  readonly at: Instant;
  readonly event: AlertEvent;
  readonly evidence: JsonObject;
}

/** Something a person is still to be told. */
export interface Notice {
  readonly eventId: string;
  readonly key: string;
  readonly reason: AlertReason;
  readonly level: AlertLevel | null;
  readonly at: Instant;
  readonly evidence: JsonObject;
}

/** One rule with everything it found. */
export interface RuleFindings {
  readonly ruleId: string;
  readonly kind: Subject["kind"];
  readonly policy: AlertPolicy;
  readonly observations: ReadonlyMap<string, Observation>;
  /** First run of this rule, or of this version of it: what fires now is the past and is told to nobody (A13). */
  readonly baseline: (subjectId: string) => boolean;
  /** Subjects that can't be judged now, as the data they rest on are late: their state stays as it is (A9). */
  readonly inhibited: (subjectId: string) => boolean;
}

export interface Evaluation {
  /** Every state of the rule that is worth keeping, changed or not. */
  readonly states: readonly StoredState[];
  /** Those to be stored: a second evaluation of the same facts stores nothing. */
  readonly changed: readonly StoredState[];
  readonly events: readonly StoredEvent[];
}

/** Steps every subject of one rule. */
export function evaluateRule(findings: RuleFindings, previous: readonly StoredState[], at: AlertMoment): Evaluation {
  const known = new Map(previous.map((state) => [state.id, state]));
  const ids = [...new Set([...known.keys(), ...findings.observations.keys()])].sort();
  const steps = ids.map((id) => stepSubject(findings, id, known.get(id) ?? null, at));
  const states = steps.flatMap(({ state }) => state ?? []);
  const changed = states.filter((state) => !isSame(state, known.get(state.id)));
  return { states, changed, events: steps.flatMap(({ event }) => event ?? []) };
}

function isSame(state: StoredState, before: StoredState | undefined): boolean {
  return before !== undefined && canonicalJson({ ...state }) === canonicalJson({ ...before });
}

function stepSubject(
  findings: RuleFindings,
  id: string,
  before: StoredState | null,
  at: AlertMoment,
): { readonly state: StoredState | null; readonly event: StoredEvent | null } {
  if (findings.inhibited(id)) return { state: before, event: null };
  const { ruleId, kind } = findings;
  const subject = { key: subjectKey(ruleId, kind, id), ruleId, kind, id };
  const { next, event } = step(before, findings.observations.get(id) ?? { state: "absent" }, findings.policy, at);
  // A subject that never had anything to say needs no row.
  if (before === null && event === null) return { state: null, event: null };
  const told = event !== null && findings.baseline(id) ? asBaseline(event) : event;
  return { state: { ...next, ...subject }, event: told === null ? null : eventOf(subject, told, next.evidence, at.now) };
}

function asBaseline(event: AlertEvent): AlertEvent {
  return event.reason === "first" ? { ...event, reason: "baseline", notify: false } : event;
}

export function eventOf(subject: Subject, event: AlertEvent, evidence: JsonObject, at: Instant): StoredEvent {
  const { key, ruleId, kind, id } = subject;
  return { eventId: subjectKey(key, event.reason, at), key, ruleId, kind, id, at, event, evidence };
}

/** Events for what fires although nobody concerned knows of it: asked for with `--notify-existing` (A13). */
export function announceExisting(
  states: readonly StoredState[],
  owed: ReadonlySet<string>,
  mode: "live" | "preview",
  at: Instant,
): readonly StoredEvent[] {
  const isTold = (state: StoredState): boolean => state.toldHow === "live" || (mode === "preview" && state.toldHow === "preview");
  return states
    .filter((state) => (state.state === "firing" || state.state === "recovering") && !isTold(state) && !owed.has(state.key))
    .map((state) => {
      const event: AlertEvent = { from: state.state, to: state.state, level: state.level, reason: "existing", notify: true };
      return eventOf(state, event, state.evidence, at);
    });
}

export function noticeOf({ eventId, key, event, at, evidence }: StoredEvent): Notice {
  return { eventId, key, reason: event.reason, level: event.level, at, evidence };
}
