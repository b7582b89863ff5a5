import type { Kysely } from "kysely";
import { createTable } from "./columns.ts";

/** Alert states and their life, the mail outbox, and addresses that a server refused for good. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createTable(
    db,
    "alert_states",
    "subject_key rule_id subject_kind subject_id state level? since held_for:integer fired_at? told_at? told_how? evidence evaluated_at",
    "subject_key",
  );
  await createTable(
    db,
    "alert_events",
    "event_id subject_key rule_id at from_state to_state level? reason notify:integer notification_id? evidence",
    "event_id",
  );
  await createTable(
    db,
    "alert_deliveries",
    "delivery_id notification_id recipient intended_for? mode template language subject content state message_id attempts:integer created_at next_attempt_at sending_at? ended_at? server_reply? error_code? error_message?",
    "delivery_id",
  );
  await createTable(db, "suspended_addresses", "address since delivery_id server_reply", "address");
  await db.schema.createIndex("alert_states_rule").on("alert_states").columns(["rule_id", "state"]).execute();
  await db.schema.createIndex("alert_events_subject").on("alert_events").columns(["subject_key", "at"]).execute();
  await db.schema.createIndex("alert_events_notify").on("alert_events").columns(["notify", "notification_id"]).execute();
  await db.schema.createIndex("alert_deliveries_once").on("alert_deliveries").columns(["notification_id", "recipient"]).unique().execute();
  await db.schema.createIndex("alert_deliveries_state").on("alert_deliveries").columns(["state", "next_attempt_at"]).execute();
}
