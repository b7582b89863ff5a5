import type { Organization } from "#core/organization.ts";
import { type Instant, msOf } from "#core/time/instant.ts";
import type { StuckDealLine, StuckDealsContent } from "#mail/content.ts";
import { languageOf } from "#mail/deliver.ts";
import { hash, type MailOrder } from "#mail/outbox.ts";
import { isDigestDue } from "./digest-due.ts";
import type { Notice, StoredState } from "./notice.ts";
import { type Directory, problemText, type Route, type RoutePerson, type RouteProblem, routeOwner } from "./route.ts";
import { decodeStaleDeal, type StaleDealEvidence } from "./rules/stale-deal.ts";
import type { AlertSettings } from "./settings.ts";
import { ALERT_LEVELS } from "./state.ts";

/** Deals named in one mail. */
const NAMED = 20;
const NEWS_MS = 7 * 86_400_000;

/** What digests are made from. */
export interface DigestInput {
  readonly now: Instant;
  /** Moment the data are true for. */
  readonly asOf: Instant;
  readonly organization: Organization;
  readonly settings: AlertSettings;
  readonly mode: "live" | "preview";
  /** `now`: asked for by a person; `scheduled`: only what a digest time has passed for. */
  readonly when: "now" | "scheduled";
  readonly directory: Directory;
  /** Of the rule `stale_deal`, by key. */
  readonly states: ReadonlyMap<string, StoredState>;
  readonly notices: readonly Notice[];
  readonly nextSteps: ReadonlyMap<string, string>;
  /** Address of a deal in its CRM; null where it has none. */
  readonly recordUrl: (connectionId: string, dealId: string) => string | null;
}

/** One mail to be, with what it settles. */
export interface Digest {
  /** Null: there is nowhere to send it, as no operations address is set. */
  readonly order: MailOrder | null;
  readonly content: StuckDealsContent;
  /** Whom it is for, sent there or not. */
  readonly meantFor: string | null;
  readonly notificationId: string;
  readonly eventIds: readonly string[];
  readonly keys: readonly string[];
}

export interface DigestPlan {
  readonly digests: readonly Digest[];
  /** Events over before anybody was told. */
  readonly dropped: readonly string[];
}

interface Item {
  readonly notice: Notice;
  readonly evidence: StaleDealEvidence;
  readonly route: Route;
}

/** Groups what is owed into one digest per recipient (A7). Nothing to decide, no mail. */
export function planDigests(input: DigestInput): DigestPlan {
  const isOpen = (notice: Notice): boolean => {
    const state = input.states.get(notice.key)?.state;
    return state === "firing" || state === "recovering";
  };
  const isEnd = (notice: Notice): boolean => notice.reason === "resolved" || notice.reason === "gone";
  const over = input.notices.filter((notice) => !isEnd(notice) && !isOpen(notice));
  // An end is news for a week, and only while nothing new has begun for the same deal.
  const isOld = (notice: Notice): boolean => msOf(input.now) - msOf(notice.at) > NEWS_MS;
  const stale = input.notices.filter((notice) => isEnd(notice) && (isOpen(notice) || isOld(notice)));
  const dropped = [...over, ...stale].map((notice) => notice.eventId);
  const items = input.notices
    .filter((notice) => !dropped.includes(notice.eventId))
    .map((notice) => {
      const evidence = decodeStaleDeal(input.states.get(notice.key)?.evidence ?? notice.evidence);
      return { notice, evidence, route: routeOwner(evidence.ownerPersonId, input.directory) };
    });
  const groups = Map.groupBy(items, ({ route }) => (route.to === "manager" ? route.address.toLowerCase() : ""));
  const digests = [...groups.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => {
      const open = group.filter(({ notice }) => !isEnd(notice));
      return open.length === 0 || !isDue(open, input)
        ? []
        : [
            digestOf(
              open,
              group.filter(({ notice }) => isEnd(notice)),
              input,
            ),
          ];
    });
  return { digests, dropped };
}

function isDue(open: readonly Item[], input: DigestInput): boolean {
  if (input.when === "now") return true;
  const route = open[0]?.route;
  const timeZone = (route?.to === "manager" ? route.person.timeZone : null) ?? input.organization.timeZone;
  return open.some(({ notice }) => isDigestDue(notice.at, input.now, timeZone, input.settings.digest));
}

function digestOf(open: readonly Item[], ended: readonly Item[], input: DigestInput): Digest {
  const { settings, mode, organization } = input;
  const first = open[0]?.route;
  const person = first?.to === "manager" ? first.person : null;
  const meantFor = first?.to === "manager" ? first.address : null;
  const recipient = mode === "live" && meantFor !== null ? meantFor : settings.mail.operations;
  const eventIds = [...open, ...ended].map(({ notice }) => notice.eventId).toSorted();
  const notificationId = hash(JSON.stringify(["stuck_deals", meantFor, ...eventIds]));
  const content = contentOf(open, ended, person, input);
  const language = languageOf((mode === "live" ? person?.language : null) ?? organization.language);
  return {
    ...{ content, meantFor, notificationId, eventIds },
    keys: [...new Set([...open, ...ended].map(({ notice }) => notice.key))],
    order:
      recipient === null ? null : { notificationId, recipient, mode, language, content, intendedFor: mode === "preview" ? meantFor : null },
  };
}

function contentOf(open: readonly Item[], ended: readonly Item[], person: RoutePerson | null, input: DigestInput): StuckDealsContent {
  const { organization, mode } = input;
  const lines = bySubject(open, input).toSorted(compareLines);
  const resolved = ended.map(({ evidence }) => evidence.name ?? `${evidence.connectionId}:${evidence.dealId}`).toSorted();
  return {
    ...{ template: "stuck_deals", organization: organization.name, asOf: input.asOf },
    timeZone: (mode === "live" ? person?.timeZone : null) ?? organization.timeZone,
    preview: mode === "preview" ? { meantFor: person === null ? null : nameAndAddress(person) } : null,
    audience: person === null ? "operations" : "manager",
    ...{ deals: lines.slice(0, NAMED), more: Math.max(0, lines.length - NAMED), total: lines.length },
    fresh: lines.filter((line) => line.why === "first").length,
    worst: lines.some((line) => line.level === "critical") ? "critical" : "warning",
    ...{ resolved: resolved.slice(0, NAMED), resolvedMore: Math.max(0, resolved.length - NAMED) },
  };
}

function nameAndAddress(person: RoutePerson): string {
  return person.name === null ? (person.email ?? person.personId) : `${person.name} <${person.email ?? person.personId}>`;
}

/** What one deal is told for when several things are owed: the strongest reason. */
const REASONS = ["first", "level_up", "existing", "reminder"] as const;

function bySubject(items: readonly Item[], input: DigestInput): readonly StuckDealLine[] {
  const groups = Map.groupBy(items, ({ notice }) => notice.key);
  return [...groups.entries()].flatMap(([key, group]) => {
    const why = REASONS.find((reason) => group.some(({ notice }) => notice.reason === reason));
    const item = group[0];
    const level = input.states.get(key)?.level ?? null;
    return why === undefined || item === undefined || level === null ? [] : [lineOf(item, why, level, input)];
  });
}

function lineOf({ evidence, route }: Item, why: StuckDealLine["why"], level: StuckDealLine["level"], input: DigestInput): StuckDealLine {
  const id = `${evidence.connectionId}:${evidence.dealId}`;
  const problem: RouteProblem | null = route.to === "operations" ? route.why : null;
  return {
    ...{ id, name: evidence.name, account: evidence.account, stage: evidence.stage, enteredOn: evidence.enteredOn },
    url: input.recordUrl(evidence.connectionId, evidence.dealId),
    ...{ assumed: evidence.assumed, days: evidence.days, typicalDays: evidence.typicalDays, sampleSize: evidence.sampleSize },
    ...{ limitDays: evidence.limitDays, amountMinor: evidence.amountMinor, currency: evidence.currency },
    owner: ownerOf(evidence, input),
    nextStep: input.nextSteps.get(id) ?? null,
    ...{ level, why, problem: problem === null ? null : problemText(problem) },
  };
}

function ownerOf(evidence: StaleDealEvidence, { settings, directory }: DigestInput): StuckDealLine["owner"] {
  if (settings.peopleLevel === "team") return { state: "hidden" };
  const id = evidence.ownerPersonId;
  if (id === null) return { state: "none" };
  return { state: "named", name: directory.people.get(id)?.name ?? id };
}

/** Worst first, then new ones, then by how far beyond the limit. */
function compareLines(a: StuckDealLine, b: StuckDealLine): number {
  return (
    ALERT_LEVELS.indexOf(b.level) - ALERT_LEVELS.indexOf(a.level) ||
    REASONS.indexOf(a.why) - REASONS.indexOf(b.why) ||
    b.days / b.limitDays - a.days / a.limitDays ||
    (a.id < b.id ? -1 : 1)
  );
}
