import type { Recovery } from "#core/errors.ts";

/** One kind of failure: how it is recognised, and what it means to us. */
export interface Rule {
  /** Upper-case names of Salesforce; absent: any. */
  readonly names?: readonly string[];
  readonly statuses?: readonly number[];
  readonly text?: RegExp;
  readonly html?: boolean;
  readonly code: string;
  readonly recovery: Recovery;
  readonly retryAfterMs?: number;
  readonly says: string;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** What each failure means and who acts on it: the first row that fits holds. */
export const RULES: readonly Rule[] = [
  {
    names: ["REQUEST_LIMIT_EXCEEDED"],
    text: /concurrent/i,
    code: "salesforce.concurrent_limit",
    recovery: "retry",
    retryAfterMs: 30_000,
    says: "Too many long requests run in the org at once; this one is sent again after a pause.",
  },
  {
    names: ["REQUEST_LIMIT_EXCEEDED", "TooManyRequests"],
    code: "salesforce.daily_limit",
    recovery: "wait",
    retryAfterMs: HOUR_MS,
    says: "The org's API calls of the last 24 hours are used up. What was read is kept; the next run goes on from there.",
  },
  {
    names: ["invalid_grant"],
    text: /login rate exceeded/i,
    code: "salesforce.login_rate",
    recovery: "wait",
    retryAfterMs: 10 * MINUTE_MS,
    says: "The integration user has logged in too often in the last hour; the next run tries again.",
  },
  {
    names: ["server_error", "temporarily_unavailable", "unknown_error"],
    code: "salesforce.unavailable",
    recovery: "retry",
    says: "The login service did not answer properly.",
  },
  {
    names: ["invalid_app_access", "app_not_found", "OAUTH_APP_BLOCKED", "OAUTH_APPROVAL_ERROR_GENERIC"],
    code: "salesforce.app_refused",
    recovery: "configure",
    says: "The org does not admit this External Client App: an administrator approves it and its users under Setup, External Client Apps.",
  },
  {
    names: [
      "invalid_grant",
      "invalid_client",
      "invalid_client_id",
      "invalid_client_credentials",
      "unauthorized_client",
      "invalid_assertion",
      "inactive_user",
      "inactive_org",
      "unsupported_grant_type",
      "invalid_request",
      "redirect_uri_mismatch",
      "rate_limit_exceeded",
    ],
    code: "salesforce.login_refused",
    recovery: "reauth",
    says: "Salesforce refused the login: check client id, secret or key, the flow switched on in the app, its run-as user and loginUrl.",
  },
  {
    names: ["INVALID_SESSION_ID", "INVALID_AUTH_HEADER", "SESSION_EXPIRED"],
    code: "salesforce.session",
    recovery: "reauth",
    says: "The session is not accepted even after a new login: check the integration user's session policy, password and profile.",
  },
  {
    names: ["QUERY_TIMEOUT"],
    code: "salesforce.query_timeout",
    recovery: "abort",
    says: "The query took longer than Salesforce allows, even over a short span of time.",
  },
  {
    names: ["OPERATION_TOO_LARGE"],
    code: "salesforce.too_large",
    recovery: "configure",
    says: "Activities can't be read in this amount without View All Data: grant it to the integration user.",
  },
  {
    names: ["UNABLE_TO_LOCK_ROW"],
    code: "salesforce.locked",
    recovery: "retry",
    says: "Somebody else holds the record or its account at this moment.",
  },
  {
    names: ["TXN_SECURITY_METERING_ERROR", "TXN_SECURITY_NO_ACCESS"],
    code: "salesforce.transaction_security",
    recovery: "configure",
    says: "A transaction security policy stops the query: give the integration user 'Exempt from Transaction Security'.",
  },
  {
    names: ["INVALID_QUERY_LOCATOR", "INVALID_LOCATOR"],
    code: "salesforce.locator_expired",
    recovery: "abort",
    says: "The place in the result was no longer known to Salesforce.",
  },
  {
    names: ["INVALID_FIELD", "INVALID_TYPE", "MALFORMED_QUERY", "QUERY_TOO_COMPLICATED"],
    code: "salesforce.schema",
    recovery: "configure",
    says: "A field or object was removed or hidden from the integration user: check its permission set with `doctor`.",
  },
  {
    names: ["INVALID_FIELD_FOR_INSERT_UPDATE", "FIELD_INTEGRITY_EXCEPTION_READ_ONLY"],
    code: "salesforce.field_read_only",
    recovery: "configure",
    says: "A field can't be written: grant edit access to it in the permission set of the integration user.",
  },
  {
    names: [
      "INSUFFICIENT_ACCESS_OR_READONLY",
      "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
      "INSUFFICIENT_ACCESS",
      "CANNOT_MODIFY_MANAGED_OBJECT",
      "FUNCTIONALITY_NOT_ENABLED",
      "CANNOT_EXECUTE_FLOW_TRIGGER_NO_ACCESS",
    ],
    code: "salesforce.no_access",
    recovery: "configure",
    says: "The integration user may not do this: grant the object permission and record access.",
  },
  {
    names: ["API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"],
    code: "salesforce.api_disabled",
    recovery: "configure",
    says: "This edition or user has no API access: it needs 'API Enabled'.",
  },
  {
    names: ["UNSUPPORTED_API_VERSION"],
    code: "salesforce.api_version",
    recovery: "configure",
    says: "The API version is not served: set apiVersion to a current one.",
  },
  {
    statuses: [410],
    code: "salesforce.api_version",
    recovery: "configure",
    says: "The API version is not served: set apiVersion to a current one.",
  },
  {
    names: ["ENTITY_IS_LOCKED"],
    code: "salesforce.approval_lock",
    recovery: "wait",
    retryAfterMs: HOUR_MS,
    says: "The record is locked by an approval; it is tried again in a later run.",
  },
  {
    names: ["INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED", "NOT_FOUND", "MALFORMED_ID", "INVALID_ID_FIELD"],
    code: "salesforce.record_gone",
    recovery: "skip",
    says: "The record is no longer there.",
  },
  {
    names: [
      "FIELD_CUSTOM_VALIDATION_EXCEPTION",
      "REQUIRED_FIELD_MISSING",
      "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
      "DUPLICATES_DETECTED",
      "DUPLICATE_VALUE",
      "FIELD_FILTER_VALIDATION_EXCEPTION",
      "FIELD_INTEGRITY_EXCEPTION",
      "CANNOT_EXECUTE_FLOW_TRIGGER",
      "INACTIVE_OWNER_OR_USER",
      "TRANSFER_REQUIRES_READ",
      "APEX_ERROR",
      "PROCESSING_HALTED",
    ],
    code: "salesforce.refused_by_rule",
    recovery: "skip",
    says: "A rule, flow or trigger of the org refuses the record.",
  },
  {
    names: [
      "STRING_TOO_LONG",
      "NUMBER_OUTSIDE_VALID_RANGE",
      "INVALID_TYPE_ON_FIELD_IN_RECORD",
      "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
      "JSON_PARSER_ERROR",
      "BAD_CUSTOM_ENTITY_PARENT_DOMAIN",
    ],
    code: "salesforce.bad_value",
    recovery: "skip",
    says: "The value does not fit the field.",
  },
  {
    names: ["STORAGE_LIMIT_EXCEEDED"],
    code: "salesforce.storage",
    recovery: "configure",
    says: "The org's storage is full.",
  },
  {
    statuses: [503],
    html: true,
    code: "salesforce.maintenance",
    recovery: "wait",
    retryAfterMs: 10 * MINUTE_MS,
    says: "The org is under maintenance; the next run tries again.",
  },
  {
    statuses: [414, 431],
    code: "salesforce.query_too_long",
    recovery: "abort",
    says: "The query is longer than Salesforce accepts in one address.",
  },
  {
    names: ["SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION", "INTERNAL_ERROR", "CONCURRENT_API_REQUESTS"],
    code: "salesforce.unavailable",
    recovery: "retry",
    says: "Salesforce did not answer properly.",
  },
  {
    statuses: [406, 420, 429, 500, 502, 503, 504],
    code: "salesforce.unavailable",
    recovery: "retry",
    says: "Salesforce did not answer properly.",
  },
  { statuses: [401], code: "salesforce.session", recovery: "reauth", says: "The session is not accepted even after a new login." },
  {
    statuses: [301, 302, 303, 307, 308],
    code: "salesforce.moved",
    recovery: "configure",
    says: "The address answers from elsewhere: set loginUrl to the org's My Domain address.",
  },
  {
    statuses: [403],
    code: "salesforce.no_access",
    recovery: "configure",
    says: "The integration user may not do this: grant the object permission and record access.",
  },
  { statuses: [404], code: "salesforce.record_gone", recovery: "skip", says: "The record or address is not there." },
];
