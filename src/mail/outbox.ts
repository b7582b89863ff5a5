import { createHash } from "node:crypto";
import type { Language } from "#core/organization.ts";
import { type Instant, instantFromMs, msOf } from "#core/time/instant.ts";
import type { AlertDeliveriesTable } from "#warehouse/schema/alerts.ts";
import type { Reader, WriteTx } from "#warehouse/warehouse.ts";
import { composeMail } from "./compose.ts";
import type { MailContent } from "./content.ts";
import { senderDomain } from "./transport.ts";

/** A mail to be sent, as the one who asks for it knows it. */
export interface MailOrder {
  /** Stable name of what is told: the same notification never reaches the same address twice (E1). */
  readonly notificationId: string;
  readonly recipient: string;
  /** In preview: whom it would go to. */
  readonly intendedFor: string | null;
  readonly mode: "live" | "preview";
  readonly language: Language;
  readonly content: MailContent;
}

export const DELIVERY_STATES = ["queued", "sending", "sent", "retry", "held", "failed"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** A mail is tried again for a day, then given up. */
const MAX_AGE_MS = 24 * 3_600_000;
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 4 * 3_600_000;

/** When a mail refused for now is tried again; null: it has waited long enough. */
export function nextAttempt(createdAt: Instant, attempts: number, now: Instant): Instant | null {
  if (msOf(now) - msOf(createdAt) >= MAX_AGE_MS) return null;
  return instantFromMs(msOf(now) + Math.min(FIRST_WAIT_MS * 4 ** Math.max(0, attempts - 1), LONGEST_WAIT_MS));
}

/** Puts mails into the outbox, inside the transaction that decided on them; what is there already stays as it is. */
export async function enqueueMails(tx: WriteTx, orders: readonly MailOrder[], from: string, now: Instant): Promise<void> {
  for (const order of orders) {
    const deliveryId = hash(`${order.notificationId}\n${order.recipient.toLowerCase()}`);
    await tx
      .insertInto("alert_deliveries")
      .values({
        ...{ delivery_id: deliveryId, notification_id: order.notificationId, recipient: order.recipient },
        ...{ intended_for: order.intendedFor, mode: order.mode, template: order.content.template, language: order.language },
        ...{ subject: composeMail(order.content, order.language).subject, content: JSON.stringify(order.content), state: "queued" },
        ...{ message_id: `<${deliveryId}@${senderDomain(from)}>`, attempts: 0, created_at: now, next_attempt_at: now },
        ...{ sending_at: null, ended_at: null, server_reply: null, error_code: null, error_message: null },
      })
      .onConflict((conflict) => conflict.columns(["notification_id", "recipient"]).doNothing())
      .execute();
  }
}

/** The next mail that is due, oldest first. */
export async function nextDue(db: Reader, now: Instant): Promise<AlertDeliveriesTable | undefined> {
  return db
    .selectFrom("alert_deliveries")
    .selectAll()
    .where("state", "in", ["queued", "retry"])
    .where("next_attempt_at", "<=", now)
    .orderBy("created_at")
    .orderBy("delivery_id")
    .limit(1)
    .executeTakeFirst();
}

/** Takes a mail for sending; false when somebody else has it. */
export async function claim(tx: WriteTx, deliveryId: string, now: Instant): Promise<boolean> {
  const result = await tx
    .updateTable("alert_deliveries")
    .set((row) => ({ state: "sending", sending_at: now, attempts: row("attempts", "+", 1) }))
    .where("delivery_id", "=", deliveryId)
    .where("state", "in", ["queued", "retry"])
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}

/** What is noted about a mail after an attempt. */
export interface DeliveryOutcome {
  readonly state: Exclude<DeliveryState, "queued" | "sending">;
  readonly reply: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** Only with `retry`. */
  readonly nextAttemptAt: Instant | null;
}

export async function finish(tx: WriteTx, deliveryId: string, outcome: DeliveryOutcome, now: Instant): Promise<void> {
  await tx
    .updateTable("alert_deliveries")
    .set({
      ...{ state: outcome.state, server_reply: outcome.reply, error_code: outcome.errorCode, error_message: outcome.errorMessage },
      ended_at: outcome.state === "retry" ? null : now,
      ...(outcome.nextAttemptAt === null ? {} : { next_attempt_at: outcome.nextAttemptAt }),
    })
    .where("delivery_id", "=", deliveryId)
    .execute();
}

/** Mails found in `sending` when nobody sends: the process died in between. They are held, never sent twice (E2). */
export async function holdUnconfirmed(tx: WriteTx, now: Instant): Promise<number> {
  const result = await tx
    .updateTable("alert_deliveries")
    .set({
      ...{ state: "held", ended_at: now, error_code: "mail.unconfirmed" },
      error_message: "The program stopped while this mail was being sent: it may have arrived. It is not sent again.",
    })
    .where("state", "=", "sending")
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

export async function suspendAddress(tx: WriteTx, address: string, deliveryId: string, reply: string, now: Instant): Promise<void> {
  await tx
    .insertInto("suspended_addresses")
    .values({ address: address.toLowerCase(), since: now, delivery_id: deliveryId, server_reply: reply })
    .onConflict((conflict) => conflict.column("address").doNothing())
    .execute();
}

export async function suspendedAddresses(db: Reader): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom("suspended_addresses").select("address").execute();
  return new Set(rows.map((row) => row.address));
}

/** A short stable name made from a text. */
export function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
