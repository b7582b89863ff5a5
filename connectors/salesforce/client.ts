import type { Connection } from "jsforce/lib/connection.js";
import type { HttpMethods } from "jsforce/lib/types/common.js";
import type { Clock } from "#core/clock.ts";
import type { Budget } from "#core/connector.ts";
import { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import type { Rng } from "#core/rng.ts";
import { unlimitedBudget } from "#kit/budget.ts";
import { createCaller } from "#kit/call.ts";
import { createLimiter, type Limiter } from "#kit/rate-limit.ts";
import { DEFAULT_RETRY, type RetryPolicy } from "#kit/retry.ts";
import type { SalesforceSettings } from "./config.ts";
import { type QueryPage, queryPage } from "./decode.ts";
import { classify } from "./errors.ts";
import { type ServerTime, serverTime } from "./server-time.ts";
import { createSession, refusedError, type Session, type Token } from "./session.ts";
import type { TokenStore } from "./token-store.ts";
import { newExchange, transportFor } from "./transport.ts";

/** Whose call it is: its share of the daily calls, and when to give up. */
export interface CallContext {
  readonly signal: AbortSignal;
  readonly budget?: Budget;
}

export interface Request {
  /** Constant name for logs and errors, such as `opportunity.query`. */
  readonly name: string;
  readonly method: HttpMethods;
  /** From the API root (`/query?q=…`) or from the host (`/services/data/…`). */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** False for a request that must not be sent twice. */
  readonly repeatable?: boolean;
}

/** The only way to Salesforce: one session, one limiter, one retry, one classification (law 7). */
export interface Client {
  /** The answer as `parse` reads it; an answer it can't read is asked for again like any other failure. Undefined for an empty one. */
  request<T>(request: Request, context: CallContext, parse: (body: unknown) => T): Promise<T>;
  /** First page of a query; `withDeleted` also finds deleted and archived rows. */
  query(name: string, soql: string, context: CallContext, withDeleted?: boolean): Promise<QueryPage>;
  /** The page a `nextRecordsUrl` names; an address on another host is refused: it would be sent our token. */
  nextPage(name: string, nextRecordsUrl: string, context: CallContext): Promise<QueryPage>;
  /** Who we are; logs in when that is not yet known. */
  identity(context: CallContext): Promise<Token>;
  readonly time: ServerTime;
}

export interface ClientDeps {
  readonly settings: SalesforceSettings;
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly retry?: RetryPolicy;
}

/** No limit per second is published: a handful of requests side by side is what long queries allow (25 in an org, 5 in a trial). */
const PER_SECOND = 200;

export function createClient(deps: ClientDeps): Client {
  const { settings, clock } = deps;
  const time = serverTime(clock);
  const session = createSession({ settings, store: deps.store, time });
  const limiter = createLimiter({ api: { limit: PER_SECOND, windowMs: 1_000, maxInFlight: settings.budget.parallel } }, clock);
  const call = createCaller<"api">({
    clock,
    rng: deps.rng,
    log: deps.log,
    limiter,
    retry: deps.retry ?? DEFAULT_RETRY,
    deadlineMs: settings.deadlineMs,
    classify: (error) => classify(error),
  });
  const send = sender({ settings, session, time, limiter });
  const ask = <T>(wanted: Request, context: CallContext, parse: (body: unknown) => T): Promise<T> => {
    const { repeatable = true, name } = wanted;
    const budget = context.budget ?? unlimitedBudget;
    const once = async (signal: AbortSignal): Promise<T> => parse(await send(wanted, budget, signal));
    return call({ name, lane: "api", budget, signal: context.signal, repeatable, send: once });
  };
  const page = (name: string, path: string, context: CallContext): Promise<QueryPage> =>
    ask({ name, method: "GET", path }, context, queryPage);
  return {
    request: ask,
    query: (name, text, context, withDeleted = false) =>
      page(name, `${withDeleted ? "/queryAll" : "/query"}?q=${encodeURIComponent(text)}`, context),
    nextPage: async (name, url, context) => page(name, samePlace(url, (await session.current(context.signal)).instanceUrl), context),
    identity: (context) => session.current(context.signal),
    time,
  };
}

interface SenderDeps {
  readonly settings: SalesforceSettings;
  readonly session: Session;
  readonly time: ServerTime;
  readonly limiter: Limiter<"api">;
}

type Send = (request: Request, budget: Budget, signal: AbortSignal) => Promise<unknown>;

/** Sends once, and once more with a new session when the one in hand has ended. */
function sender(deps: SenderDeps): Send {
  const connections = new WeakMap<Token, Connection>();
  const attempt = async (request: Request, token: Token, budget: Budget, signal: AbortSignal): Promise<Attempt> => {
    const connection = connections.get(token) ?? (await connect(deps.settings, token));
    connections.set(token, connection);
    const exchange = newExchange();
    const options = { retry: { maxRetries: 0 }, transport: transportFor(exchange, signal) };
    try {
      const value = await connection.request<unknown>(wire(request), options);
      return { state: "ok", value };
    } catch (error) {
      if (exchange.head.status === 401) return { state: "expired" };
      const known = classify(error, exchange.head, { call: request.name });
      if (known.code === "salesforce.concurrent_limit") deps.limiter.pause(known.retryAfterMs ?? 0);
      throw known;
    } finally {
      deps.time.observe(exchange.head);
      const usage = connection.limitInfo.apiUsage;
      if (usage !== undefined) budget.observe(usage);
    }
  };
  return async (request, budget, signal) => {
    const token = await deps.session.current(signal);
    const first = await attempt(request, token, budget, signal);
    if (first.state === "ok") return first.value;
    const fresh = await deps.session.renew(token, signal);
    const second = await attempt(request, fresh, budget, signal);
    if (second.state === "ok") return second.value;
    deps.session.refused(fresh);
    throw refusedError();
  };
}

type Attempt = { readonly state: "ok"; readonly value: unknown } | { readonly state: "expired" };

/** A connection without a refresh of its own: that one repeats a persistent 401 for ever. Loaded late: the SDK takes a while. */
async function connect(settings: SalesforceSettings, token: Token): Promise<Connection> {
  const { Connection: SdkConnection } = await import("jsforce/lib/connection.js");
  return new SdkConnection({ version: settings.apiVersion, instanceUrl: token.instanceUrl, accessToken: token.accessToken });
}

function wire(request: Request): { method: HttpMethods; url: string; body?: string; headers: { [name: string]: string } } {
  const headers = { accept: "application/json", ...request.headers };
  if (request.body === undefined) return { method: request.method, url: request.path, headers };
  return {
    method: request.method,
    url: request.path,
    body: JSON.stringify(request.body),
    headers: { ...headers, "content-type": "application/json" },
  };
}

/** Path of the next page on our own host. */
function samePlace(url: string, instanceUrl: string): string {
  const next = URL.canParse(url, instanceUrl) ? new URL(url, instanceUrl) : null;
  if (next === null || next.origin !== new URL(instanceUrl).origin || !next.pathname.startsWith("/services/data/")) {
    throw new AppError({
      code: "salesforce.foreign_page",
      recovery: "abort",
      message: "Salesforce named a next page that is not on the org's own host; it was not followed, because our token would go there.",
      details: { host: next === null ? null : next.host },
    });
  }
  return next.pathname + next.search;
}
