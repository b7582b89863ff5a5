import type { Decision } from "#alerts/decide.ts";
import { type AlertOptions, evaluateAlerts } from "#alerts/run-alerts.ts";
import { type DeliveryReport, deliverMails } from "#mail/deliver.ts";
import { withRun } from "#warehouse/runs.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { alertDeps, alertSettings, mailTransport } from "./act-settings.ts";
import { type App, EXIT, type ExitCode } from "./app.ts";

/** What one round of alerts did. */
export interface AlertStep {
  readonly decision: Decision;
  readonly delivery: DeliveryReport;
  /** Mails nobody could be sent, for want of a server or an operations address. */
  readonly shownOnly: number;
}

const NOTHING: DeliveryReport = { sent: 0, retry: 0, held: 0, failed: 0, suspended: [], stopped: null };

/** Evaluates every rule, then sends what is due: one row in `runs`. The caller MUST hold the lease (`app.exclusive`). */
export async function alertStep(app: App, warehouse: Warehouse, signal: AbortSignal, options: AlertOptions): Promise<AlertStep> {
  const { clock, rng, log, organization } = app;
  return withRun({ warehouse, clock, rng }, { kind: "alerts" }, async () => {
    // Who asks for what exists already waits for no digest time.
    const when = options.notifyExisting ? "now" : options.when;
    const decision = await evaluateAlerts(await alertDeps(app, warehouse), { ...options, when });
    const transport = mailTransport(app);
    const settings = alertSettings(app).mail;
    const delivery =
      transport === null ? NOTHING : await deliverMails({ warehouse, transport, settings, organization, clock, log, signal });
    const shownOnly = decision.digests.digests.filter((digest) => digest.order === null).length;
    const { sent, retry, held, failed } = delivery;
    const events = decision.evaluations.reduce((sum, each) => sum + each.events.length, 0);
    const isWhole = delivery.stopped === null && retry + held + failed === 0;
    return {
      ...{ state: isWhole ? "ok" : "partial", value: { decision, delivery, shownOnly } },
      counts: { events, mails: sent, retry, held, failed, shownOnly },
    };
  });
}

/** 1: nothing went out though something should have; 3: some did not; 4: shown only. */
export function alertExit({ delivery, shownOnly }: AlertStep): ExitCode {
  const { sent, retry, held, failed, stopped } = delivery;
  const troubled = retry + held + failed;
  if (stopped !== null && sent === 0) return EXIT.failed;
  if (stopped !== null || troubled > 0) return EXIT.partial;
  return shownOnly > 0 ? EXIT.held : EXIT.done;
}
