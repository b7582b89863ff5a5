import { Readable } from "node:stream";
import MailComposer from "nodemailer/lib/mail-composer";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { AppError, type Recovery } from "#core/errors.ts";
import type { Secret } from "#core/secret.ts";
import { cleanText } from "./clean.ts";
import { type MailTransport, type OutgoingMail, type SendOutcome, senderDomain } from "./transport.ts";

/** How the mail server is reached. Certificates are always checked. */
export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** `none` must be asked for by name and is meant for a server on the same machine (E9). */
  readonly security: "starttls" | "tls" | "none";
  readonly user?: string | undefined;
  readonly password?: Secret | undefined;
  /** Certificates (PEM) trusted beside those of the system: a company's own authority. */
  readonly authority?: string | undefined;
}

const TIMEOUT_MS = 30_000;

/** What nodemailer puts on its errors. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

/** Sends by SMTP, one connection and one recipient per mail. */
export function smtpTransport(settings: SmtpSettings): MailTransport {
  return {
    send: async (mail, handover) => {
      const raw = await buildMessage(mail);
      const connection = await connect(settings);
      try {
        await handover();
        return await transmit(connection, mail, raw);
      } finally {
        connection.close();
      }
    },
  };
}

async function connect(settings: SmtpSettings): Promise<SMTPConnection> {
  const { host, port, security, authority } = settings;
  const connection = new SMTPConnection({
    ...{ host, port, secure: security === "tls", requireTLS: security === "starttls", ignoreTLS: security === "none" },
    ...{ connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: 2 * TIMEOUT_MS, socketCloseTimeout: 0 },
    ...(authority === undefined ? {} : { tls: { ca: authority } }),
  });
  try {
    await settle((done) => {
      connection.once("error", done);
      connection.connect(done);
    });
    connection.removeAllListeners("error");
    // Later failures reach the callback of the command in flight; one between commands must not end the process.
    connection.on("error", () => {});
    await login(connection, settings);
    return connection;
  } catch (error) {
    connection.close();
    throw connectError(asSmtpError(error), settings);
  }
}

async function login(connection: SMTPConnection, { user, password }: SmtpSettings): Promise<void> {
  if (user === undefined) return;
  const credentials = { user, pass: password?.reveal() ?? "" };
  await settle((done) => connection.login({ user, credentials }, done));
}

async function transmit(connection: SMTPConnection, mail: OutgoingMail, raw: Buffer): Promise<SendOutcome> {
  let wasRead = false;
  const body = new Readable({
    read() {
      wasRead = true;
      this.push(raw);
      this.push(null);
    },
  });
  const from = /<([^>]*)>/.exec(mail.from)?.[1] ?? mail.from.trim();
  try {
    const info = await new Promise<{ response: string }>((resolve, reject) => {
      connection.send({ from, to: [mail.to], size: raw.length }, body, (error, result) =>
        error === null ? resolve(result) : reject(error),
      );
    });
    return { state: "sent", reply: replyText(info.response) };
  } catch (error) {
    return sendOutcome(asSmtpError(error), wasRead);
  }
}

/** Reads a failed attempt by the answer of the server (E3). Exported for its table of cases. */
export function sendOutcome(error: SmtpError, wasHandedOver: boolean): SendOutcome {
  const reply = replyText(error.response ?? error.message);
  const code = error.responseCode ?? 0;
  // No answer to the message: whether it was taken nobody can say.
  if (code === 0 && wasHandedOver) return { state: "unknown", reply };
  if (code === 0) return { state: error.code === "EMESSAGE" ? "refused" : "later", reply };
  if (code < 500 || code === 503) return { state: "later", reply };
  return { state: error.command === "RCPT TO" && !isPolicy(code, reply) ? "bad_address" : "refused", reply };
}

/** Refusals at the recipient that are about us, not about the address: sign-in, relaying, policy (x.7.x). */
function isPolicy(code: number, reply: string): boolean {
  return code === 530 || code === 535 || /^5\d\d[ -]5\.7\./.test(reply);
}

function connectError(error: SmtpError, { host, port, security }: SmtpSettings): AppError {
  const where = `${host}:${port}`;
  const make = (code: string, recovery: Recovery, message: string) => new AppError({ code, recovery, message, cause: error });
  const answer = replyText(error.response ?? error.message);
  if (error.code === "EAUTH" || error.code === "ENOAUTH") {
    if ((error.responseCode ?? 500) < 500)
      return make("mail.unreachable", "retry", `The mail server ${where} can't sign us in now: ${answer}`);
    return make("mail.auth", "reauth", `The mail server ${where} refuses the sign-in: ${answer} Check alerts.smtp.user and password.`);
  }
  if (error.code === "ETLS" || /certificate|self.signed|tls|ssl/i.test(error.message)) {
    return make("mail.tls", "configure", `No safe connection to the mail server ${where} (${security}): ${answer}`);
  }
  return make("mail.unreachable", "retry", `The mail server ${where} can't be reached: ${answer} Check alerts.smtp.host and port.`);
}

/** The message as it goes over the wire; the same mail gives the same bytes. */
export async function buildMessage(mail: OutgoingMail): Promise<Buffer> {
  const domain = senderDomain(mail.from);
  const composer = new MailComposer({
    ...{ from: mail.from, to: { name: "", address: mail.to }, messageId: mail.messageId, date: new Date(mail.date) },
    ...{ subject: mail.subject, text: mail.text, html: mail.html, disableFileAccess: true, disableUrlAccess: true },
    ...(mail.replyTo === null ? {} : { replyTo: mail.replyTo }),
    ...(mail.thread === null ? {} : { inReplyTo: mail.thread, references: [mail.thread] }),
    ...{ baseBoundary: mail.messageId.replaceAll(/[^0-9a-z]/gi, "").slice(0, 32), newline: "win" },
    headers: {
      ...{ "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
      "List-Id": `Scorekeeper alerts <alerts.scorekeeper.${domain}>`,
    },
  });
  return composer.compile().build();
}

/** A server's answer as one bounded line: it is stored and shown. */
function replyText(text: string): string {
  return cleanText(text, 200);
}

function asSmtpError(error: unknown): SmtpError {
  return error instanceof Error ? error : new Error(String(error));
}

function settle(start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start((error) => (error === null || error === undefined ? resolve() : reject(error))));
}
