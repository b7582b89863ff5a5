import { AppError, isAppError, type Recovery } from "#core/errors.ts";
import type { JsonObject } from "#core/json.ts";
import { BodyError, type ErrorBody, networkReason, ReplyError } from "./reply.ts";

/** Who has to slow down after a row: the lane of the call, or everybody. */
export type Pauses = "lane" | "all" | null;

interface ErrorRow {
  readonly code: string;
  readonly status: number | readonly [number, number];
  readonly policy?: string;
  readonly category?: string;
  readonly recovery: Recovery;
  /** Wait when the reply names none; absent: the caller's own back-off. */
  readonly waitMs?: number;
  readonly pauses?: Pauses;
  readonly message: (reply: ReplyError) => string;
}

const HOUR_MS = 3_600_000;
const asked = (reply: ReplyError): string => `${reply.call} (${reply.status})`;
const down = (reply: ReplyError): string => `HubSpot could not answer ${asked(reply)}; it is asked again, then with the next run.`;
const token = (reply: ReplyError): string =>
  `HubSpot refuses the token: ${asked(reply)}. Make a new service key or private-app token, put it into the connection's auth, and run doctor.`;

/** Read from the top: the first row that fits counts. Statuses and policies are HubSpot's of November 2026. */
export const ERRORS: readonly ErrorRow[] = [
  {
    code: "hubspot.token",
    status: 400,
    category: "BAD_REFRESH_TOKEN",
    recovery: "reauth",
    message: () =>
      "HubSpot refuses the refresh token: the app was removed or its consent withdrawn. Install it again and store the new refresh token.",
  },
  {
    code: "hubspot.invalid",
    status: 400,
    recovery: "abort",
    message: (reply) => `HubSpot calls ${asked(reply)} invalid: ${reasonOf(reply.body)}`,
  },
  { code: "hubspot.token", status: 401, recovery: "reauth", message: token },
  {
    code: "hubspot.scope",
    status: 403,
    category: "MISSING_SCOPES",
    recovery: "configure",
    message: (reply) => `The token may not do ${asked(reply)}. Add ${scopeList(reply.body.scopes)} to the service key or app.`,
  },
  {
    code: "hubspot.forbidden",
    status: 403,
    recovery: "configure",
    message: (reply) =>
      `HubSpot does not allow ${asked(reply)}: the portal's plan or the token's rights leave it out. ${reasonOf(reply.body)}`,
  },
  { code: "hubspot.not_found", status: 404, recovery: "abort", message: (reply) => `HubSpot knows nothing at ${asked(reply)}.` },
  { code: "hubspot.unavailable", status: 408, recovery: "retry", message: down },
  { code: "hubspot.conflict", status: 409, recovery: "abort", message: (reply) => `It exists already: ${asked(reply)}.` },
  { code: "hubspot.too_long", status: 414, recovery: "abort", message: (reply) => `Too many properties for one request: ${asked(reply)}.` },
  { code: "hubspot.locked", status: 423, recovery: "retry", waitMs: 2000, message: down },
  {
    code: "hubspot.daily_limit",
    status: 429,
    policy: "DAILY",
    recovery: "wait",
    waitMs: HOUR_MS,
    pauses: "all",
    message: (reply) =>
      `The portal's calls of today are used up, by all integrations together: ${asked(reply)}. Reading goes on after midnight of the portal.`,
  },
  { code: "hubspot.rate_limit", status: 429, policy: "SECONDLY", recovery: "retry", waitMs: 1000, pauses: "lane", message: down },
  {
    code: "hubspot.rate_limit",
    status: 429,
    policy: "TEN_SECONDLY_ROLLING",
    recovery: "retry",
    waitMs: 10_000,
    pauses: "all",
    message: down,
  },
  { code: "hubspot.rate_limit", status: 429, recovery: "retry", waitMs: 10_000, pauses: "all", message: down },
  {
    code: "hubspot.moving",
    status: 477,
    recovery: "wait",
    waitMs: HOUR_MS,
    pauses: "all",
    message: () => "HubSpot is moving this portal between data centres; reading goes on afterwards.",
  },
  {
    code: "hubspot.unexpected",
    status: [400, 499],
    recovery: "abort",
    message: (reply) => `HubSpot refuses ${asked(reply)}: ${reasonOf(reply.body)}`,
  },
  { code: "hubspot.token", status: 530, recovery: "reauth", message: token },
  { code: "hubspot.unavailable", status: [500, 599], recovery: "retry", message: down },
  {
    code: "hubspot.unexpected",
    status: [300, 399],
    recovery: "abort",
    message: (reply) => `HubSpot points elsewhere: ${asked(reply)}. Check baseUrl.`,
  },
];

export interface Verdict {
  readonly error: AppError;
  readonly pauses: Pauses;
  /** How long who pauses does so. */
  readonly pauseMs: number;
}

/** What a failure means, by the table; network failures and unreadable bodies are worth another try. `nowMs` reads a dated Retry-After. */
export function classify(failure: unknown, nowMs: number): Verdict {
  if (isAppError(failure)) return { error: failure, pauses: null, pauseMs: 0 };
  if (failure instanceof ReplyError) return classifyReply(failure, nowMs);
  if (failure instanceof BodyError) {
    const message = `${failure.message} Something between here and HubSpot may be answering instead (proxy, maintenance page).`;
    return final(
      new AppError({ code: "hubspot.bad_body", recovery: "retry", message, details: { call: failure.call }, cause: failure.cause }),
    );
  }
  const reason = networkReason(failure);
  if (reason === null) {
    return final(
      new AppError({ code: "hubspot.broken", recovery: "abort", message: "The HubSpot connector failed in itself.", cause: failure }),
    );
  }
  const message = `HubSpot can't be reached (${reason}). Check the network, the proxy and baseUrl.`;
  return final(new AppError({ code: "hubspot.network", recovery: "retry", message, details: { reason }, cause: failure }));
}

function final(error: AppError): Verdict {
  return { error, pauses: null, pauseMs: 0 };
}

function classifyReply(reply: ReplyError, nowMs: number): Verdict {
  const row = ERRORS.find((candidate) => fits(candidate, reply));
  const waitMs = retryAfterMs(reply.retryAfter, nowMs) ?? row?.waitMs;
  const error = new AppError({
    code: row?.code ?? "hubspot.unexpected",
    recovery: row?.recovery ?? "abort",
    message: row?.message(reply) ?? `HubSpot gave an answer nobody knows: ${asked(reply)}.`,
    retryAfterMs: waitMs,
    details: detailsOf(reply),
    cause: reply,
  });
  return { error, pauses: row?.pauses ?? null, pauseMs: waitMs ?? 0 };
}

function fits(row: ErrorRow, reply: ReplyError): boolean {
  const [low, high] = typeof row.status === "number" ? [row.status, row.status] : row.status;
  if (reply.status < low || reply.status > high) return false;
  if (row.policy !== undefined && policyOf(reply.body) !== row.policy) return false;
  return row.category === undefined || reply.body.category === row.category || reply.body.oauth === row.category;
}

/** Search answers name their policy in words only. */
function policyOf(body: ErrorBody): string | null {
  if (body.policyName !== null) return body.policyName;
  const words = body.message?.toLowerCase() ?? "";
  if (words.includes("ten_secondly") || words.includes("ten secondly")) return "TEN_SECONDLY_ROLLING";
  if (words.includes("secondly limit")) return "SECONDLY";
  return words.includes("daily limit") ? "DAILY" : null;
}

/** `Retry-After` as seconds or as a date; null when there is none to rely on. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.round(seconds * 1000) : null;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}

function detailsOf(reply: ReplyError): JsonObject {
  const { category, policyName, correlationId, codes, scopes } = reply.body;
  return {
    call: reply.call,
    status: reply.status,
    ...(category === null ? {} : { category }),
    ...(policyName === null ? {} : { policy: policyName }),
    ...(correlationId === null ? {} : { correlationId }),
    ...(codes.length === 0 ? {} : { codes }),
    ...(scopes.length === 0 ? {} : { scopes }),
  };
}

function reasonOf(body: ErrorBody): string {
  const codes = body.codes.length === 0 ? "" : ` [${body.codes.join(", ")}]`;
  return `${body.message ?? body.category ?? "no reason given"}${codes}`;
}

function scopeList(scopes: readonly string[]): string {
  return scopes.length === 0 ? "the missing scope" : `scope ${scopes.join(", ")}`;
}
