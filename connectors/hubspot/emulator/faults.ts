import { answer, type FaultEffect } from "#sandbox/faults.ts";
import type { LimitPolicy } from "./errors.ts";

const JSON_TYPE = { "content-type": "application/json;charset=utf-8" } as const;

function error(status: number, body: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}): FaultEffect {
  return answer(
    status,
    { ...JSON_TYPE, ...headers },
    JSON.stringify({ status: "error", correlationId: "c0ffee00-0000-4000-8000-000000000000", ...body }),
  );
}

/** A refusal by policy. HubSpot does not promise `Retry-After`, so it is left out unless asked for. */
export function tooMany(policyName: LimitPolicy, retryAfterSeconds?: number): FaultEffect {
  const headers: Record<string, string> = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return error(429, { message: `You have reached your ${policyName.toLowerCase()} limit.`, errorType: "RATE_LIMIT", policyName }, headers);
}

export function unauthorized(): FaultEffect {
  return error(401, { message: "Authentication credentials not found.", category: "INVALID_AUTHENTICATION" });
}

export function expiredToken(): FaultEffect {
  return error(401, { message: "The OAuth token used to make this call expired.", category: "EXPIRED_AUTHENTICATION" });
}

export function withoutScope(scope: string): FaultEffect {
  return error(403, {
    message: "This app hasn't been granted all required scopes to make this call.",
    category: "MISSING_SCOPES",
    errors: [{ message: "One or more of the following scopes are required.", context: { requiredGranularScopes: [scope] } }],
  });
}

/** A lock from heavy writing; gone after about two seconds. */
export function locked(): FaultEffect {
  return error(423, { message: "The resource is locked.", category: "RESOURCE_LOCKED" });
}

/** The account is moving between data centres; that can take up to a day. */
export function moving(retryAfterSeconds: number): FaultEffect {
  return error(
    477,
    { message: "This portal is being migrated.", category: "MIGRATION_IN_PROGRESS" },
    { "retry-after": String(retryAfterSeconds) },
  );
}

/** A server error in JSON, and one without a content type that the SDK cannot parse. */
export function serverError(status: 500 | 502 | 503 | 504 | 521 | 523 | 524): FaultEffect {
  return error(status, { message: "internal error", category: "INTERNAL_ERROR" });
}

export function nakedServerError(status = 500): FaultEffect {
  return answer(status, {}, "");
}
