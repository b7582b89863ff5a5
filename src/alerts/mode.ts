import type { Instant } from "#core/time/instant.ts";
import { putSetting, readSetting } from "#warehouse/settings.ts";
import type { Reader, WriteTx } from "#warehouse/warehouse.ts";
import type { AlertSettings } from "./settings.ts";

const MODE_KEY = "alerts.mode";
const BASELINE_KEY = "alerts.baseline.";

/** Whether mails reach their recipients, and who decided so (A14b). */
export interface AlertMode {
  readonly mode: "live" | "preview";
  /** `configuration`: alerts.mode is preview; `default`: nobody has said go-live; `decision`: a person has. */
  readonly because: "configuration" | "default" | "decision";
  readonly decidedAt: string | null;
  readonly decidedBy: string | null;
}

export async function alertMode(db: Reader, settings: AlertSettings): Promise<AlertMode> {
  const row = await readSetting(db, MODE_KEY);
  const decided = { decidedAt: row?.changed_at ?? null, decidedBy: row?.changed_by ?? null };
  if (settings.mode === "preview") return { mode: "preview", because: "configuration", ...decided };
  if (row === undefined) return { mode: "preview", because: "default", ...decided };
  return { mode: row.value === "live" ? "live" : "preview", because: "decision", ...decided };
}

/** Go-live, or back. What was owed until now stays untold, unless existing alerts are to be announced afterwards. */
export async function setAlertMode(tx: WriteTx, mode: "live" | "preview", by: string, now: Instant): Promise<void> {
  await putSetting(tx, MODE_KEY, mode, by, now);
  await tx
    .updateTable("alert_events")
    .set({ notification_id: "dropped" })
    .where("notify", "=", 1)
    .where("notification_id", "is", null)
    .execute();
}

/** The version of a rule whose baseline was taken, by connection; none before its first run there. */
export async function baselinesOf(db: Reader, ruleId: string): Promise<ReadonlyMap<string, string>> {
  const prefix = `${BASELINE_KEY}${ruleId}.`;
  const rows = await db
    .selectFrom("settings")
    .select(["key", "value"])
    .where("key", ">=", prefix)
    .where("key", "<", `${prefix}~`)
    .execute();
  return new Map(rows.map((row) => [row.key.slice(prefix.length), row.value]));
}

export async function putBaseline(tx: WriteTx, ruleId: string, connectionId: string, version: string, now: Instant): Promise<void> {
  await putSetting(tx, `${BASELINE_KEY}${ruleId}.${connectionId}`, version, "service", now);
}
