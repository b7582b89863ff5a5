import { createSign } from "node:crypto";
import { AppError, isAppError } from "#core/errors.ts";
import { msOf } from "#core/time/instant.ts";
import type { AuthSettings, SalesforceSettings } from "./config.ts";
import { isRow, type Row } from "./decode.ts";
import { classify } from "./errors.ts";
import type { ServerTime } from "./server-time.ts";
import type { TokenStore } from "./token-store.ts";
import { newExchange, transportFor } from "./transport.ts";

const CLOCK_SLACK_MS = 60_000;

export interface Token {
  readonly accessToken: string;
  readonly instanceUrl: string;
  /** 18-character id of the user we act as; null where the answer does not say. */
  readonly userId: string | null;
  readonly organizationId: string | null;
}

/** The one session of a connection. Calls that run side by side share one login; a refused one is final for the connector's life. */
export interface Session {
  /** The present token; logs in when there is none. */
  current(signal: AbortSignal): Promise<Token>;
  /** A token other than `stale`. A second login in vain ends all further ones: a persistent 401 must not become a storm of logins. */
  renew(stale: Token, signal: AbortSignal): Promise<Token>;
  /** Tells that Salesforce refused even the newest token. */
  refused(token: Token): void;
}

export interface SessionDeps {
  readonly settings: SalesforceSettings;
  readonly store: TokenStore;
  readonly time: ServerTime;
}

export function createSession(deps: SessionDeps): Session {
  let token: Token | null = null;
  let login: Promise<Token> | null = null;
  let refusal: AppError | null = null;
  const share = (signal: AbortSignal): Promise<Token> => {
    if (refusal !== null) return Promise.reject(refusal);
    login ??= requestToken(deps, signal)
      .then((fresh) => {
        token = fresh;
        return fresh;
      })
      .catch((error: unknown) => {
        // A login that was refused stays refused: a stream each to ask again would lock the user out.
        if (isAppError(error) && (error.recovery === "reauth" || error.recovery === "configure")) refusal = error;
        throw error;
      })
      .finally(() => {
        login = null;
      });
    return login;
  };
  return {
    current: (signal) => (token === null ? share(signal) : Promise.resolve(token)),
    renew: (stale, signal) => (token !== null && token !== stale ? Promise.resolve(token) : share(signal)),
    refused: (refusedToken) => {
      if (refusedToken === token) refusal = refusedError();
    },
  };
}

export function refusedError(): AppError {
  return new AppError({
    code: "salesforce.session",
    recovery: "reauth",
    message:
      "Salesforce refuses the session even right after a login: check the integration user's session policy, password expiry, profile and login hours.",
  });
}

async function requestToken(deps: SessionDeps, signal: AbortSignal): Promise<Token> {
  const { auth, instanceUrl } = deps.settings;
  const stored = auth.kind === "refresh-token" ? await deps.store.read(auth.refreshToken) : null;
  const body = await askForToken(deps, stored, signal);
  if (auth.kind === "refresh-token") await keepRotated(deps.store, auth.refreshToken, stored, body["refresh_token"]);
  return tokenOf(body, instanceUrl);
}

async function askForToken(deps: SessionDeps, stored: string | null, signal: AbortSignal, isSecondTry = false): Promise<Row> {
  const { auth, loginUrl } = deps.settings;
  const { OAuth2 } = await import("jsforce/lib/oauth2.js");
  const exchange = newExchange();
  const oauth = new OAuth2({ loginUrl, clientId: auth.clientId, ...(secretOf(auth) ?? {}) });
  oauth._transport = transportFor(exchange, signal);
  try {
    const answer: unknown =
      auth.kind === "refresh-token"
        ? await oauth.refreshToken(stored ?? auth.refreshToken)
        : await oauth.requestToken(grantOf(auth, deps.time));
    deps.time.observe(exchange.head);
    return isRow(answer) ? answer : {};
  } catch (error) {
    if (isAppError(error)) throw error;
    // An assertion dated by a clock that is wrong is refused; the refusal says what time it is there.
    const movedMs = deps.time.observe(exchange.head);
    if (auth.kind === "jwt" && !isSecondTry && Math.abs(movedMs) > CLOCK_SLACK_MS) return await askForToken(deps, stored, signal, true);
    throw classify(error, exchange.head, { at: "login" });
  }
}

/** The new refresh token is on disk before the session it came with is used: after a crash the old one may no longer be good. */
async function keepRotated(store: TokenStore, configured: string, stored: string | null, fresh: unknown): Promise<void> {
  if (typeof fresh === "string" && fresh !== "" && fresh !== (stored ?? configured)) await store.write(configured, fresh);
}

function tokenOf(body: Row, instanceUrl: string | undefined): Token {
  const accessToken = body["access_token"];
  const instance = instanceUrl ?? body["instance_url"];
  if (typeof accessToken !== "string" || typeof instance !== "string") {
    throw new AppError({
      code: "salesforce.login_answer",
      recovery: "reauth",
      message: "The login address answered without a token: loginUrl must be the org's My Domain address (https://acme.my.salesforce.com).",
    });
  }
  const [organizationId = null, userId = null] = typeof body["id"] === "string" ? body["id"].split("/").slice(-2) : [];
  return { accessToken, instanceUrl: instance.replace(/\/+$/, ""), userId, organizationId };
}

function secretOf(auth: AuthSettings): { readonly clientSecret: string } | null {
  return auth.kind === "jwt" || auth.clientSecret === undefined ? null : { clientSecret: auth.clientSecret };
}

function grantOf(auth: Exclude<AuthSettings, { kind: "refresh-token" }>, time: ServerTime): { grant_type: string; [name: string]: string } {
  if (auth.kind === "client-credentials") return { grant_type: "client_credentials" };
  return { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: assertion(auth, time) };
}

/** A signed JWT good for three minutes (RFC 7523 with RS256). */
function assertion(auth: Extract<AuthSettings, { kind: "jwt" }>, time: ServerTime): string {
  const expiresAt = Math.floor(msOf(time.now()) / 1000) + 180;
  const claims = { iss: auth.clientId, sub: auth.username, aud: auth.audience, exp: expiresAt };
  const unsigned = `${base64url({ alg: "RS256", typ: "JWT" })}.${base64url(claims)}`;
  try {
    return `${unsigned}.${createSign("RSA-SHA256").update(unsigned).sign(auth.privateKey, "base64url")}`;
  } catch (cause) {
    throw new AppError({
      code: "salesforce.private_key",
      recovery: "configure",
      message: "auth.privateKey is no RSA private key in PEM form; give it as a file reference.",
      cause,
    });
  }
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
