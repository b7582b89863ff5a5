import nock from "nock";
import { afterEach, expect, test } from "vitest";
import { RULES } from "#connectors/salesforce/error-rules.ts";
import type { Recovery } from "#core/errors.ts";
import { isAppError } from "#core/errors.ts";
import { RETRIED, ROWS } from "./error-rows.ts";
import { API, HOST, JSON_HEADERS, login, open, tokenAnswer, withoutNetwork } from "./support.ts";

withoutNetwork();
afterEach(() => nock.cleanAll());

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
  const signal = new AbortController().signal;
  let logins = 0;
  nock(HOST)
    .post("/services/oauth2/token")
    .times(2)
    .reply(() => {
      logins += 1;
      return [status, JSON.stringify(body), JSON_HEADERS];
    });
  const { connector } = await open();
  await expect(connector.check(signal)).resolves.toMatchObject({ account: null, lines: [{ what: "login", ok: false }] });
  await expect(connector.writer?.automations("deal", signal)).rejects.toMatchObject({ code, recovery });
  // What a person must put right is not asked again: a login for each stream would lock the user out.
  expect(logins).toBe(recovery === "wait" ? 2 : 1);
  nock.cleanAll();
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
