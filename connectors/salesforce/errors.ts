import { AppError, isAppError } from "#core/errors.ts";
import type { JsonObject } from "#core/json.ts";
import { cleanText } from "#kit/text.ts";
import { isRow } from "./decode.ts";
import { RULES, type Rule } from "./error-rules.ts";

/** A failure in Salesforce's own words, from any of its APIs. */
export interface Failure {
  /** HTTP status; null when there was no answer, and for one row of a collection. */
  readonly status: number | null;
  /** `errorCode`, `statusCode` of a row, or `error` of a login. */
  readonly errorCode: string | null;
  readonly message: string;
  readonly isHtml: boolean;
  readonly retryAfterMs: number | undefined;
}

/** What is known of an answer when the SDK throws without saying it. */
export interface Head {
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
}

const NO_HEAD: Head = { status: null, headers: {} };
const WORDS = 200;

/** Anything the SDK, fetch or Salesforce throws, as the program knows it. */
export function classify(error: unknown, head: Head = NO_HEAD, extra: JsonObject = {}): AppError {
  return toAppError(failureOf(error, head), error, extra);
}

/** One failed row of a collection call: the wire says `statusCode`, the SDK's types say `errorCode`. */
export function rowFailure(entry: unknown): Failure {
  const row = isRow(entry) ? entry : {};
  const errorCode = stringOf(row["statusCode"]) ?? stringOf(row["errorCode"]);
  return {
    status: null,
    errorCode: errorCode ?? "UNKNOWN",
    message: stringOf(row["message"]) ?? "",
    isHtml: false,
    retryAfterMs: undefined,
  };
}

/** The failure by the table. Details carry Salesforce's code and status only; the message quotes its first words. */
export function toAppError(failure: Failure, cause?: unknown, extra: JsonObject = {}): AppError {
  const rule = RULES.find((candidate) => fits(candidate, failure)) ?? fallback(failure);
  return new AppError({
    code: rule.code,
    recovery: rule.recovery,
    message: `${rule.says} (${inItsWords(failure)})`,
    retryAfterMs: failure.retryAfterMs ?? rule.retryAfterMs,
    details: { ...extra, errorCode: failure.errorCode, status: failure.status },
    cause,
  });
}

function fallback(failure: Failure): Rule {
  return failure.status === null && failure.errorCode === null
    ? {
        code: "salesforce.unreachable",
        recovery: "retry",
        says: "Salesforce could not be reached: check the network, the proxy and loginUrl.",
      }
    : { code: "salesforce.unexpected", recovery: "abort", says: "Salesforce gave an error that is not in our table." };
}

function fits(rule: Rule, failure: Failure): boolean {
  if (rule.names !== undefined && !(failure.errorCode !== null && rule.names.includes(failure.errorCode))) return false;
  if (rule.statuses !== undefined && !(failure.status !== null && rule.statuses.includes(failure.status))) return false;
  if (rule.html !== undefined && rule.html !== failure.isHtml) return false;
  return rule.text === undefined || rule.text.test(failure.message);
}

function failureOf(error: unknown, head: Head): Failure {
  const thrown = isRow(error) ? error : {};
  const first = firstOf(thrown);
  const errorCode = knownName(stringOf(first["errorCode"]) ?? stringOf(first["error"]) ?? stringOf(thrown["name"]));
  const isHtml = /html/i.test(head.headers["content-type"] ?? "");
  const cause = isRow(thrown["cause"]) ? stringOf(thrown["cause"]["code"]) : null;
  const said = [stringOf(first["message"]) ?? stringOf(thrown["message"]), cause].filter((part) => part !== null).join(" ");
  // An answer that began well and was cut off is no answer.
  const status = head.status !== null && head.status < 300 ? null : head.status;
  return { status, errorCode, message: isHtml ? "an HTML page" : said, isHtml, retryAfterMs: retryAfter(head) };
}

/** Several errors in one answer: the first one decides. */
function firstOf(thrown: { readonly [field: string]: unknown }): { readonly [field: string]: unknown } {
  const data = thrown["data"];
  const first: unknown = Array.isArray(data) ? data[0] : undefined;
  return isRow(first) ? first : thrown;
}

/** Names the SDK makes up (`ERROR_HTTP_503`, `TypeError`) say no more than the status does. */
function knownName(name: string | null): string | null {
  if (name === null || /^ERROR_HTTP_|Error$|^MULTIPLE_API_ERRORS$/.test(name)) return null;
  return name;
}

function retryAfter(head: Head): number | undefined {
  const seconds = Number(head.headers["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

function stringOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function inItsWords(failure: Failure): string {
  const name = failure.errorCode ?? (failure.status === null ? "no answer" : `HTTP ${failure.status}`);
  const words = cleanText(failure.message)
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim();
  return words === "" ? name : `${name}: ${words.slice(0, WORDS)}`;
}

/** Salesforce answered that this is not there for us, as opposed to a login or an API that is closed altogether. */
export function isClosedToUs(error: unknown): error is AppError {
  return isAppError(error) && ["salesforce.schema", "salesforce.no_access", "salesforce.record_gone"].includes(error.code);
}
