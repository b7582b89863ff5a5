import type { Organization } from "#core/organization.ts";
import { type Instant, storedInstant } from "#core/time/instant.ts";
import type { OperationsContent, OperationsLine } from "#mail/content.ts";
import { hash, type MailOrder } from "#mail/outbox.ts";
import type { Notice, StoredState } from "./notice.ts";
import { SYNC_RULE } from "./rules/sync-health.ts";

/** What the people who run the service are told: connections that can't be relied on, rules that fail (A9, A16). */
export interface OperationsMail {
  readonly order: MailOrder | null;
  readonly content: OperationsContent;
  readonly eventIds: readonly string[];
  readonly keys: readonly string[];
}

/** One mail for everything that is owed; null when nothing needs attention. It goes out at once, in preview too. */
export function planOperationsMail(input: {
  readonly notices: readonly Notice[];
  readonly states: ReadonlyMap<string, StoredState>;
  readonly organization: Organization;
  readonly operations: string | null;
  readonly now: Instant;
}): OperationsMail | null {
  const { notices, states, organization, operations, now } = input;
  const lines = notices.flatMap((notice) => lineOf(notice, states.get(notice.key)) ?? []);
  if (lines.length === 0) return null;
  const ended = notices.filter((notice) => notice.reason === "resolved" && states.get(notice.key)?.kind === "connection");
  const content: OperationsContent = {
    ...{ template: "operations", organization: organization.name, timeZone: organization.timeZone, asOf: now, preview: null, lines },
    resolved: ended.flatMap((notice) => states.get(notice.key)?.id ?? []),
  };
  const eventIds = notices.map((notice) => notice.eventId).toSorted();
  const notificationId = hash(JSON.stringify(["operations", ...eventIds]));
  const order: MailOrder | null =
    operations === null
      ? null
      : { notificationId, recipient: operations, intendedFor: null, mode: "live", language: organization.language, content };
  return { order, content, eventIds, keys: notices.map((notice) => notice.key) };
}

function lineOf(notice: Notice, state: StoredState | undefined): OperationsLine | null {
  if (state === undefined || notice.reason === "resolved" || notice.reason === "gone") return null;
  if (state.ruleId === SYNC_RULE) return state.state === "firing" ? syncLine(state) : null;
  const error = String(state.evidence["why"] ?? "");
  return {
    ...{ what: "operations.rule_error", remedy: "operations.rule_remedy", since: state.since, time: null },
    values: { rule: state.id, error },
  };
}

const SYNC_TEXTS = {
  failed: "operations.sync_failed",
  partial: "operations.sync_partial",
  stale: "operations.sync_stale",
  never: "operations.sync_never",
} as const;

function syncLine(state: StoredState): OperationsLine {
  const { state: kind, asOf } = state.evidence;
  const what = Object.entries(SYNC_TEXTS).find(([name]) => name === kind)?.[1] ?? SYNC_TEXTS.failed;
  const time = typeof asOf === "string" ? storedInstant(asOf) : null;
  return { what, remedy: "operations.sync_remedy", since: state.since, values: { connection: state.id }, time };
}
