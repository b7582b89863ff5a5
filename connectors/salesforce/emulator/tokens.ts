import { createPublicKey, createVerify, type KeyObject } from "node:crypto";
import type { SandboxClock } from "#sandbox/clock.ts";
import { jsonReply, type SandboxReply, type SandboxRequest } from "#sandbox/http.ts";
import { idFor } from "./values.ts";

export interface AuthOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Whom a JWT may speak for. */
  readonly username: string;
  /** PEM of the certificate's public key, for the JWT flow; null: the app has none. */
  readonly publicKey: string | null;
  /** Good for the refresh flow; null: the app gives none. */
  readonly refreshToken: string | null;
  /** A refresh gives a new refresh token and the old one stops. */
  readonly rotateRefreshTokens: boolean;
}

/** The app's logins: who gets in, and for how long. */
export interface Tokens {
  token(request: SandboxRequest, instanceUrl: string): SandboxReply;
  isValid(request: SandboxRequest): boolean;
  /** Ends all sessions: their next call is a 401. */
  expireAll(): void;
  /** From now on nobody gets in: `invalid_grant`, as after a revoked approval. */
  revoke(): void;
  readonly issued: number;
}

const JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** The assertion may not run longer than this. */
const JWT_LIFE_S = 180;

export function makeTokens(options: AuthOptions, clock: SandboxClock, userId: string): Tokens {
  let issued = 0;
  let isRevoked = false;
  let refreshToken = options.refreshToken;
  const valid = new Set<string>();
  const key = options.publicKey === null ? null : createPublicKey(options.publicKey);
  const session = (instanceUrl: string, more: object = {}): SandboxReply => {
    issued += 1;
    const token = `00D5g0!SESSION.${issued}.${idFor("0Ak", String(issued))}`;
    valid.add(token);
    const id = `${instanceUrl}/id/00D5g0000000001EAA/${userId}`;
    return jsonReply(200, {
      access_token: token,
      instance_url: instanceUrl,
      id,
      token_type: "Bearer",
      issued_at: String(clock.nowMs()),
      signature: "c2FuZGJveA==",
      scope: "api",
      ...more,
    });
  };
  const refreshed = (form: URLSearchParams, instanceUrl: string): SandboxReply => {
    if (refreshToken === null || form.get("refresh_token") !== refreshToken)
      return refused("invalid_grant", "expired access/refresh token");
    if (!options.rotateRefreshTokens) return session(instanceUrl);
    refreshToken = `5Aep${idFor("5Ae", `refresh-${issued}`)}`;
    return session(instanceUrl, { refresh_token: refreshToken });
  };
  return {
    token: (request, instanceUrl) => {
      const form = new URLSearchParams(request.body);
      const problem = isRevoked ? APPROVAL_GONE : wrongWithClient(form, basicOf(request), options);
      if (problem !== null) return refused(...problem);
      switch (form.get("grant_type")) {
        case JWT_GRANT: {
          const wrong = key === null ? "invalid assertion" : wrongWithJwt(form.get("assertion") ?? "", key, options, clock);
          return wrong === null ? session(instanceUrl) : refused("invalid_grant", wrong);
        }
        case "refresh_token":
          return refreshed(form, instanceUrl);
        case "client_credentials":
          return session(instanceUrl);
        default:
          return refused("unsupported_grant_type", "grant type not supported");
      }
    },
    isValid: (request) => valid.has((request.headers["authorization"] ?? "").replace(/^(Bearer|OAuth) /, "")),
    expireAll: () => valid.clear(),
    revoke: () => {
      isRevoked = true;
      valid.clear();
    },
    get issued() {
      return issued;
    },
  };
}

const APPROVAL_GONE = ["invalid_grant", "user hasn't approved this consumer"] as const;

/** A JWT names its client inside; a refresh needs no secret. */
function wrongWithClient(
  form: URLSearchParams,
  basic: readonly [string, string] | null,
  options: AuthOptions,
): readonly [string, string] | null {
  const grant = form.get("grant_type");
  if (grant === JWT_GRANT) return null;
  const [id, secret] = basic ?? [form.get("client_id"), form.get("client_secret")];
  if (id !== options.clientId) return ["invalid_client_id", "client identifier invalid"];
  return grant !== "refresh_token" && secret !== options.clientSecret ? ["invalid_client", "invalid client credentials"] : null;
}

const refused = (error: string, description: string): SandboxReply => jsonReply(400, { error, error_description: description });

function basicOf(request: SandboxRequest): readonly [string, string] | null {
  const header = request.headers["authorization"];
  if (header === undefined || !header.startsWith("Basic ")) return null;
  const [id = "", ...secret] = Buffer.from(header.slice(6), "base64").toString("utf8").split(":");
  return [id, secret.join(":")];
}

/** What the platform checks of an assertion, in its words; null when it is good. */
function wrongWithJwt(assertion: string, key: KeyObject, options: AuthOptions, clock: SandboxClock): string | null {
  const [header = "", payload = "", signature = ""] = assertion.split(".");
  const isSigned = createVerify("RSA-SHA256").update(`${header}.${payload}`).verify(key, signature, "base64url");
  if (!isSigned) return "invalid assertion";
  const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  if (typeof claims !== "object" || claims === null) return "invalid assertion";
  const claim = (name: string): unknown => Object.entries(claims).find(([known]) => known === name)?.[1];
  const nowS = clock.nowMs() / 1000;
  const expires = Number(claim("exp"));
  if (claim("iss") !== options.clientId) return "client identifier invalid";
  if (claim("sub") !== options.username) return "user hasn't approved this consumer";
  if (!Number.isFinite(expires) || expires <= nowS) return "assertion expired";
  return expires > nowS + JWT_LIFE_S + 120 ? "assertion is not within its validity" : null;
}
