import { toMajor } from "#core/money.ts";
import type { Organization } from "#core/organization.ts";
import { addDays, type Day, weekday } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";
import { zone } from "#core/time/zone.ts";
import { type DigestPlan, planDigests } from "./digests.ts";
import type { AlertFacts } from "./facts.ts";
import { announceExisting, type Evaluation, evaluateRule, type Notice, noticeOf, type StoredState } from "./notice.ts";
import { type OperationsMail, planOperationsMail } from "./operations-mail.ts";
import { observeStaleDeals } from "./rules/stale-deal.ts";
import { observeSync, SYNC_RULE } from "./rules/sync-health.ts";
import type { AlertSettings } from "./settings.ts";
import { type AlertMoment, type AlertPolicy, businessDaysBetween, type Observation } from "./state.ts";

/** Errors of rules are states of their own. */
export const RULE_ERRORS = "rule_error";

/** What the warehouse remembers from earlier evaluations. */
export interface AlertMemory {
  readonly stale: { readonly states: readonly StoredState[]; readonly notices: readonly Notice[] };
  readonly sync: { readonly states: readonly StoredState[]; readonly notices: readonly Notice[] };
  readonly rules: { readonly states: readonly StoredState[]; readonly notices: readonly Notice[] };
  /** By connection: version of the rule whose baseline was taken there. */
  readonly baselines: ReadonlyMap<string, string>;
  readonly mode: "live" | "preview";
}

export interface DecideDeps {
  readonly now: Instant;
  readonly organization: Organization;
  readonly settings: AlertSettings;
  readonly recordUrl: (connectionId: string, dealId: string) => string | null;
  readonly when: "now" | "scheduled";
  /** Tell also of what fires since before anybody could be told (A13). */
  readonly notifyExisting: boolean;
}

/** Everything one run of the alerts comes to; nothing has happened yet. */
export interface Decision {
  readonly evaluations: readonly Evaluation[];
  readonly digests: DigestPlan;
  readonly operations: OperationsMail | null;
  /** Connections whose deals were judged by the present version of the rule for the first time. */
  readonly judged: readonly string[];
  readonly states: readonly StoredState[];
}

const AT_ONCE = { unit: "evaluations", count: 1 } as const;

/** From facts and memory to states, events and mails. Pure. */
export function decide(facts: AlertFacts, memory: AlertMemory, deps: DecideDeps): Decision {
  const at = momentOf(deps);
  const sync = evaluateRule(plain(SYNC_RULE, "connection", observeSync(facts.health)), memory.sync.states, at);
  const rules = evaluateRule(plain(RULE_ERRORS, "rule", observeRules(facts, deps.settings)), memory.rules.states, at);
  const stale = evaluateStale(facts, memory, deps, at);
  const own = [...memory.stale.notices, ...stale.events.filter(({ event }) => event.notify).map(noticeOf)];
  const owed = new Set(own.map((notice) => notice.key));
  const existing = deps.notifyExisting ? announceExisting(stale.states, owed, memory.mode, deps.now) : [];
  const asOf = facts.health.reduce<Instant>((oldest, each) => (each.asOf !== null && each.asOf < oldest ? each.asOf : oldest), deps.now);
  const digests = planDigests({
    ...{ now: deps.now, asOf, organization: deps.organization, settings: deps.settings, mode: memory.mode, when: deps.when },
    ...{ directory: facts.directory, nextSteps: facts.nextSteps, recordUrl: deps.recordUrl },
    states: byKey(stale.states),
    notices: [...own, ...existing.map(noticeOf)],
  });
  const health = [sync, rules];
  const operations = planOperationsMail({
    ...{ organization: deps.organization, operations: deps.settings.mail.operations, now: deps.now },
    states: byKey(health.flatMap((each) => each.states)),
    notices: [
      ...[...memory.sync.notices, ...memory.rules.notices],
      ...health.flatMap((each) => each.events.filter(({ event }) => event.notify).map(noticeOf)),
    ],
  });
  return {
    evaluations: [...health, { ...stale, events: [...stale.events, ...existing] }],
    ...{ digests, operations, states: stale.states },
    judged: firstJudged(facts, memory, deps.settings),
  };
}

function evaluateStale(facts: AlertFacts, memory: AlertMemory, deps: DecideDeps, at: AlertMoment): Evaluation {
  const { staleDeal, remindAfterDays } = deps.settings;
  if (staleDeal === null || facts.paces.state === "error") return { states: memory.stale.states, changed: [], events: [] };
  const version = ruleVersion(deps.settings);
  const broken = new Set(facts.health.filter((each) => each.state !== "ok").map((each) => each.connectionId));
  const findings = {
    ...({ ruleId: staleDeal.id, kind: "deal" } as const),
    baseline: (id: string) => memory.baselines.get(connectionOf(id)) !== version,
    policy: { fireAfter: AT_ONCE, resolveAfter: AT_ONCE, repeatAfterDays: remindAfterDays },
    observations: observeStaleDeals(staleDeal, facts.paces.paces, toMajor),
    inhibited: (id: string) => broken.has(connectionOf(id)),
  };
  return evaluateRule(findings, memory.stale.states, at);
}

function firstJudged(facts: AlertFacts, memory: AlertMemory, settings: AlertSettings): readonly string[] {
  if (facts.paces.state === "error") return [];
  const version = ruleVersion(settings);
  const healthy = facts.health.filter((each) => each.state === "ok").map((each) => each.connectionId);
  return healthy.filter((connectionId) => memory.baselines.get(connectionId) !== version);
}

function connectionOf(subjectId: string): string {
  return subjectId.slice(0, subjectId.indexOf(":"));
}

/** Another version takes a baseline again: a rule made stricter does not mail the whole past (A13). */
export function ruleVersion({ staleDeal }: AlertSettings): string {
  return staleDeal === null ? "" : JSON.stringify([staleDeal.multiplier, staleDeal.minimumDays, staleDeal.minimumAmount]);
}

function plain(ruleId: string, kind: "connection" | "rule", observations: ReadonlyMap<string, Observation>) {
  const policy: AlertPolicy = { fireAfter: AT_ONCE, resolveAfter: AT_ONCE, repeatAfterDays: null };
  return { ruleId, kind, policy, observations, baseline: () => false, inhibited: () => false };
}

function observeRules(facts: AlertFacts, settings: AlertSettings): ReadonlyMap<string, Observation> {
  const { paces } = facts;
  return new Map([
    [settings.staleDeal?.id ?? "stale_deal", paces.state === "error" ? { state: "error", why: paces.why } : { state: "absent" }],
  ]);
}

function momentOf({ now, organization }: DecideDeps): AlertMoment {
  const local = zone(organization.timeZone);
  const { holidays, workingDays } = organization.calendar;
  const isWorkingDay = (day: Day): boolean => workingDays.has(weekday(day)) && !holidays.has(day);
  return {
    now,
    businessDays: (from, to) => businessDaysBetween(local.dayOf(from), local.dayOf(to), isWorkingDay, (day) => addDays(day, 1)),
  };
}

function byKey(states: readonly StoredState[]): ReadonlyMap<string, StoredState> {
  return new Map(states.map((state) => [state.key, state]));
}
