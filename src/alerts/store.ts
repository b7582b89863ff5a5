import type { JsonObject } from "#core/json.ts";
import { type Instant, storedInstant } from "#core/time/instant.ts";
import type { AlertEventsTable, AlertStatesTable } from "#warehouse/schema/alerts.ts";
import type { Reader, WriteTx } from "#warehouse/warehouse.ts";
import type { Notice, StoredEvent, StoredState } from "./notice.ts";
import { ALERT_LEVELS, ALERT_REASONS, ALERT_STATES, type AlertLevel } from "./state.ts";

/** States of one rule. */
export async function loadStates(db: Reader, ruleId: string): Promise<readonly StoredState[]> {
  const rows = await db.selectFrom("alert_states").selectAll().where("rule_id", "=", ruleId).orderBy("subject_key").execute();
  return rows.map(decodeState);
}

/** What people are still to be told of one rule. */
export async function loadNotices(db: Reader, ruleId: string): Promise<readonly Notice[]> {
  const rows = await db
    .selectFrom("alert_events")
    .selectAll()
    .where("rule_id", "=", ruleId)
    .where("notify", "=", 1)
    .where("notification_id", "is", null)
    .orderBy("at")
    .orderBy("event_id")
    .execute();
  return rows.map(decodeNotice);
}

export async function saveStates(tx: WriteTx, states: readonly StoredState[], now: Instant): Promise<void> {
  for (const state of states) {
    const row = {
      ...{ rule_id: state.ruleId, subject_kind: state.kind, subject_id: state.id, state: state.state, level: state.level },
      ...{ since: state.since, held_for: state.heldFor, fired_at: state.firedAt, told_at: state.toldAt, told_how: state.toldHow },
      ...{ evidence: JSON.stringify(state.evidence), evaluated_at: now },
    };
    await tx
      .insertInto("alert_states")
      .values({ subject_key: state.key, ...row })
      .onConflict((conflict) => conflict.column("subject_key").doUpdateSet(row))
      .execute();
  }
}

/** Events are only ever added; the same one twice is one. */
export async function addEvents(tx: WriteTx, events: readonly StoredEvent[]): Promise<void> {
  for (const { eventId, key, ruleId, at, event, evidence } of events) {
    await tx
      .insertInto("alert_events")
      .values({
        ...{ event_id: eventId, subject_key: key, rule_id: ruleId, at, from_state: event.from, to_state: event.to, level: event.level },
        ...{ reason: event.reason, notify: event.notify ? 1 : 0, notification_id: null, evidence: JSON.stringify(evidence) },
      })
      .onConflict((conflict) => conflict.column("event_id").doNothing())
      .execute();
  }
}

/** Notes which mail told what; `dropped` when nobody will be told. */
export async function settleEvents(tx: WriteTx, eventIds: readonly string[], notificationId: string): Promise<void> {
  for (let start = 0; start < eventIds.length; start += 500) {
    await tx
      .updateTable("alert_events")
      .set({ notification_id: notificationId })
      .where("event_id", "in", eventIds.slice(start, start + 500))
      .execute();
  }
}

export async function markTold(tx: WriteTx, keys: readonly string[], how: "live" | "preview", now: Instant): Promise<void> {
  for (let start = 0; start < keys.length; start += 500) {
    await tx
      .updateTable("alert_states")
      .set({ told_at: now, told_how: how })
      .where("subject_key", "in", keys.slice(start, start + 500))
      .execute();
  }
}

function decodeState(row: AlertStatesTable): StoredState {
  return {
    ...{
      key: row.subject_key,
      ruleId: row.rule_id,
      kind: oneOf<StoredState["kind"]>(["deal", "connection", "rule"], row.subject_kind),
      id: row.subject_id,
    },
    ...{ state: oneOf(ALERT_STATES, row.state), level: levelOf(row.level), since: storedInstant(row.since), heldFor: row.held_for },
    firedAt: row.fired_at === null ? null : storedInstant(row.fired_at),
    toldAt: row.told_at === null ? null : storedInstant(row.told_at),
    toldHow: row.told_how === null ? null : oneOf<"live" | "preview">(["live", "preview"], row.told_how),
    evidence: jsonObject(row.evidence),
  };
}

function decodeNotice(row: AlertEventsTable): Notice {
  return {
    ...{ eventId: row.event_id, key: row.subject_key, reason: oneOf(ALERT_REASONS, row.reason), level: levelOf(row.level) },
    ...{ at: storedInstant(row.at), evidence: jsonObject(row.evidence) },
  };
}

function levelOf(text: string | null): AlertLevel | null {
  return text === null ? null : oneOf(ALERT_LEVELS, text);
}

function oneOf<T extends string>(known: readonly T[], text: string): T {
  const found = known.find((each) => each === text);
  if (found === undefined) throw new TypeError(`A stored alert holds '${text}', which is none of ${known.join(", ")}.`);
  return found;
}

function jsonObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
