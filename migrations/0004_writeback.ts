import type { Kysely } from "kysely";
import { createTable } from "./columns.ts";

/** Plans and their rows (the outbox), what each CRM confirmed last, and records it keeps refusing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createTable(
    db,
    "writeback_runs",
    "run_id connection_id state plan_digest as_of made_at made_by decided_at? decided_by? comment? started_at? ended_at? counts error_code? error_message?",
    "run_id",
  );
  await createTable(
    db,
    "writeback_changes",
    "run_id connection_id target record_id field old_value? new_value? state attempts:integer error_code? error_message? changed_at",
    "run_id target record_id field",
  );
  await createTable(
    db,
    "writeback_sent",
    "connection_id target record_id field value? sent_at run_id",
    "connection_id target record_id field",
  );
  await createTable(
    db,
    "writeback_failures",
    "connection_id target record_id values_digest times:integer state error_code error_message last_at",
    "connection_id target record_id",
  );
  await db.schema.createIndex("writeback_runs_connection").on("writeback_runs").columns(["connection_id", "made_at"]).execute();
  await db.schema.createIndex("writeback_changes_state").on("writeback_changes").columns(["run_id", "state"]).execute();
  await db.schema
    .createIndex("writeback_changes_record")
    .on("writeback_changes")
    .columns(["connection_id", "target", "record_id"])
    .execute();
}
