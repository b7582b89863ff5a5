import { cleanText } from "#kit/text.ts";

/** A reply of HubSpot that is no success: what `apiRequest` resolves to instead of throwing. */
export class ReplyError extends Error {
  readonly call: string;
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: ErrorBody;

  constructor(call: string, status: number, retryAfter: string | null, text: string) {
    super(`HubSpot answered ${call} with ${status}.`);
    this.name = "ReplyError";
    this.call = call;
    this.status = status;
    this.retryAfter = retryAfter;
    this.body = readBody(text);
  }
}

/** A success whose body is none: HTML, empty, cut short. */
export class BodyError extends Error {
  readonly call: string;

  constructor(call: string, cause: unknown) {
    super(`HubSpot's answer to ${call} is no JSON.`, { cause });
    this.name = "BodyError";
    this.call = call;
  }
}

/** What error bodies may carry; every field is optional and none is promised. */
export interface ErrorBody {
  readonly category: string | null;
  readonly policyName: string | null;
  readonly message: string | null;
  readonly correlationId: string | null;
  /** `errors[].code` and `errors[].context`, flattened. */
  readonly codes: readonly string[];
  readonly scopes: readonly string[];
  /** OAuth's own form: `{error, status}`. */
  readonly oauth: string | null;
}

const MESSAGE_LENGTH = 300;
// Nothing that reads as an e-mail address, a token or a control character goes into an error.
const PRIVATE = /[^\s@"'<>]+@[^\s@"'<>]+\.[^\s@"'<>]+|\bpat-[\w-]+|\bBearer\s+\S+/gi;

function shortText(value: unknown): string | null {
  if (typeof value !== "string" || value === "") return null;
  return cleanText(value)
    .replaceAll(PRIVATE, "…")
    .replaceAll(/\p{Cc}+/gu, " ")
    .slice(0, MESSAGE_LENGTH);
}

function readBody(text: string): ErrorBody {
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(text);
  } catch {
    // An HTML page of a proxy or an empty body: the status alone has to do.
  }
  const body = isObject(parsed) ? parsed : {};
  const errors = Array.isArray(body["errors"]) ? body["errors"].filter(isObject) : [];
  const contexts = [body, ...errors].map((error) => error["context"]).filter(isObject);
  return {
    category: shortText(body["category"]) ?? shortText(body["errorType"]),
    policyName: shortText(body["policyName"]),
    message: shortText(body["message"]),
    correlationId: shortText(body["correlationId"]),
    codes: errors.map((error) => shortText(error["code"])).filter((code) => code !== null),
    scopes: [...new Set(contexts.flatMap((context) => strings(context["requiredGranularScopes"])))],
    oauth: shortText(body["status"]),
  };
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(shortText).filter((item) => item !== null) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const SYSTEM_CODE = /^(E[A-Z_]+|UND_ERR_\w+|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+)$/;
const BROKEN_LINE = /fetch failed|terminated|socket hang up|other side closed/;

/** The system's code (`ECONNRESET`) or words for it, from the innermost cause that has one; null when it is no network failure at all. */
export function networkReason(failure: unknown): string | null {
  if (!(failure instanceof Error)) return null;
  const inner = networkReason(failure.cause);
  if (inner !== null) return inner;
  const code = "code" in failure ? failure.code : undefined;
  if (typeof code === "string" && SYSTEM_CODE.test(code)) return code;
  return BROKEN_LINE.test(failure.message) ? failure.message : null;
}
