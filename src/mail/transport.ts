import type { Instant } from "#core/time/instant.ts";

/** A finished mail with its addresses; nothing in it is decided later. */
export interface OutgoingMail {
  /** As configured: `Name <address>` or an address. */
  readonly from: string;
  /** One plain address. */
  readonly to: string;
  readonly replyTo: string | null;
  /** With angle brackets. */
  readonly messageId: string;
  /** Message id all mails of one recipient and day refer to, so that they stay in one thread (E5). */
  readonly thread: string | null;
  readonly date: Instant;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** What became of one attempt, told by the server's answer. */
export type SendOutcome =
  | { readonly state: "sent"; readonly reply: string }
  /** Refused for now: 4xx, or the connection broke before the message was handed over. */
  | { readonly state: "later"; readonly reply: string }
  /** The address was refused for good. */
  | { readonly state: "bad_address"; readonly reply: string }
  /** The message or the sender was refused for good: further mails would fare the same. */
  | { readonly state: "refused"; readonly reply: string }
  /** The connection broke after the message was handed over: it may or may not have been taken. */
  | { readonly state: "unknown"; readonly reply: string };

/** Where mails leave the program. */
export interface MailTransport {
  /** Sends one mail over a connection of its own. `handover` runs once the server is ready and before it hears of the mail; when it
   *  fails, nothing is sent. Throws AppError `mail.unreachable` (retry), `mail.auth` (reauth) or `mail.tls` (configure) before that. */
  send(mail: OutgoingMail, handover: () => Promise<void>): Promise<SendOutcome>;
}

/** One plain address, as envelopes take it: no lists, comments or quotes. */
const ADDRESS = /^[^\s<>()[\],;:\\"@\p{Cc}\p{Cf}]{1,64}@[^\s<>()[\],;:\\"@\p{Cc}\p{Cf}]{1,190}$/u;

export function isMailAddress(text: string): boolean {
  return ADDRESS.test(text);
}

/** The part after the @ of a sender such as `Scorekeeper <mail@acme.example>`. */
export function senderDomain(from: string): string {
  return /@([^\s>]+)>?\s*$/.exec(from)?.[1] ?? "scorekeeper.invalid";
}
