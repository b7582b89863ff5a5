import type { Digest } from "#alerts/digests.ts";
import { alertMode, setAlertMode } from "#alerts/mode.ts";
import { previewAlerts } from "#alerts/run-alerts.ts";
import type { JsonObject } from "#core/json.ts";
import { composeMail } from "#mail/compose.ts";
import { withRun } from "#warehouse/runs.ts";
import { alertDeps, alertSettings, mailNotConfigured, mailTransport } from "./act-settings.ts";
import { listAlerts } from "./alert-list.ts";
import { type AlertStep, alertExit, alertStep } from "./alert-step.ts";
import { type App, EXIT, type ExitCode, type Output } from "./app.ts";
import { harmless } from "./text.ts";
import type { Call, Verb } from "./verb.ts";

const NOTIFY = { flags: "--notify-existing", description: "tell also of what fires already" } as const;

/** `alerts list | preview | send | go-live`: what managers are told. */
export function alertsVerb(): Verb {
  return {
    name: "alerts",
    summary: "what managers are told: list, preview, send, go live",
    verbs: [listVerb(), previewVerb(), sendVerb(), goLiveVerb()],
  };
}

function listVerb(): Verb {
  return {
    name: "list",
    summary: "alerts that fire, and mails that did not go out",
    examples: ["scorekeeper alerts list", "scorekeeper alerts list --json"],
    run: async (call) => {
      const app = await call.app();
      const warehouse = await app.warehouse();
      const mode = await warehouse.read((db) => alertMode(db, alertSettings(app)));
      await listAlerts(call.output, warehouse, mode);
      return EXIT.done;
    },
  };
}

function previewVerb(): Verb {
  return {
    name: "preview",
    summary: "the mails that would be sent now, and to whom; nothing is sent or stored",
    examples: ["scorekeeper alerts preview", "scorekeeper alerts preview --notify-existing --text"],
    options: [NOTIFY, { flags: "--text", description: "show each mail in full" }],
    run: async (call) => {
      const app = await call.app();
      const warehouse = await app.warehouse();
      const decision = await previewAlerts(await alertDeps(app, warehouse), { when: "now", notifyExisting: call.flag("notify-existing") });
      const { digests } = decision.digests;
      for (const digest of digests) showDigest(call.output, digest, app, call.flag("text"));
      if (decision.operations !== null) {
        const mail = composeMail(decision.operations.content, app.organization.language);
        call.output.print(`${call.output.style.bold(mail.subject)}\n  to operations`);
        if (call.flag("text")) call.output.print(`\n${mail.text}`);
      }
      if (digests.length === 0 && decision.operations === null) call.output.print("Nothing to decide: no mail would be sent.");
      call.output.document({
        schema: "scorekeeper.alerts-preview/1",
        mails: digests.map((digest) => digestJson(digest, app)),
        operations: decision.operations === null ? 0 : decision.operations.content.lines.length,
      });
      return EXIT.done;
    },
  };
}

function showDigest(output: Output, digest: Digest, app: App, inFull: boolean): void {
  const mail = composeMail(digest.content, digest.order?.language ?? app.organization.language);
  const meantFor = digest.meantFor === null ? "operations" : harmless(digest.meantFor);
  const goesTo = digest.order === null ? "nobody: shown only" : harmless(digest.order.recipient);
  output.print(`${output.style.bold(mail.subject)}\n  for ${meantFor}${goesTo === meantFor ? "" : `, goes to ${goesTo}`}`);
  if (inFull) output.print(`\n${mail.text}`);
  else for (const deal of digest.content.deals) output.print(`  - ${harmless(deal.name ?? deal.id)} (${deal.days} days)`);
}

function digestJson(digest: Digest, app: App): JsonObject {
  const { subject } = composeMail(digest.content, digest.order?.language ?? app.organization.language);
  return {
    ...{ subject, meantFor: digest.meantFor, recipient: digest.order?.recipient ?? null, deals: digest.content.total },
    named: digest.content.deals.map(({ id, name, days, limitDays, level, why }) => ({ id, name, days, limitDays, level, why })),
  };
}

function sendVerb(): Verb {
  return {
    name: "send",
    summary: "evaluates the rules and sends what is owed",
    examples: ["scorekeeper alerts send", "scorekeeper alerts send --notify-existing"],
    options: [NOTIFY],
    run: async (call) => send(call, call.flag("notify-existing")),
  };
}

async function send(call: Call, notifyExisting: boolean): Promise<ExitCode> {
  const app = await call.app();
  const step = await app.exclusive((warehouse, signal) => alertStep(app, warehouse, signal, { when: "now", notifyExisting }));
  report(call.output, step, mailTransport(app) === null);
  return alertExit(step);
}

function report(output: Output, step: AlertStep, isMailless: boolean): void {
  const { delivery, shownOnly } = step;
  const { sent, retry, held, failed, suspended, stopped } = delivery;
  output.print(sent === 0 ? "No mail was sent." : output.style.green(`${sent} ${sent === 1 ? "mail" : "mails"} sent.`));
  if (retry > 0) output.print(`${retry} will be tried again later.`);
  if (held > 0) output.print(output.style.yellow(`${held} held: they may have arrived, so they are not sent twice. See 'alerts list'.`));
  if (failed > 0) output.print(output.style.red(`${failed} refused. See 'alerts list'.`));
  if (suspended.length > 0) output.print(`${suspended.length} addresses refuse mail for good; operations know.`);
  if (stopped !== null) output.print(output.style.red(`Sending stopped: ${harmless(stopped.message)} [${stopped.code}]`));
  if (shownOnly > 0) {
    const why = isMailless ? mailNotConfigured().message : "Alerts are in preview and alerts.operations is not set.";
    output.print(`${shownOnly} ${shownOnly === 1 ? "mail is" : "mails are"} shown only (see 'alerts preview'). ${why}`);
  }
  output.document({
    schema: "scorekeeper.alerts-send/1",
    ...delivery,
    suspended: suspended.length,
    shownOnly,
    stopped: stopped?.code ?? null,
  });
}

function goLiveVerb(): Verb {
  return {
    name: "go-live",
    summary: "mails reach managers from now on; --off goes back to preview",
    examples: ["scorekeeper alerts go-live", "scorekeeper alerts go-live --notify-existing", "scorekeeper alerts go-live --off"],
    options: [{ flags: "--off", description: "back to preview: mails go to operations only" }, NOTIFY],
    run: async (call) => {
      const app = await call.app();
      const mode = call.flag("off") ? "preview" : "live";
      const by = call.services.env["USER"] ?? call.services.env["LOGNAME"] ?? "somebody";
      await app.exclusive((warehouse) =>
        withRun({ ...app, warehouse }, { kind: "alerts_go_live" }, async () => {
          await warehouse.write((tx) => setAlertMode(tx, mode, by, app.clock.now()));
          return { state: "ok", counts: { mode }, value: null };
        }),
      );
      const isForced = mode === "live" && app.config.alerts.mode === "preview";
      call.output.print(
        mode === "live"
          ? "Alerts are live: managers get their mails. What fired before now is told only with --notify-existing."
          : "Alerts are in preview: every mail goes to operations only.",
      );
      if (isForced) call.output.print("But alerts.mode is 'preview' in the configuration, which wins.");
      if (mode === "live" && call.flag("notify-existing")) return send(call, true);
      call.output.document({ schema: "scorekeeper.alerts-mode/1", mode: isForced ? "preview" : mode, by, at: app.clock.now() });
      return isForced ? EXIT.held : EXIT.done;
    },
  };
}
