import type { Settings } from "./config.ts";

/** Where the bearer token comes from. */
export interface Tokens {
  /** The token to send, fresh for at least the next minute. */
  current(signal: AbortSignal): Promise<string>;
  /** HubSpot refused `token`: true when another one may be tried. */
  refused(token: string): boolean;
}

/** What a refresh gives back. */
export interface FreshToken {
  readonly token: string;
  readonly expiresInMs: number;
}

/** Sends the refresh form and reads its answer; errors are classified. */
export type Refresh = (form: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<FreshToken>;

/** Renewed this much ahead of its end, so that no request leaves with a token that ends on the way. */
const AHEAD_MS = 120_000;

/** A static token as it is; OAuth tokens are refreshed ahead of their end, one refresh at a time for all who wait. */
export function tokensFrom(auth: Settings["auth"], refresh: Refresh, nowMs: () => number): Tokens {
  if (auth.kind === "token") return { current: async () => auth.token, refused: () => false };
  const form = {
    grant_type: "refresh_token",
    client_id: auth.clientId,
    client_secret: auth.clientSecret,
    refresh_token: auth.refreshToken,
  };
  let held: { readonly token: string; readonly endsAt: number } | null = null;
  let underWay: Promise<string> | null = null;
  const renew = async (signal: AbortSignal): Promise<string> => {
    const askedAt = nowMs();
    const fresh = await refresh(form, signal);
    held = { token: fresh.token, endsAt: askedAt + fresh.expiresInMs };
    return fresh.token;
  };
  return {
    current: async (signal) => {
      if (held !== null && nowMs() < held.endsAt - AHEAD_MS) return held.token;
      underWay ??= renew(signal).finally(() => {
        underWay = null;
      });
      return await underWay;
    },
    refused: (token) => {
      if (held?.token === token) held = null;
      return true;
    },
  };
}
