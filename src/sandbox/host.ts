import { createServer, type ServerResponse } from "node:http";
import { after } from "#core/clock.ts";
import type { Instant } from "#core/time/instant.ts";
import type { SandboxClock } from "./clock.ts";
import { type FaultEffect, type FaultPlan, faultPlan } from "./faults.ts";
import { type Handler, readRequest, type SandboxReply, type SandboxRequest, textReply } from "./http.ts";

export interface HostOptions {
  /** The server's time: its `Date` header and all its stamps. */
  readonly clock: SandboxClock;
  readonly handler: Handler;
  /** Added to every answer. */
  readonly latencyMs?: number;
  /** 0 takes a free one. */
  readonly port?: number;
  /** Requests remembered in `log`, newest last; counters know all. */
  readonly logLimit?: number;
}

/** One request that came in; never its headers (they hold tokens) and never its answer's body. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly at: Instant;
  readonly status: number;
  readonly fault: FaultEffect["kind"] | null;
}

export interface Host {
  /** `http://127.0.0.1:PORT`, no slash at the end. */
  readonly url: string;
  readonly faults: FaultPlan;
  readonly log: readonly LoggedRequest[];
  readonly counts: { readonly requests: number; readonly inFlight: number; readonly mostInFlight: number };
  setLatency(ms: number): void;
  forgetLog(): void;
  /** Stops listening and ends every connection, stalled ones too. */
  close(): Promise<void>;
}

/** Serves the handler on the loopback interface. An error thrown by the handler is a 500 that says so. */
export async function startHost(options: HostOptions): Promise<Host> {
  const faults = faultPlan();
  const log: LoggedRequest[] = [];
  const counts = { requests: 0, inFlight: 0, mostInFlight: 0 };
  const last = new Map<string, SandboxReply>();
  let latencyMs = options.latencyMs ?? 0;

  const serve = async (request: SandboxRequest, response: ServerResponse): Promise<void> => {
    const effect = faults.due(request);
    const at = options.clock.now();
    const reply = await answerOf(effect, request, options.handler, last);
    log.push({
      method: request.method,
      path: request.path,
      query: request.query.toString(),
      body: request.body,
      at,
      status: reply?.status ?? 0,
      fault: effect?.kind ?? null,
    });
    if (log.length > (options.logLimit ?? 20_000)) log.splice(0, log.length >> 1);
    await pause(latencyMs + (effect?.kind === "delay" ? effect.ms : 0));
    send(response, reply, effect, options.clock);
  };

  const server = createServer({ maxHeaderSize: 64 * 1024 }, (incoming, response) => {
    counts.requests += 1;
    counts.inFlight += 1;
    counts.mostInFlight = Math.max(counts.mostInFlight, counts.inFlight);
    response.once("close", () => {
      counts.inFlight -= 1;
    });
    readRequest(incoming)
      .then((request) => serve(request, response))
      .catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    faults,
    log,
    counts,
    setLatency: (ms) => {
      latencyMs = ms;
    },
    forgetLog: () => log.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The answer with faults that replace it applied; null when there is none to send. */
async function answerOf(
  effect: FaultEffect | null,
  request: SandboxRequest,
  handler: Handler,
  last: Map<string, SandboxReply>,
): Promise<SandboxReply | null> {
  if (effect?.kind === "answer") return effect.reply;
  if ((effect?.kind === "reset" || effect?.kind === "stall") && effect.when === "before") return null;
  const key = `${request.method} ${request.path}`;
  const earlier = last.get(key);
  if (effect?.kind === "repeat" && earlier !== undefined) return earlier;
  let reply: SandboxReply;
  try {
    reply = await handler(request);
  } catch (error) {
    reply = textReply(500, `sandbox handler failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  last.set(key, reply);
  return effect?.kind === "edit" ? effect.edit(reply, request) : reply;
}

function send(response: ServerResponse, reply: SandboxReply | null, effect: FaultEffect | null, clock: SandboxClock): void {
  if (effect?.kind === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  if (reply === null) return;
  const whole = Buffer.from(reply.body, "utf8");
  const shown = effect?.kind === "torn" ? whole.subarray(0, bytesAt(effect.at, whole.length)) : whole;
  response.sendDate = false;
  const headers = { date: new Date(clock.nowMs()).toUTCString(), ...reply.headers };
  response.writeHead(reply.status, reply.status === 204 || reply.status === 304 ? headers : { ...headers, "content-length": shown.length });
  if (effect?.kind === "stall") {
    response.write(shown.subarray(0, shown.length >> 1));
  } else if (effect?.kind === "cut") {
    response.write(shown.subarray(0, bytesAt(effect.at, shown.length)), () => response.socket?.destroy());
  } else {
    response.end(shown);
  }
}

function bytesAt(at: number, length: number): number {
  return Math.min(length, at < 1 ? Math.floor(at * length) : at);
}

function pause(ms: number): Promise<void> | undefined {
  return ms <= 0 ? undefined : new Promise((resolve) => after(ms, resolve));
}
