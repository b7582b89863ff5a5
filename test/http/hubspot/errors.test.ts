import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import nock from "nock";
import { describe, expect, test } from "vitest";
import { isAppError } from "#core/errors.ts";
import { BASE, date, open, pages, strictNock, TOKEN } from "./support.ts";

strictNock();

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const PIPELINES = "/crm/pipelines/2026-03/deals";

interface Row {
  readonly what: string;
  readonly status: number;
  readonly body: string | object;
  readonly headers?: Record<string, string>;
  readonly code: string;
  readonly recovery: string;
  /** Requests until it is given up; 1: never repeated. */
  readonly requests: number;
  readonly firstWaitMs?: readonly [number, number];
  readonly retryAfterMs?: number;
  readonly says?: RegExp;
}

const rows: readonly Row[] = [
  {
    what: "a value that does not fit",
    status: 400,
    body: {
      status: "error",
      message: "Property values were not valid",
      correlationId: "aeb5f871-7f07-4993-9211-075dc63e7cbf",
      category: "VALIDATION_ERROR",
      errors: [{ message: "abc was not a valid integer.", code: "INVALID_INTEGER", context: { propertyName: ["amount"] } }],
    },
    code: "hubspot.invalid",
    recovery: "abort",
    requests: 1,
    says: /Property values were not valid \[INVALID_INTEGER\]/,
  },
  {
    what: "a token that is none",
    status: 401,
    body: {
      status: "error",
      message: `Authentication credentials not found. The token ${TOKEN} of ana@acme.example is expired.`,
      correlationId: "1a2b",
      category: "INVALID_AUTHENTICATION",
    },
    code: "hubspot.token",
    recovery: "reauth",
    requests: 1,
    says: /service key/,
  },
  {
    what: "a missing scope",
    status: 403,
    body: {
      status: "error",
      message: "This app hasn't been granted all required scopes to make this call.",
      correlationId: "c0ffee",
      errors: [
        {
          message: "One or more of the following scopes are required.",
          context: { requiredGranularScopes: ["crm.schemas.deals.read", "crm.objects.deals.read"] },
        },
      ],
      category: "MISSING_SCOPES",
    },
    code: "hubspot.scope",
    recovery: "configure",
    requests: 1,
    says: /Add scope crm\.schemas\.deals\.read, crm\.objects\.deals\.read/,
  },
  {
    what: "a plan without the object",
    status: 403,
    body: { status: "error", message: "Your account does not have access to this feature.", category: "BANNED" },
    code: "hubspot.forbidden",
    recovery: "configure",
    requests: 1,
  },
  { what: "an unknown path", status: 404, body: "<html>Not Found</html>", code: "hubspot.not_found", recovery: "abort", requests: 1 },
  { what: "a request timeout", status: 408, body: "", code: "hubspot.unavailable", recovery: "retry", requests: 6 },
  {
    what: "something that exists",
    status: 409,
    body: { status: "error", message: "Property exists.", category: "CONFLICT" },
    code: "hubspot.conflict",
    recovery: "abort",
    requests: 1,
  },
  { what: "an address too long", status: 414, body: "<html>URI Too Long</html>", code: "hubspot.too_long", recovery: "abort", requests: 1 },
  {
    what: "a lock",
    status: 423,
    body: { status: "error", message: "locked" },
    code: "hubspot.locked",
    recovery: "retry",
    requests: 6,
    firstWaitMs: [2000, 2500],
  },
  {
    what: "the daily limit",
    status: 429,
    body: {
      status: "error",
      message: "You have reached your daily limit.",
      errorType: "RATE_LIMIT",
      policyName: "DAILY",
      correlationId: "d",
      requestId: "r",
    },
    code: "hubspot.daily_limit",
    recovery: "wait",
    requests: 1,
    retryAfterMs: 3_600_000,
  },
  {
    what: "the ten-second limit without a header",
    status: 429,
    body: {
      status: "error",
      message: "You have reached your ten_secondly_rolling limit.",
      errorType: "RATE_LIMIT",
      policyName: "TEN_SECONDLY_ROLLING",
      correlationId: "e",
    },
    code: "hubspot.rate_limit",
    recovery: "retry",
    requests: 6,
    firstWaitMs: [10_000, 10_500],
  },
  {
    what: "the ten-second limit with a header",
    status: 429,
    body: { status: "error", errorType: "RATE_LIMIT", policyName: "TEN_SECONDLY_ROLLING" },
    headers: { "retry-after": "3" },
    code: "hubspot.rate_limit",
    recovery: "retry",
    requests: 6,
    firstWaitMs: [3000, 3500],
  },
  {
    what: "the second limit, named in words only",
    status: 429,
    body: { status: "error", message: "You have reached your secondly limit.", errorType: "RATE_LIMIT" },
    code: "hubspot.rate_limit",
    recovery: "retry",
    requests: 6,
    firstWaitMs: [1000, 1500],
  },
  {
    what: "a 429 without a word",
    status: 429,
    body: "",
    code: "hubspot.rate_limit",
    recovery: "retry",
    requests: 6,
    firstWaitMs: [10_000, 10_500],
  },
  {
    what: "a portal on the move",
    status: 477,
    body: "",
    headers: { "retry-after": "86400" },
    code: "hubspot.moving",
    recovery: "wait",
    requests: 1,
    retryAfterMs: 86_400_000,
  },
  { what: "a refusal nobody knows", status: 418, body: "teapot", code: "hubspot.unexpected", recovery: "abort", requests: 1 },
  { what: "a broken token format", status: 530, body: "", code: "hubspot.token", recovery: "reauth", requests: 1 },
  ...[500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526].map(
    (status): Row => ({
      what: "trouble at HubSpot",
      status,
      body: "<html><h1>Bad Gateway</h1></html>",
      code: "hubspot.unavailable",
      recovery: "retry",
      requests: 6,
    }),
  ),
  {
    what: "maintenance that names its end",
    status: 503,
    body: "",
    headers: { "retry-after": "7" },
    code: "hubspot.unavailable",
    recovery: "retry",
    requests: 6,
    firstWaitMs: [7000, 7500],
  },
  {
    what: "HTML with status 200",
    status: 200,
    body: "<html>Welcome to the proxy</html>",
    code: "hubspot.bad_body",
    recovery: "retry",
    requests: 6,
  },
  { what: "an empty answer with status 200", status: 200, body: "", code: "hubspot.bad_body", recovery: "retry", requests: 6 },
  { what: "a body cut short", status: 200, body: '{"results":[{"id":"def', code: "hubspot.bad_body", recovery: "retry", requests: 6 },
  { what: "JSON that is no object", status: 200, body: "42", code: "hubspot.bad_body", recovery: "retry", requests: 6 },
  { what: "an object without results", status: 200, body: {}, code: "hubspot.shape", recovery: "abort", requests: 1 },
];

describe("each answer means one thing", () => {
  test.each(rows.map((row) => [`${row.status}: ${row.what} → ${row.code}`, row] as const))("%s", async (_name, row) => {
    nock(BASE)
      .get(PIPELINES)
      .times(row.requests)
      .reply(row.status, row.body, { ...date(), ...row.headers });
    const { connector, slept } = open();
    const error = await pages(connector, "pipelines").catch((caught: unknown) => caught);
    if (!isAppError(error)) throw error;
    expect({ code: error.code, recovery: error.recovery }).toEqual({ code: row.code, recovery: row.recovery });
    if (row.firstWaitMs !== undefined) {
      expect(slept[0]).toBeGreaterThanOrEqual(row.firstWaitMs[0]);
      expect(slept[0]).toBeLessThanOrEqual(row.firstWaitMs[1]);
    }
    if (row.retryAfterMs !== undefined) expect(error.retryAfterMs).toBe(row.retryAfterMs);
    if (row.says !== undefined) expect(error.message).toMatch(row.says);
    expect(JSON.stringify([error.message, error.details])).not.toMatch(/pat-eu1|ana@acme/);
  });
});

test("a failure that passes is not seen above: 429, cut body, reset, then an answer", async () => {
  nock(BASE).get(PIPELINES).reply(429, { policyName: "TEN_SECONDLY_ROLLING" }, date());
  nock(BASE).get(PIPELINES).reply(200, '{"results": [', date());
  nock(BASE)
    .get(PIPELINES)
    .replyWithError(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
  nock(BASE).get(PIPELINES).reply(200, { results: [] }, date());
  const { connector } = open();
  await expect(pages(connector, "pipelines")).resolves.toHaveLength(1);
});

test.each(["ECONNRESET", "ECONNREFUSED", "ENOTFOUND", "ETIMEDOUT"])("%s is told as a network that does not reach HubSpot", async (code) => {
  nock(BASE)
    .get(PIPELINES)
    .times(6)
    .replyWithError(Object.assign(new Error(`connect ${code}`), { code }));
  const { connector } = open();
  await expect(pages(connector, "pipelines")).rejects.toMatchObject({
    code: "hubspot.network",
    recovery: "retry",
    details: { reason: code },
  });
});

test("an answer past the deadline is given up and asked again", async () => {
  nock(BASE).get(PIPELINES).delay(5000).reply(200, { results: [] }, date());
  nock(BASE).get(PIPELINES).reply(200, { results: [] }, date());
  const { connector } = open({ reads: { deadlineSeconds: 0.05 } });
  await expect(pages(connector, "pipelines")).resolves.toHaveLength(1);
});

test("a redirect to another host never gets the token", async () => {
  nock.enableNetConnect("127.0.0.1");
  const seen: (string | undefined)[] = [];
  const elsewhere = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('{"results": []}');
  });
  const crm = createServer((_request, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:${portOf(elsewhere)}/steal` }).end();
  });
  for (const server of [elsewhere, crm]) await once(server.listen(0, "127.0.0.1"), "listening");
  const { connector } = open({ baseUrl: `http://127.0.0.1:${portOf(crm)}` });
  await pages(connector, "pipelines");
  expect(seen).toEqual([undefined]);
  for (const server of [elsewhere, crm]) server.close();
});

test("after a 429 everybody waits, not only the stream that was told", async () => {
  const { connector, clock } = open();
  const at: number[] = [];
  nock(BASE)
    .get(PIPELINES)
    .reply(429, { policyName: "TEN_SECONDLY_ROLLING" }, { ...date(), "retry-after": "10" });
  nock(BASE)
    .get("/crm/owners/2026-03")
    .query(true)
    .twice()
    .reply(() => {
      at.push(clock.monotonicMs());
      return [200, { results: [] }, date()];
    });
  nock(BASE).get(PIPELINES).reply(200, { results: [] }, date());
  await pages(connector, "pipelines");
  const before = clock.monotonicMs();
  await pages(connector, "owners");
  expect(before).toBeGreaterThanOrEqual(10_000);
  expect(Math.min(...at)).toBeGreaterThanOrEqual(10_000);
});
