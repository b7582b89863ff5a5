import type { Rng } from "#core/rng.ts";
import type { SandboxClock } from "#sandbox/clock.ts";
import { jsonReply, type SandboxReply, type SandboxRequest } from "#sandbox/http.ts";
import { expired, missingScopes, unauthenticated } from "./errors.ts";

/** What the account grants by default: everything this product asks for (fact sheet section 13). */
export const ALL_SCOPES = [
  ...["deals", "contacts", "companies"].flatMap((name) => [
    `crm.objects.${name}.read`,
    `crm.objects.${name}.write`,
    `crm.schemas.${name}.read`,
    `crm.schemas.${name}.write`,
  ]),
  ...["crm.objects.owners.read", "crm.objects.users.read", "crm.objects.users.write", "settings.users.teams.read", "settings.users.read"],
  ...[
    "crm.objects.leads.read",
    "crm.objects.leads.write",
    "crm.objects.goals.read",
    "crm.objects.line_items.read",
    "crm.objects.products.read",
  ],
  ...["settings.currencies.read", "sales-email-read", "oauth", "automation"],
] as const;

export interface OauthApp {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Working refresh tokens. */
  readonly refreshTokens: readonly string[];
}

export interface AuthOptions {
  /** Static tokens with the scopes they were given. */
  readonly tokens: Readonly<Record<string, readonly string[]>>;
  readonly oauth: OauthApp | null;
  readonly portalId: number;
}

export interface Auth {
  /** Throws 401; the scopes otherwise. */
  scopesOf(request: SandboxRequest): ReadonlySet<string>;
  token(request: SandboxRequest): SandboxReply;
  /** From now on this static token, refresh token or access token is worthless. */
  revoke(token: string): void;
}

const LIFETIME_MS = 1_800_000;

export function auth(options: AuthOptions, clock: SandboxClock, rng: Rng): Auth {
  const revoked = new Set<string>();
  const issued = new Map<string, number>();
  return {
    scopesOf: (request) => {
      const token = /^Bearer (\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
      if (token === undefined || revoked.has(token)) throw unauthenticated();
      const untilMs = issued.get(token);
      if (untilMs !== undefined) {
        if (untilMs <= clock.nowMs()) throw expired();
        return new Set(ALL_SCOPES);
      }
      const scopes = options.tokens[token];
      if (scopes === undefined) throw unauthenticated();
      return new Set(scopes);
    },
    token: (request) => {
      const form = new URLSearchParams(request.body);
      const { oauth } = options;
      const refused = (status: string, message: string): SandboxReply =>
        jsonReply(400, { status, message, error: "invalid_grant", error_description: message, correlationId: rng.uuid() });
      if (oauth === null || form.get("client_id") !== oauth.clientId || form.get("client_secret") !== oauth.clientSecret)
        return refused("BAD_CLIENT_ID", "missing or invalid client id");
      const refreshToken = form.get("refresh_token") ?? "";
      if (form.get("grant_type") !== "refresh_token") return refused("BAD_GRANT_TYPE", "missing or unknown grant type");
      if (!oauth.refreshTokens.includes(refreshToken) || revoked.has(refreshToken))
        return refused("BAD_REFRESH_TOKEN", "missing or invalid refresh token");
      // Real ones have been seen with more than 300 characters.
      const token = `CP${rng.uuid().replaceAll("-", "").repeat(10)}`;
      issued.set(token, clock.nowMs() + LIFETIME_MS);
      return jsonReply(200, {
        token_type: "bearer",
        refresh_token: refreshToken,
        access_token: token,
        expires_in: LIFETIME_MS / 1_000,
        hub_id: options.portalId,
        scopes: [...ALL_SCOPES],
      });
    },
    revoke: (token) => {
      revoked.add(token);
      issued.delete(token);
    },
  };
}

/** Throws 403 unless one of them is granted. */
export function requireScope(granted: ReadonlySet<string>, ...anyOf: readonly string[]): void {
  if (!anyOf.some((scope) => granted.has(scope))) throw missingScopes(anyOf);
}
