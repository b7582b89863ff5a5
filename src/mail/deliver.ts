import type { Clock } from "#core/clock.ts";
import { type AppError, isAppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import { LANGUAGES, type Language, type Organization } from "#core/organization.ts";
import { type Instant, storedInstant } from "#core/time/instant.ts";
import type { AlertDeliveriesTable } from "#warehouse/schema/alerts.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { composeMail } from "./compose.ts";
import { decodeContent } from "./content.ts";
import {
  claim,
  type DeliveryOutcome,
  enqueueMails,
  finish,
  hash,
  holdUnconfirmed,
  nextAttempt,
  nextDue,
  suspendAddress,
  suspendedAddresses,
} from "./outbox.ts";
import { type MailTransport, type OutgoingMail, type SendOutcome, senderDomain } from "./transport.ts";

/** Who mails come from, and who looks after them. */
export interface MailSettings {
  readonly from: string;
  readonly replyAddress: string | null;
  readonly operations: string | null;
}

/** Moments between which a process may die; named in tests. */
export type DeliveryPoint = "claimed" | "answered" | "recorded";

export interface DeliverDeps {
  readonly warehouse: Warehouse;
  readonly transport: MailTransport;
  readonly settings: MailSettings;
  readonly organization: Organization;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly at?: (point: DeliveryPoint) => void;
}

/** What one round of sending did. */
export interface DeliveryReport {
  readonly sent: number;
  /** To be tried again later. */
  readonly retry: number;
  /** Sent or not is unknown; shown, never repeated by itself. */
  readonly held: number;
  readonly failed: number;
  /** Addresses refused for good in this round. */
  readonly suspended: readonly string[];
  /** Why sending stopped before the outbox was empty. */
  readonly stopped: { readonly code: string; readonly message: string } | null;
}

/** Sends what is due, one recipient at a time. The caller MUST hold the lease `mail`: what stands in `sending` is then a leftover. */
export async function deliverMails(deps: DeliverDeps): Promise<DeliveryReport> {
  const counts = { sent: 0, retry: 0, held: 0, failed: 0 };
  const suspended: string[] = [];
  counts.held += await deps.warehouse.write((tx) => holdUnconfirmed(tx, deps.clock.now()));
  while (!deps.signal.aborted) {
    const row = await deps.warehouse.read((db) => nextDue(db, deps.clock.now()));
    if (row === undefined) break;
    const done = await deliverOne(deps, row);
    if (done.outcome !== null) counts[done.outcome.state] += 1;
    if (done.suspended) suspended.push(row.recipient);
    if (done.stop !== null) return { ...counts, suspended, stopped: { code: done.stop.code, message: done.stop.message } };
  }
  return { ...counts, suspended, stopped: null };
}

interface Attempt {
  readonly outcome: DeliveryOutcome | null;
  readonly suspended: boolean;
  readonly stop: { readonly code: string; readonly message: string } | null;
}

async function deliverOne(deps: DeliverDeps, row: AlertDeliveriesTable): Promise<Attempt> {
  const { warehouse, clock } = deps;
  const isSuspended = await warehouse.read(async (db) => (await suspendedAddresses(db)).has(row.recipient.toLowerCase()));
  if (isSuspended) {
    const outcome = failure("mail.address_refused", "The address refuses mail since an earlier attempt.");
    await warehouse.write((tx) => finish(tx, row.delivery_id, outcome, clock.now()));
    return { outcome, suspended: false, stop: null };
  }
  let isClaimed = false;
  try {
    const answer = await deps.transport.send(outgoing(deps.settings, row), async () => {
      isClaimed = await warehouse.write((tx) => claim(tx, row.delivery_id, clock.now()));
      if (!isClaimed) throw new LostClaim();
      deps.at?.("claimed");
    });
    deps.at?.("answered");
    return await record(deps, row, answer);
  } catch (error) {
    if (error instanceof LostClaim) return { outcome: null, suspended: false, stop: null };
    if (isClaimed || !isAppError(error)) throw error;
    return serverTrouble(deps, row, error);
  }
}

/** Somebody else took the mail between our look and our claim. */
class LostClaim extends Error {}

/** No connection: this mail waits its turn, the others have not been tried. */
async function serverTrouble(deps: DeliverDeps, row: AlertDeliveriesTable, error: AppError): Promise<Attempt> {
  deps.log.warn({ code: error.code, delivery: row.delivery_id }, "mail server not usable");
  if (error.recovery !== "retry") return { outcome: null, suspended: false, stop: error };
  const now = deps.clock.now();
  const outcome = later(row, row.attempts + 1, now, error.message);
  await deps.warehouse.write(async (tx) => {
    await claim(tx, row.delivery_id, now);
    await finish(tx, row.delivery_id, outcome, now);
  });
  return { outcome, suspended: false, stop: error };
}

async function record(deps: DeliverDeps, row: AlertDeliveriesTable, answer: SendOutcome): Promise<Attempt> {
  const now = deps.clock.now();
  const outcome = outcomeOf(row, answer, now);
  const suspended = answer.state === "bad_address";
  await deps.warehouse.write(async (tx) => {
    await finish(tx, row.delivery_id, outcome, now);
    if (!suspended) return;
    await suspendAddress(tx, row.recipient, row.delivery_id, answer.reply, now);
    const notice = addressNotice(deps, row, answer.reply, now);
    if (notice !== null) await enqueueMails(tx, [notice], deps.settings.from, now);
  });
  deps.at?.("recorded");
  const stop =
    answer.state === "refused"
      ? { code: "mail.refused", message: `The mail server refuses our mail: ${answer.reply} Nothing more is sent now.` }
      : null;
  return { outcome, suspended, stop };
}

function outcomeOf(row: AlertDeliveriesTable, answer: SendOutcome, now: Instant): DeliveryOutcome {
  const { reply } = answer;
  switch (answer.state) {
    case "sent":
      return { state: "sent", reply, errorCode: null, errorMessage: null, nextAttemptAt: null };
    case "later":
      return later(row, row.attempts + 1, now, reply);
    case "unknown":
      return {
        ...{ state: "held", reply, errorCode: "mail.unconfirmed", nextAttemptAt: null },
        errorMessage: "The connection broke after the message was handed over: it may have arrived. It is not sent again.",
      };
    case "bad_address":
      return { ...failure("mail.address_refused", "The server refuses this address for good."), reply };
    case "refused":
      return { ...failure("mail.refused", "The server refuses our mail for good."), reply };
  }
}

function later(row: AlertDeliveriesTable, attempts: number, now: Instant, reply: string): DeliveryOutcome {
  const at = nextAttempt(storedInstant(row.created_at), attempts, now);
  if (at === null) return { ...failure("mail.expired", "The server did not take the mail within a day."), reply };
  return { state: "retry", reply, errorCode: "mail.deferred", errorMessage: null, nextAttemptAt: at };
}

function failure(errorCode: string, errorMessage: string): DeliveryOutcome {
  return { state: "failed", reply: null, errorCode, errorMessage, nextAttemptAt: null };
}

/** Operations hear of a refused address once; not when it is their own (E3). */
function addressNotice({ settings, organization }: DeliverDeps, row: AlertDeliveriesTable, reply: string, now: Instant) {
  const { operations } = settings;
  if (operations === null || operations.toLowerCase() === row.recipient.toLowerCase()) return null;
  const values = { address: row.recipient, reply };
  return {
    ...{ notificationId: hash(`address\n${row.recipient.toLowerCase()}\n${row.delivery_id}`), recipient: operations },
    ...({ intendedFor: null, mode: "live", language: organization.language } as const),
    content: {
      ...({ template: "operations", organization: organization.name, timeZone: organization.timeZone, asOf: now, preview: null } as const),
      lines: [{ what: "operations.address", remedy: "operations.address_remedy", since: now, values, time: null } as const],
      resolved: [],
    },
  };
}

function outgoing(settings: MailSettings, row: AlertDeliveriesTable): OutgoingMail {
  const mail = composeMail(decodeContent(row.content), languageOf(row.language));
  const day = row.created_at.slice(0, 10);
  return {
    ...{ from: settings.from, to: row.recipient, replyTo: settings.replyAddress, messageId: row.message_id, ...mail },
    thread: `<${hash(`${row.template}\n${day}\n${row.recipient.toLowerCase()}`)}@${senderDomain(settings.from)}>`,
    date: storedInstant(row.created_at),
  };
}

export function languageOf(text: string | null): Language {
  return LANGUAGES.find((language) => language === text) ?? "en";
}
