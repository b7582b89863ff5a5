import { Client } from "@hubspot/api-client";
import type { Clock } from "#core/clock.ts";
import type { Budget, ServerClock } from "#core/connector.ts";
import { isAppError } from "#core/errors.ts";
import type { JsonValue } from "#core/json.ts";
import type { Log } from "#core/log.ts";
import type { Rng } from "#core/rng.ts";
import { instantFromMs, msOf } from "#core/time/instant.ts";
import { type Caller, createCaller } from "#kit/call.ts";
import { parseJson } from "#kit/json.ts";
import { createLimiter, type Limiter } from "#kit/rate-limit.ts";
import { DEFAULT_RETRY } from "#kit/retry.ts";
import { type FreshToken, type Tokens, tokensFrom } from "./auth.ts";
import type { Settings } from "./config.ts";
import { classify } from "./errors.ts";
import { BodyError, ReplyError } from "./reply.ts";
import { PATHS, type Paths } from "./versions.ts";

/** HubSpot counts search apart from everything else; associations have a window of their own beside the one for all calls. */
export type LaneName = "general" | "search" | "associations";

export interface Request {
  /** Constant name for logs and errors, such as `deals.search`. */
  readonly name: string;
  readonly method: "GET" | "POST" | "PATCH";
  readonly path: string;
  /** Repeated names become repeated keys. */
  readonly query?: readonly [string, string][];
  readonly body?: JsonValue;
  readonly lane?: LaneName;
  /** False: an unclear ending is final, because sending it twice could create twice. */
  readonly repeatable?: boolean;
}

/** For whom a request is made. */
export interface Asker {
  readonly budget: Budget;
  readonly signal: AbortSignal;
}

export interface HubSpot {
  readonly paths: Paths;
  /** HubSpot's time, from the Date header of its latest answer; the service's own before the first one. */
  readonly clock: ServerClock;
  /** Sends, limited and repeated; gives the parsed body (null for 204). Throws AppError only. */
  request(request: Request, asker: Asker): Promise<unknown>;
  /** Makes sure HubSpot's time is known: at most one small request in the life of a connection. */
  syncClock(asker: Asker): Promise<void>;
  /** Portal id and host of its pages, once known. */
  account(asker: Asker): Promise<Account | null>;
  readonly knownAccount: () => Account | null;
}

export interface Account {
  readonly portalId: string;
  readonly uiDomain: string;
  readonly timeZone: string | null;
  readonly companyCurrency: string | null;
}

export interface ClientDeps {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
}

interface State {
  /** HubSpot's time minus ours; null before the first answer. */
  offsetMs: number | null;
  account: Account | null;
  sdk: { readonly token: string; readonly client: Client } | null;
}

interface Wire {
  readonly settings: Settings;
  readonly deps: ClientDeps;
  readonly state: State;
  readonly limiter: Limiter<LaneName>;
  readonly call: Caller<LaneName>;
  readonly tokens: Tokens;
}

/** The SDK behind limiter, retry and classification of our own: its own ones live in a process-wide singleton and stay off. */
export function createHubSpot(settings: Settings, deps: ClientDeps): HubSpot {
  const wire = createWire(settings, deps);
  const paths = PATHS[settings.apiVersion];
  const clock: ServerClock = { now: () => instantFromMs(msOf(deps.clock.now()) + (wire.state.offsetMs ?? 0)) };
  const request: HubSpot["request"] = (what, asker) => send(wire, what, asker);
  const askAccount = single(async (asker: Asker): Promise<Account | null> => {
    wire.state.account = readAccount(await request({ name: "account.details", method: "GET", path: paths.account() }, asker));
    return wire.state.account;
  });
  return {
    paths,
    clock,
    request,
    knownAccount: () => wire.state.account,
    account: async (asker) => wire.state.account ?? (await askAccount(asker)),
    syncClock: async (asker) => {
      if (wire.state.offsetMs !== null) return;
      try {
        await askAccount(asker);
      } catch (error) {
        // A token without the right to account details still got an answer with a Date header.
        if (wire.state.offsetMs === null || (isAppError(error) && error.recovery !== "configure")) throw error;
      }
    },
  };
}

function createWire(settings: Settings, deps: ClientDeps): Wire {
  const { requestsPer10s, searchPerSecond, associationsPer10s } = settings.budget;
  const lanes = createLimiter<LaneName>(
    {
      general: { limit: requestsPer10s, windowMs: 10_000 },
      search: { limit: searchPerSecond, windowMs: 1000 },
      associations: { limit: associationsPer10s, windowMs: 10_000 },
    },
    deps.clock,
  );
  const limiter: Limiter<LaneName> = { ...lanes, acquire: (lane, signal) => acquire(lanes, lane, signal) };
  const state: State = { offsetMs: null, account: null, sdk: null };
  const call = createCaller<LaneName>({
    ...deps,
    limiter,
    retry: DEFAULT_RETRY,
    deadlineMs: settings.reads.deadlineSeconds * 1000,
    classify: (failure) => classify(failure, msOf(deps.clock.now())).error,
  });
  const tokens = tokensFrom(
    settings.auth,
    (form, signal) => refreshToken(settings, form, signal, call),
    () => deps.clock.monotonicMs(),
  );
  return { settings, deps, state, limiter, call, tokens };
}

/** A call for associations takes a place in their own window and in the one for all calls. */
async function acquire(lanes: Limiter<LaneName>, lane: LaneName, signal: AbortSignal): Promise<() => void> {
  const release = await lanes.acquire(lane, signal);
  if (lane !== "associations") return release;
  try {
    const releaseGeneral = await lanes.acquire("general", signal);
    return () => {
      releaseGeneral();
      release();
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** One request, repeated once with another token when HubSpot refused the first. */
async function send(wire: Wire, request: Request, asker: Asker): Promise<unknown> {
  const lane = request.lane ?? "general";
  const ask = async (token: string): Promise<unknown> =>
    await wire.call({
      name: request.name,
      lane,
      budget: asker.budget,
      signal: asker.signal,
      ...(request.repeatable === undefined ? {} : { repeatable: request.repeatable }),
      send: () => exchange(wire, request, lane, token, asker),
    });
  const token = await wire.tokens.current(asker.signal);
  try {
    return await ask(token);
  } catch (error) {
    if (!isAppError(error) || error.code !== "hubspot.token" || !wire.tokens.refused(token)) throw error;
    return await ask(await wire.tokens.current(asker.signal));
  }
}

async function exchange(wire: Wire, request: Request, lane: LaneName, token: string, asker: Asker): Promise<unknown> {
  const response: Response = await sdkFor(wire, token).apiRequest({
    method: request.method,
    path: request.path,
    ...(request.query === undefined ? {} : { qs: new URLSearchParams(request.query) }),
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  observe(wire, response.headers, lane, asker.budget);
  const text = await response.text();
  if (response.ok) return readJson(request.name, response.status, text);
  const reply = new ReplyError(request.name, response.status, response.headers.get("retry-after"), text);
  const verdict = classify(reply, msOf(wire.deps.clock.now()));
  if (verdict.pauses !== null) wire.limiter.pause(verdict.pauseMs, verdict.pauses === "lane" ? lane : undefined);
  throw verdict.error;
}

/** A client per token: changing the token of a client leaves the old one in use by what was built from it. */
function sdkFor(wire: Wire, token: string): Client {
  if (wire.state.sdk?.token !== token) {
    wire.state.sdk = { token, client: new Client({ accessToken: token, basePath: wire.settings.baseUrl.replace(/\/+$/, "") }) };
  }
  return wire.state.sdk.client;
}

function observe(wire: Wire, headers: Headers, lane: LaneName, budget: Budget): void {
  const date = Date.parse(headers.get("date") ?? "");
  if (!Number.isNaN(date)) wire.state.offsetMs = date - msOf(wire.deps.clock.now());
  const number = (name: string): number | undefined => {
    const value = headers.get(`x-hubspot-ratelimit-${name}`);
    return value === null || !/^\d+$/.test(value) ? undefined : Number(value);
  };
  if (lane !== "search")
    wire.limiter.observe(lane, { limit: number("max"), windowMs: number("interval-milliseconds"), remaining: number("remaining") });
  const daily = number("daily");
  const left = number("daily-remaining");
  if (daily !== undefined && left !== undefined) budget.observe({ used: daily - left, limit: daily });
}

function readJson(name: string, status: number, text: string): unknown {
  if (status === 204) return null;
  try {
    const body = parseJson(text);
    if (typeof body === "object" && body !== null) return body;
  } catch (cause) {
    throw new BodyError(name, cause);
  }
  throw new BodyError(name, undefined);
}

async function refreshToken(
  settings: Settings,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
  call: Caller<LaneName>,
): Promise<FreshToken> {
  const body = await call({
    name: "oauth.refresh",
    lane: "general",
    budget: { spend: async () => {}, observe: () => {} },
    signal,
    send: async () => {
      const response: Response = await new Client({ basePath: settings.baseUrl.replace(/\/+$/, "") }).apiRequest({
        method: "POST",
        path: PATHS[settings.apiVersion].token(),
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        defaultJson: false,
        body: new URLSearchParams(form),
      });
      const text = await response.text();
      if (!response.ok) throw new ReplyError("oauth.refresh", response.status, response.headers.get("retry-after"), text);
      return readJson("oauth.refresh", response.status, text);
    },
  });
  const { access_token: token, expires_in: seconds } = body as { access_token?: unknown; expires_in?: unknown };
  if (typeof token !== "string" || typeof seconds !== "number") throw classify(new BodyError("oauth.refresh", undefined), 0).error;
  return { token, expiresInMs: seconds * 1000 };
}

function readAccount(body: unknown): Account | null {
  const { portalId, uiDomain, timeZone, companyCurrency } = body as Record<string, unknown>;
  if (portalId === undefined || portalId === null) return null;
  return {
    portalId: String(portalId),
    uiDomain: typeof uiDomain === "string" && /^[a-z0-9.-]+$/i.test(uiDomain) ? uiDomain : "app.hubspot.com",
    timeZone: typeof timeZone === "string" ? timeZone : null,
    companyCurrency: typeof companyCurrency === "string" ? companyCurrency : null,
  };
}

/** Callers that come while one asks share its answer; a failure is forgotten, so the next one asks again. */
function single<A, T>(ask: (argument: A) => Promise<T>): (argument: A) => Promise<T> {
  let underWay: Promise<T> | null = null;
  return (argument) => {
    underWay ??= ask(argument).finally(() => {
      underWay = null;
    });
    return underWay;
  };
}
