import nock from "nock";
import { afterEach, expect, test } from "vitest";
import { RULES } from "#connectors/salesforce/error-rules.ts";
import type { Recovery } from "#core/errors.ts";
import { isAppError } from "#core/errors.ts";
import { API, HOST, JSON_HEADERS, login, open, tokenAnswer, withoutNetwork } from "./support.ts";

withoutNetwork();
afterEach(() => nock.cleanAll());

interface Row {
  readonly name: string;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
  readonly code: string;
  readonly recovery: Recovery;
  /** Requests in all; more than one only where a repetition may help. */
  readonly sends: number;
}

const rest = (errorCode: string, message: string, fields?: readonly string[]): unknown => [
  { message, errorCode, ...(fields === undefined ? {} : { fields }) },
];
const HTML = { "content-type": "text/html; charset=UTF-8" };
const RETRIED = 6;

const ROWS: readonly Row[] = [
  {
    name: "daily calls used up",
    status: 403,
    body: rest("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    code: "salesforce.daily_limit",
    recovery: "wait",
    sends: 1,
  },
  {
    name: "too many long requests",
    status: 403,
    body: rest("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
    code: "salesforce.concurrent_limit",
    recovery: "retry",
    sends: RETRIED,
  },
  {
    name: "unavailable",
    status: 503,
    body: rest("SERVER_UNAVAILABLE", "server temporarily unavailable"),
    code: "salesforce.unavailable",
    recovery: "retry",
    sends: RETRIED,
  },
  { name: "bare 500", status: 500, body: "", code: "salesforce.unavailable", recovery: "retry", sends: RETRIED },
  {
    name: "unknown exception",
    status: 500,
    body: rest("UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId: 123"),
    code: "salesforce.unavailable",
    recovery: "retry",
    sends: RETRIED,
  },
  { name: "406 without a body", status: 406, body: "", code: "salesforce.unavailable", recovery: "retry", sends: RETRIED },
  {
    name: "420 of the edge",
    status: 420,
    body: "<html>wait</html>",
    headers: HTML,
    code: "salesforce.unavailable",
    recovery: "retry",
    sends: RETRIED,
  },
  { name: "429", status: 429, body: "", code: "salesforce.unavailable", recovery: "retry", sends: RETRIED },
  {
    name: "maintenance page",
    status: 503,
    body: "<html><h1>Sorry to interrupt</h1></html>",
    headers: HTML,
    code: "salesforce.maintenance",
    recovery: "wait",
    sends: 1,
  },
  {
    name: "HTML under 200",
    status: 200,
    body: "<html>log in</html>",
    headers: HTML,
    code: "salesforce.bad_answer",
    recovery: "retry",
    sends: RETRIED,
  },
  {
    name: "JSON cut short under 200",
    status: 200,
    body: '{"totalSize":1,"done":true,"recor',
    code: "salesforce.bad_answer",
    recovery: "retry",
    sends: RETRIED,
  },
  {
    name: "query timeout",
    status: 400,
    body: rest("QUERY_TIMEOUT", "Your query request was running for too long."),
    code: "salesforce.query_timeout",
    recovery: "abort",
    sends: 1,
  },
  {
    name: "activities without View All Data",
    status: 400,
    body: rest("OPERATION_TOO_LARGE", "exceeded 100000 distinct who/what's"),
    code: "salesforce.too_large",
    recovery: "configure",
    sends: 1,
  },
  {
    name: "row lock",
    status: 400,
    body: rest("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"),
    code: "salesforce.locked",
    recovery: "retry",
    sends: RETRIED,
  },
  {
    name: "transaction security",
    status: 400,
    body: rest("TXN_SECURITY_METERING_ERROR", "policy"),
    code: "salesforce.transaction_security",
    recovery: "configure",
    sends: 1,
  },
  {
    name: "missing field",
    status: 400,
    body: rest("INVALID_FIELD", "No such column 'Foo__c' on entity 'Opportunity'"),
    code: "salesforce.schema",
    recovery: "configure",
    sends: 1,
  },
  {
    name: "missing object",
    status: 400,
    body: rest("INVALID_TYPE", "sObject type 'Territory2' is not supported."),
    code: "salesforce.schema",
    recovery: "configure",
    sends: 1,
  },
  {
    name: "malformed query",
    status: 400,
    body: rest("MALFORMED_QUERY", "unexpected token: 'FROM'"),
    code: "salesforce.schema",
    recovery: "configure",
    sends: 1,
  },
  {
    name: "no access",
    status: 403,
    body: rest("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id"),
    code: "salesforce.no_access",
    recovery: "configure",
    sends: 1,
  },
  {
    name: "API switched off",
    status: 403,
    body: rest("API_DISABLED_FOR_ORG", "API is not enabled for this Organization or Partner"),
    code: "salesforce.api_disabled",
    recovery: "configure",
    sends: 1,
  },
  {
    name: "API switched off for now",
    status: 403,
    body: rest("API_CURRENTLY_DISABLED", "API is currently disabled for this user"),
    code: "salesforce.api_disabled",
    recovery: "configure",
    sends: 1,
  },
  {
    name: "retired version",
    status: 410,
    body: rest("UNSUPPORTED_API_VERSION", "version retired"),
    code: "salesforce.api_version",
    recovery: "configure",
    sends: 1,
  },
  { name: "410 without a code", status: 410, body: "", code: "salesforce.api_version", recovery: "configure", sends: 1 },
  {
    name: "record gone",
    status: 404,
    body: rest("NOT_FOUND", "Provided external ID field does not exist or is not accessible"),
    code: "salesforce.record_gone",
    recovery: "skip",
    sends: 1,
  },
  {
    name: "deleted",
    status: 404,
    body: rest("ENTITY_IS_DELETED", "entity is deleted"),
    code: "salesforce.record_gone",
    recovery: "skip",
    sends: 1,
  },
  {
    name: "approval lock",
    status: 400,
    body: rest("ENTITY_IS_LOCKED", "the entity is locked for editing"),
    code: "salesforce.approval_lock",
    recovery: "wait",
    sends: 1,
  },
  {
    name: "validation rule",
    status: 400,
    body: rest("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Close date must be in the future"),
    code: "salesforce.refused_by_rule",
    recovery: "skip",
    sends: 1,
  },
  {
    name: "trigger",
    status: 400,
    body: rest("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "OppTrigger: execution of AfterUpdate"),
    code: "salesforce.refused_by_rule",
    recovery: "skip",
    sends: 1,
  },
  {
    name: "text too long",
    status: 400,
    body: rest("STRING_TOO_LONG", "data value too large", ["A__c"]),
    code: "salesforce.bad_value",
    recovery: "skip",
    sends: 1,
  },
  {
    name: "field not writable",
    status: 400,
    body: rest("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: A__c"),
    code: "salesforce.field_read_only",
    recovery: "configure",
    sends: 1,
  },
  {
    name: "storage",
    status: 400,
    body: rest("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded"),
    code: "salesforce.storage",
    recovery: "configure",
    sends: 1,
  },
  {
    name: "lost place",
    status: 400,
    body: rest("INVALID_QUERY_LOCATOR", "invalid query locator"),
    code: "salesforce.locator_expired",
    recovery: "abort",
    sends: 1,
  },
  {
    name: "address too long",
    status: 414,
    body: "<html>URI Too Long</html>",
    headers: HTML,
    code: "salesforce.query_too_long",
    recovery: "abort",
    sends: 1,
  },
  {
    name: "headers too long",
    status: 431,
    body: "<html></html>",
    headers: HTML,
    code: "salesforce.query_too_long",
    recovery: "abort",
    sends: 1,
  },
  {
    name: "org moved",
    status: 302,
    body: "",
    headers: { location: "https://elsewhere.example/" },
    code: "salesforce.moved",
    recovery: "configure",
    sends: 1,
  },
  { name: "403 without a code", status: 403, body: "", code: "salesforce.no_access", recovery: "configure", sends: 1 },
  {
    name: "several errors, the first counts",
    status: 400,
    body: [...(rest("INVALID_FIELD", "a") as object[]), ...(rest("MALFORMED_QUERY", "b") as object[])],
    code: "salesforce.schema",
    recovery: "configure",
    sends: 1,
  },
  {
    name: "an error nobody knows",
    status: 400,
    body: rest("BRAND_NEW_CODE", "hm"),
    code: "salesforce.unexpected",
    recovery: "abort",
    sends: 1,
  },
];

test.each(ROWS)("$name → $code, sent $sends times", async ({ status, body, headers, code, recovery, sends }) => {
  login();
  let sent = 0;
  nock(HOST)
    .get(`${API}/query`)
    .query(true)
    .times(RETRIED)
    .reply(() => {
      sent += 1;
      return [status, typeof body === "string" ? body : JSON.stringify(body), { ...JSON_HEADERS, ...headers }];
    });
  const { connector } = await open();
  nock(HOST)
    .get(`${API}/sobjects`)
    .reply(200, { sobjects: [{ name: "Opportunity", queryable: true }] }, JSON_HEADERS);
  nock(HOST)
    .get(`${API}/sobjects/Opportunity/describe`)
    .reply(200, { name: "Opportunity", fields: [{ name: "Id", type: "id" }] }, JSON_HEADERS);
  const rows = connector.reconcileRows?.(new AbortController().signal);
  const error = await rows?.[Symbol.asyncIterator]()
    .next()
    .then(
      () => null,
      (caught: unknown) => caught,
    );
  nock.cleanAll();
  expect(isAppError(error) ? { code: error.code, recovery: error.recovery, sent } : error).toEqual({ code, recovery, sent: sends });
});

test("Retry-After is obeyed", async () => {
  login();
  nock(HOST)
    .get(`${API}/sobjects`)
    .reply(503, "", { ...JSON_HEADERS, "retry-after": "7" });
  nock(HOST).get(`${API}/sobjects`).reply(200, { sobjects: [] }, JSON_HEADERS);
  const { connector, clock } = await open();
  const rows = connector.reconcileRows?.(new AbortController().signal);
  await expect(rows?.[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "salesforce.no_access" });
  expect(clock.slept.some((ms) => ms >= 7_000 && ms <= 8_000)).toBe(true);
});

const LOGINS: readonly (readonly [string, number, unknown, string, Recovery])[] = [
  ["wrong secret", 400, { error: "invalid_client", error_description: "invalid client credentials" }, "salesforce.login_refused", "reauth"],
  ["wrong id", 400, { error: "invalid_client_id", error_description: "client identifier invalid" }, "salesforce.login_refused", "reauth"],
  ["revoked", 400, { error: "invalid_grant", error_description: "expired access/refresh token" }, "salesforce.login_refused", "reauth"],
  ["inactive user", 400, { error: "inactive_user", error_description: "user is inactive" }, "salesforce.login_refused", "reauth"],
  [
    "flow not on",
    400,
    { error: "unsupported_grant_type", error_description: "grant type not supported" },
    "salesforce.login_refused",
    "reauth",
  ],
  [
    "not approved",
    400,
    { error: "invalid_app_access", error_description: "user is not admin approved to access this app" },
    "salesforce.app_refused",
    "configure",
  ],
  ["too many logins", 400, { error: "invalid_grant", error_description: "login rate exceeded" }, "salesforce.login_rate", "wait"],
  ["no token in the answer", 200, { hello: "world" }, "salesforce.login_answer", "reauth"],
];

test.each(LOGINS)("login: %s", async (_name, status, body, code, recovery) => {
  nock(HOST).post("/services/oauth2/token").reply(status, JSON.stringify(body), JSON_HEADERS);
  const { connector } = await open();
  const report = connector.check(new AbortController().signal);
  await expect(report).resolves.toMatchObject({ account: null, lines: [{ what: "login", ok: false }] });
  nock(HOST).post("/services/oauth2/token").reply(status, JSON.stringify(body), JSON_HEADERS);
  await expect(connector.writer?.automations("deal", new AbortController().signal)).rejects.toMatchObject({ code, recovery });
});

test("no network: unreachable, tried again, then said", async () => {
  nock(HOST)
    .post("/services/oauth2/token")
    .times(RETRIED)
    .replyWithError(Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }));
  const { connector } = await open();
  await expect(connector.writer?.automations("deal", new AbortController().signal)).rejects.toMatchObject({
    code: "salesforce.unreachable",
    recovery: "retry",
  });
});

test("a token answer of another host is taken, but with instanceUrl set that one counts", async () => {
  nock(HOST)
    .post("/services/oauth2/token")
    .reply(200, { ...tokenAnswer(), instance_url: "https://elsewhere.my.salesforce.com" }, JSON_HEADERS);
  nock(HOST).get(`${API}/sobjects`).reply(200, { sobjects: [] }, JSON_HEADERS);
  const { connector } = await open({ instanceUrl: HOST });
  await expect(connector.reconcileRows?.(new AbortController().signal)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: "salesforce.no_access",
  });
});

test("every row of the table is met by a test", () => {
  const tested = new Set([...ROWS.map(({ code }) => code), ...LOGINS.map(([, , , code]) => code), "salesforce.session"]);
  expect(RULES.filter(({ code }) => !tested.has(code))).toEqual([]);
});
