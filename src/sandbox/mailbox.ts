import type { Socket } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import { after } from "#core/clock.ts";

/** How the mailbox treats one recipient (or, under `*`, everyone). */
export interface MailTrouble {
  /** SMTP code: 4xx means try again later, 5xx means never. */
  readonly code: number;
  readonly text?: string;
  /** At RCPT TO, or after the whole message was taken. */
  readonly at: "recipient" | "message";
  /** For ever when left out. */
  readonly times?: number;
}

/** Where the connection is lost: the message was not taken, or it was and the sender never hears so. */
export type MailDrop = "beforeFinalDot" | "afterFinalDot";

export interface ReceivedMail {
  readonly from: string;
  /** The envelope's recipients, not the header's. */
  readonly to: readonly string[];
  readonly raw: string;
  readonly parsed: ParsedMail;
}

export interface Mailbox {
  readonly host: "127.0.0.1";
  readonly port: number;
  /** Whole messages, in the order they came. */
  readonly mails: readonly ReceivedMail[];
  /** Connections opened so far. */
  readonly connections: number;
  trouble(recipient: string, trouble: MailTrouble): void;
  /** The next `times` messages lose their connection there. */
  drop(where: MailDrop, times?: number): void;
  /** Resolves once that many mails are there; rejects after `withinMs`. */
  waitFor(count: number, withinMs?: number): Promise<readonly ReceivedMail[]>;
  clear(): void;
  close(): Promise<void>;
}

export interface MailboxOptions {
  /** Only these may send; without it no sign-in is asked for. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Offer STARTTLS with a self-signed certificate. */
  readonly startTls?: boolean;
  readonly port?: number;
}

interface State {
  readonly mails: ReceivedMail[];
  readonly troubles: Map<string, MailTrouble[]>;
  readonly drops: MailDrop[];
  readonly waiting: Set<() => void>;
  /** Open connections by the client's port. */
  readonly sockets: Map<number, Socket>;
  connections: number;
}

/** A local SMTP server that keeps what it gets. */
export async function startMailbox(options: MailboxOptions = {}): Promise<Mailbox> {
  const state: State = { mails: [], troubles: new Map(), drops: [], waiting: new Set(), sockets: new Map(), connections: 0 };
  const server = smtpServer(options, state);
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", () => resolve());
  });
  const address = server.server.address();
  return {
    host: "127.0.0.1",
    port: typeof address === "object" && address !== null ? address.port : 0,
    mails: state.mails,
    get connections() {
      return state.connections;
    },
    trouble: (recipient, trouble) => {
      const key = recipient.toLowerCase();
      state.troubles.set(key, [...(state.troubles.get(key) ?? []), trouble]);
    },
    drop: (where, times = 1) => {
      state.drops.push(...Array.from({ length: times }, () => where));
    },
    waitFor: (count, withinMs = 5_000) => waitFor(state, count, withinMs),
    clear: () => {
      state.mails.splice(0);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of state.sockets.values()) socket.destroy();
      }),
  };
}

function smtpServer(options: MailboxOptions, state: State): SMTPServer {
  const { login } = options;
  const server = new SMTPServer({
    authOptional: login === undefined,
    disabledCommands: [...(options.startTls === true ? [] : ["STARTTLS"]), ...(login === undefined ? ["AUTH"] : [])],
    allowInsecureAuth: true,
    logger: false,
    disableReverseLookup: true,
    closeTimeout: 100,
    onAuth: (auth, _session, done) => {
      if (auth.username === login?.user && auth.password === login?.password) done(null, { user: auth.username });
      else done(smtpError(535, "Authentication failed"));
    },
    onRcptTo: (address, _session, done) => done(nextTrouble(state.troubles, [address.address], "recipient")),
    onData: (stream, session, done) => {
      const socket = state.sockets.get(session.remotePort);
      if (state.drops[0] === "beforeFinalDot") {
        state.drops.shift();
        stream.resume();
        socket?.destroy();
        return;
      }
      take(stream, session).then(
        (mail) => keep(state, mail, socket, done),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
  // A client that goes away in mid-sentence is part of the exercise.
  server.on("error", () => {});
  server.server.on("connection", (socket: Socket) => {
    state.connections += 1;
    const port = socket.remotePort ?? 0;
    state.sockets.set(port, socket);
    socket.on("error", () => {});
    socket.once("close", () => state.sockets.delete(port));
  });
  return server;
}

function keep(state: State, mail: ReceivedMail, socket: Socket | undefined, done: (error: Error | null, message?: string) => void): void {
  const trouble = nextTrouble(state.troubles, mail.to, "message");
  if (trouble !== null) {
    done(trouble);
    return;
  }
  state.mails.push(mail);
  for (const wake of state.waiting) wake();
  if (state.drops[0] === "afterFinalDot") {
    state.drops.shift();
    socket?.destroy();
    return;
  }
  done(null, "kept");
}

async function take(stream: AsyncIterable<unknown>, session: SMTPServerSession): Promise<ReceivedMail> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  const raw = Buffer.concat(chunks);
  const { mailFrom, rcptTo } = session.envelope;
  return {
    from: mailFrom === false || mailFrom === null || mailFrom === undefined ? "" : mailFrom.address,
    to: rcptTo.map((recipient) => recipient.address),
    raw: raw.toString("utf8"),
    parsed: await simpleParser(raw),
  };
}

function nextTrouble(troubles: ReadonlyMap<string, MailTrouble[]>, recipients: readonly string[], at: MailTrouble["at"]): Error | null {
  for (const key of [...recipients.map((each) => each.toLowerCase()), "*"]) {
    const list = troubles.get(key) ?? [];
    const index = list.findIndex((each) => each.at === at);
    const found = list[index];
    if (found === undefined) continue;
    if (found.times !== undefined) list.splice(index, 1, ...(found.times > 1 ? [{ ...found, times: found.times - 1 }] : []));
    return smtpError(found.code, found.text ?? (found.code < 500 ? "Try again later" : "No such mailbox"));
  }
  return null;
}

function smtpError(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

function waitFor(state: State, count: number, withinMs: number): Promise<readonly ReceivedMail[]> {
  return new Promise((resolve, reject) => {
    const deadline = after(withinMs, () => {
      state.waiting.delete(look);
      reject(new Error(`Waited ${withinMs} ms for ${count} mails; ${state.mails.length} came.`));
    });
    const look = (): void => {
      if (state.mails.length < count) return;
      deadline.cancel();
      state.waiting.delete(look);
      resolve(state.mails);
    };
    state.waiting.add(look);
    look();
  });
}
