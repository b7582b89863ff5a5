import { silentLog } from "#core/log.ts";
import type { Organization } from "#core/organization.ts";
import type { Day } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";
import type { MailContent } from "#mail/content.ts";
import type { DeliverDeps, DeliveryPoint } from "#mail/deliver.ts";
import { enqueueMails } from "#mail/outbox.ts";
import { sampleDigest } from "#mail/samples.ts";
import { smtpTransport } from "#mail/smtp.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import type { ManualClock } from "./manual-clock.ts";

export const acme: Organization = {
  ...{ name: "Acme GmbH", timeZone: "Europe/Warsaw", currency: "EUR", language: "en" },
  periods: { fiscalYearStartMonth: 1, weekStartsOn: 1 },
  calendar: { holidays: new Set<Day>(), workingDays: new Set([1, 2, 3, 4, 5]), opensAt: 540, closesAt: 1020 },
};

export const MAIL_SETTINGS = {
  from: "Scorekeeper <scorekeeper@acme.example>",
  replyAddress: "answers@acme.example",
  operations: "ops@acme.example",
} as const;

/** What sending needs, against a server on this machine. */
export function deliverDeps(
  warehouse: Warehouse,
  clock: ManualClock,
  server: { readonly port: number },
  at?: (point: DeliveryPoint) => void,
): DeliverDeps {
  return {
    ...{ warehouse, clock, log: silentLog, organization: acme, settings: MAIL_SETTINGS, signal: new AbortController().signal },
    transport: smtpTransport({ host: "127.0.0.1", port: server.port, security: "none" }),
    ...(at === undefined ? {} : { at }),
  };
}

/** Puts one mail per recipient into the outbox. */
export async function queueMails(
  warehouse: Warehouse,
  recipients: readonly string[],
  now: Instant,
  content: MailContent = sampleDigest(1),
  notificationId = "n1",
): Promise<void> {
  const orders = recipients.map((recipient) => ({
    ...({ notificationId, recipient, intendedFor: null, mode: "live", language: "en", content } as const),
  }));
  await warehouse.write((tx) => enqueueMails(tx, orders, MAIL_SETTINGS.from, now));
}

export async function deliveries(warehouse: Warehouse) {
  return warehouse.read((db) => db.selectFrom("alert_deliveries").selectAll().orderBy("created_at").orderBy("recipient").execute());
}
