import type { AlertMode } from "#alerts/mode.ts";
import type { JsonObject } from "#core/json.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import type { Output } from "./app.ts";
import { harmless, table } from "./text.ts";

const SHOWN = 50;
const UNSENT = ["queued", "sending", "retry", "held", "failed"];

/** What fires now, and mails that did not go out. */
export async function listAlerts(output: Output, warehouse: Warehouse, mode: AlertMode): Promise<void> {
  const { states, mails, suspended } = await warehouse.read(async (db) => ({
    states: await db
      .selectFrom("alert_states")
      .selectAll()
      .where("state", "in", ["pending", "firing", "recovering", "no_data", "error"])
      .orderBy("rule_id")
      .orderBy("since")
      .orderBy("subject_id")
      .execute(),
    mails: await db
      .selectFrom("alert_deliveries")
      .selectAll()
      .where("state", "in", UNSENT)
      .orderBy("created_at")
      .orderBy("delivery_id")
      .execute(),
    suspended: await db.selectFrom("suspended_addresses").selectAll().orderBy("address").execute(),
  }));
  output.print(modeText(mode));
  output.print(
    states.length === 0
      ? "No alert fires."
      : table(
          [
            { title: "rule" },
            { title: "subject" },
            { title: "state" },
            { title: "level" },
            { title: "since" },
            { title: "told" },
            { title: "what" },
          ],
          states
            .slice(0, SHOWN)
            .map((row) => [
              ...[row.rule_id, harmless(row.subject_id), row.state, row.level ?? "", row.since.slice(0, 10)],
              row.told_at === null ? "no" : `${row.told_at.slice(0, 10)}${row.told_how === "preview" ? " (preview)" : ""}`,
              harmless(whatOf(row.evidence)),
            ]),
        ),
  );
  if (states.length > SHOWN) output.print(`and ${states.length - SHOWN} more; see --json`);
  for (const mail of mails) {
    output.print(
      `${mail.state}: "${harmless(mail.subject)}" to ${harmless(mail.recipient)}: ${harmless(mail.error_message ?? mail.server_reply ?? "waits")}`,
    );
  }
  for (const row of suspended)
    output.print(`Refuses mail since ${row.since.slice(0, 10)}: ${harmless(row.address)} (${harmless(row.server_reply)})`);
  output.document({
    schema: "scorekeeper.alerts/1",
    mode: mode.mode,
    alerts: states.map((row) => ({
      ...{ rule: row.rule_id, subject: row.subject_id, state: row.state, level: row.level, since: row.since },
      ...{ firedAt: row.fired_at, toldAt: row.told_at, toldHow: row.told_how, facts: factsOf(row.evidence) },
    })),
    mails: mails.map((row) => ({
      ...{ state: row.state, subject: row.subject, recipient: row.recipient, messageId: row.message_id, attempts: row.attempts },
      ...{ createdAt: row.created_at, nextAttemptAt: row.next_attempt_at, reply: row.server_reply, code: row.error_code },
    })),
    suspended: suspended.map((row) => ({ address: row.address, since: row.since, reply: row.server_reply })),
  });
}

function modeText(mode: AlertMode): string {
  if (mode.mode === "live") return `Alerts are live since ${mode.decidedAt?.slice(0, 10) ?? "?"} (${harmless(mode.decidedBy ?? "?")}).`;
  const why = mode.because === "configuration" ? "alerts.mode says so, or no mail server is set" : "until 'alerts go-live'";
  return `Alerts are in preview: mails go to operations only, ${why}.`;
}

/** The facts of the last evaluation, without the person: who owns a deal is for the manager's mail. */
function factsOf(evidence: string): JsonObject {
  const { ownerPersonId: _owner, ...facts }: JsonObject = JSON.parse(evidence);
  return facts;
}

function whatOf(evidence: string): string {
  const { name, stage, days, limitDays, state, why } = factsOf(evidence);
  if (typeof days === "number")
    return `${String(name ?? "unnamed")}: ${days} days in ${String(stage)} (limit ${Math.round(Number(limitDays))})`;
  return String(why ?? state ?? "");
}
