import type { JsonObject } from "#core/json.ts";
import type { FieldValue } from "#core/writeback.ts";
import type { ApplyReport } from "#writeback/apply.ts";
import { AS_OF } from "#writeback/fields.ts";
import type { Planned } from "#writeback/planned.ts";
import type { Output } from "./app.ts";
import { harmless, table } from "./text.ts";

const SHOWN = 10;

/** A plan for people: counts, fields, the first records, what it costs. */
export function showPlan(output: Output, planned: Planned, isHeld: boolean): void {
  const { plan } = planned;
  const { counts, cost } = plan;
  output.print(output.style.bold(`${plan.connectionId}: ${counts.changed} of ${counts.records} records would change`));
  const rest = [
    ...(counts.heartbeats > 0 ? [`${counts.heartbeats} only get a new as-of`] : []),
    ...(counts.unchanged > 0 ? [`${counts.unchanged} unchanged`] : []),
    ...(counts.parked > 0 ? [`${counts.parked} parked, as the CRM keeps refusing them`] : []),
    ...(counts.gone > 0 ? [`${counts.gone} gone from the CRM`] : []),
    ...(cost.calls > 0 ? [`${cost.calls} API ${cost.calls === 1 ? "call" : "calls"}`] : []),
  ];
  if (rest.length > 0) output.print(`  ${rest.join(", ")}`);
  const changes = plan.items.flatMap((item) =>
    item.changes.filter((change) => change.field !== AS_OF).map((change) => [item.id, change.field, shown(change.old), shown(change.new)]),
  );
  if (changes.length > 0) {
    const columns = [{ title: "record" }, { title: "field" }, { title: "now" }, { title: "would be" }];
    output.print(
      table(
        columns,
        changes.slice(0, SHOWN).map((row) => row.map(harmless)),
      ),
    );
  }
  if (changes.length > SHOWN) output.print(`and ${changes.length - SHOWN} more; see --json`);
  for (const line of warnings(output, planned, isHeld)) output.print(`  ${line}`);
}

/** What else is to be known before it is applied. */
function warnings({ style }: Output, planned: Planned, isHeld: boolean): readonly string[] {
  const { mode, health, breaker, automations } = planned;
  return [
    ...(automations.length > 0 ? [`The CRM runs on its deals: ${automationsText(planned)}`] : []),
    ...(mode.mode === "preview" ? ["In preview: nothing is written until 'writeback go-live'."] : []),
    ...(health.state === "ok" ? [] : [style.yellow(`The last sync is ${health.state}: nothing is written from such data.`)]),
    ...(isHeld || breaker !== null ? [style.yellow(`${breaker ?? "Held."} It waits for 'writeback approve' or 'reject'.`)] : []),
  ];
}

/** "flow Notify manager, trigger SyncDeal and 3 more": each may run when a record is written. */
function automationsText({ automations }: Planned): string {
  const named = automations.slice(0, SHOWN).map(({ kind, name }) => harmless(`${kind.replace("_", " ")} ${name}`));
  const more = automations.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function shown(value: FieldValue): string {
  return value === null ? "(empty)" : String(value);
}

export function planJson({ plan, mode, health, breaker, automations }: Planned, heldRun: string | null): JsonObject {
  return { ...plan, mode: mode.mode, sync: health.state, automations: automations.map((each) => ({ ...each })), breaker, heldRun };
}

/** What one apply did, in a line or two. */
export function showApply(output: Output, report: ApplyReport): void {
  const { planned, sent, held, stopped, file, fieldsLeftOut } = report;
  const name = output.style.bold(`${planned.plan.connectionId}:`);
  output.print(`${name} ${wordsOf(report)}`);
  if (file !== null) output.print(`  ready for import: ${file}`);
  if (sent.rejected > 0)
    output.print(output.style.yellow(`  ${sent.rejected} refused by the CRM; they are tried again. See 'writeback show RECORD'.`));
  if (sent.parked > 0) output.print(output.style.yellow(`  ${sent.parked} parked after repeated refusals.`));
  if (sent.gone > 0) output.print(`  ${sent.gone} gone from the CRM.`);
  for (const field of fieldsLeftOut)
    output.print(output.style.yellow(`  field ${field.name} left out: ${harmless(field.remedy ?? "not ready")}`));
  if (stopped !== null && report.state !== "stale")
    output.print(output.style.red(`  stopped: ${harmless(stopped.message)} [${stopped.code}]`));
  if (held > 0) {
    const why = planned.breaker ?? "The first apply after go-live is limited.";
    output.print(output.style.yellow(`  ${held} records wait for 'writeback approve'. ${why}`));
  }
}

function wordsOf({ state, planned, sent, stopped }: ApplyReport): string {
  const { changed, heartbeats } = planned.plan.counts;
  switch (state) {
    case "preview":
      return `in preview; ${changed + heartbeats} records would be written. Nothing was. Say 'writeback go-live' first.`;
    case "stale":
      return stopped?.message ?? "its data are late; nothing was written.";
    case "nothing":
      return "nothing to write.";
    case "held":
    case "done":
    case "partial":
    case "failed":
      return `${sent.ok} records written in ${sent.calls} ${sent.calls === 1 ? "call" : "calls"}.`;
  }
}

export function applyJson(report: ApplyReport): JsonObject {
  const { plan } = report.planned;
  return {
    ...{
      connection: plan.connectionId,
      state: report.state,
      run: report.runId,
      digest: plan.digest,
      counts: plan.counts,
      byField: plan.byField,
    },
    ...{ sent: { ...report.sent }, held: report.held, stopped: report.stopped, file: report.file },
    fieldsLeftOut: report.fieldsLeftOut.map((field) => ({ ...field })),
  };
}
