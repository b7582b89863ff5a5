import type { Rng } from "#core/rng.ts";
import { jsonReply, type SandboxReply } from "#sandbox/http.ts";

/** One entry of `errors[]`. */
export interface ErrorDetail {
  readonly message: string;
  readonly code?: string;
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

/** A request that HubSpot refuses; turned into its error body where it leaves the emulator. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, body: Readonly<Record<string, unknown>>) {
    super(message);
    this.status = status;
    this.body = { message, ...body };
  }
}

export function refusalReply(refusal: Refusal, rng: Rng): SandboxReply {
  return jsonReply(refusal.status, { status: "error", ...refusal.body, correlationId: rng.uuid() });
}

export function invalid(message: string, errors: readonly ErrorDetail[] = []): Refusal {
  return new Refusal(400, message, { category: "VALIDATION_ERROR", ...(errors.length === 0 ? {} : { errors }) });
}

export function notFound(message = "resource not found"): Refusal {
  return new Refusal(404, message, { category: "OBJECT_NOT_FOUND" });
}

export function conflict(message: string): Refusal {
  return new Refusal(409, message, { category: "CONFLICT" });
}

/** A property that cannot take this value, as the write endpoints tell it. */
export interface PropertyProblem {
  readonly name: string;
  readonly error:
    | "PROPERTY_DOESNT_EXIST"
    | "READ_ONLY_VALUE"
    | "INVALID_INTEGER"
    | "INVALID_NUMERIC"
    | "INVALID_OPTION"
    | "INVALID_DATE"
    | "INVALID_LONG"
    | "INVALID_BOOLEAN"
    | "VALUE_TOO_LONG"
    | "CONFLICTING_UNIQUE_VALUE";
  readonly message: string;
}

export function invalidProperties(problems: readonly PropertyProblem[]): Refusal {
  const listed = problems.map((each) => ({
    isValid: false,
    message: each.message,
    error: each.error,
    name: each.name,
    localizedErrorMessage: each.message,
  }));
  return invalid(
    `Property values were not valid: ${JSON.stringify(listed)}`,
    problems.map((each) => ({ message: each.message, code: each.error, context: { propertyName: [each.name] } })),
  );
}

export function unauthenticated(): Refusal {
  return new Refusal(401, "Authentication credentials not found. This API supports OAuth 2.0 authentication.", {
    category: "INVALID_AUTHENTICATION",
  });
}

export function expired(): Refusal {
  return new Refusal(401, "The OAuth token used to make this call expired.", {
    category: "EXPIRED_AUTHENTICATION",
    context: { "expire time": ["long ago"] },
  });
}

export function missingScopes(anyOf: readonly string[]): Refusal {
  return new Refusal(
    403,
    "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.",
    {
      errors: [{ message: "One or more of the following scopes are required.", context: { requiredGranularScopes: anyOf } }],
      links: { scopes: "https://developers.hubspot.com/scopes" },
      category: "MISSING_SCOPES",
    },
  );
}

export type LimitPolicy = "TEN_SECONDLY_ROLLING" | "SECONDLY" | "DAILY";

export function rateLimited(policyName: LimitPolicy): Refusal {
  return new Refusal(429, `You have reached your ${policyName.toLowerCase()} limit.`, {
    errorType: "RATE_LIMIT",
    policyName,
    groupName: "publicapi:private-apps:calls:api:portal",
  });
}
