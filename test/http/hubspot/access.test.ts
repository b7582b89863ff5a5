import nock from "nock";
import { expect, test } from "vitest";
import { account, BASE, date, open, pages, strictNock, TOKEN } from "./support.ts";

strictNock();

const signal = new AbortController().signal;
const PIPELINES = "/crm/pipelines/2026-03/deals";
const oauth = { kind: "oauth", clientId: "id", clientSecret: "s3cret", refreshToken: "r3fresh" };

const refresh = (token: string, seconds = 1800) =>
  nock(BASE)
    .post("/oauth/2026-03/token", "grant_type=refresh_token&client_id=id&client_secret=s3cret&refresh_token=r3fresh")
    .matchHeader("content-type", /^application\/x-www-form-urlencoded/)
    .reply(200, { access_token: token, refresh_token: "r3fresh", expires_in: seconds }, date());

const asked = (token: string) =>
  nock(BASE, { reqheaders: { authorization: `Bearer ${token}` } })
    .get(PIPELINES)
    .reply(200, { results: [] }, date());

test("an OAuth token is refreshed once for all who wait, and used until shortly before its end", async () => {
  refresh("first");
  asked("first");
  asked("first");
  const { connector, clock } = open({ auth: oauth });
  await Promise.all([pages(connector, "pipelines"), pages(connector, "pipelines")]);
  refresh("second");
  asked("second");
  await clock.advance(1_700_000);
  await pages(connector, "pipelines");
});

test("a token refused before its time is refreshed once, then it is the person's turn", async () => {
  refresh("first");
  nock(BASE).get(PIPELINES).reply(401, { category: "EXPIRED_AUTHENTICATION" }, date());
  refresh("second");
  nock(BASE).get(PIPELINES).reply(401, { category: "EXPIRED_AUTHENTICATION" }, date());
  const { connector } = open({ auth: oauth });
  await expect(pages(connector, "pipelines")).rejects.toMatchObject({ code: "hubspot.token", recovery: "reauth" });
});

test("a refresh token that was withdrawn is not tried again", async () => {
  nock(BASE)
    .post("/oauth/2026-03/token")
    .reply(400, { status: "BAD_REFRESH_TOKEN", error: "invalid_grant", message: "missing or unknown refresh token" }, date());
  const { connector } = open({ auth: oauth });
  const error = await pages(connector, "pipelines").catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "hubspot.token", recovery: "reauth" });
  expect(JSON.stringify(error)).not.toMatch(/s3cret|r3fresh/);
});

test("two portals in one process keep their tokens apart", async () => {
  const one = open({ auth: { kind: "token", token: "token-one" } });
  const two = open({ auth: { kind: "token", token: "token-two" } });
  asked("token-two");
  await pages(two.connector, "pipelines");
  asked("token-one");
  await pages(one.connector, "pipelines");
  asked("token-two");
  await pages(two.connector, "pipelines");
});

const readable = (except: readonly string[] = []) => {
  for (const object of ["deals", "companies", "contacts", "calls", "emails", "meetings", "tasks", "notes", "goal_targets"]) {
    const reply = nock(BASE).get(`/crm/objects/2026-03/${object}`).query({ limit: "1" });
    if (except.includes(object)) {
      reply.reply(
        403,
        { category: "MISSING_SCOPES", errors: [{ context: { requiredGranularScopes: [`crm.objects.${object}.read`] } }] },
        date(),
      );
    } else
      reply.reply(
        200,
        { results: [] },
        { ...date(), "x-hubspot-ratelimit-daily": "650000", "x-hubspot-ratelimit-daily-remaining": "600000" },
      );
  }
  for (const path of ["/crm/owners/2026-03", PIPELINES, "/settings/v3/currencies/exchange-rates"]) {
    nock(BASE).get(path).query({ limit: "1" }).reply(200, { results: [] }, date());
  }
};

test("the check names portal, each object, calls left and the API version's end", async () => {
  account();
  readable(["goal_targets"]);
  const { connector } = open();
  const report = await connector.check(signal);
  expect(report.account).toBe("62515");
  expect(report.lines.filter(({ ok }) => !ok)).toEqual([
    { what: "goals", ok: false, detail: expect.stringContaining("Add scope crm.objects.goal_targets.read") },
  ]);
  expect(report.lines.find(({ what }) => what === "calls left")?.detail).toContain("600000 of 650000");
  expect(report.lines.at(-1)).toMatchObject({ what: "API version", ok: true });
});

test("with a token that is refused the check ends there, with one remedy", async () => {
  nock(BASE).get("/account-info/2026-03/details").reply(401, { category: "INVALID_AUTHENTICATION" }, date());
  const { connector } = open();
  const { lines } = await connector.check(signal);
  expect(lines.filter(({ ok }) => !ok)).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toContain(TOKEN);
});

test("record links lead to the portal's own host, once it is known or configured", async () => {
  account();
  const { connector } = open();
  expect(connector.recordUrl("deal", "5")).toBeNull();
  nock(BASE).get("/crm/objects/2026-03/notes").query(true).twice().reply(200, { results: [] }, date());
  await pages(connector, "notes");
  expect(connector.recordUrl("deal", "5")).toBe("https://app-eu1.hubspot.com/contacts/62515/record/0-3/5");
  expect(connector.recordUrl("activity", "call/7")).toBe("https://app-eu1.hubspot.com/contacts/62515/record/0-48/7");
  expect(connector.recordUrl("stageEntry", "1")).toBeNull();
  expect(open({ portal: { id: "9" } }).connector.recordUrl("contact", "1")).toBe("https://app.hubspot.com/contacts/9/record/0-1/1");
});

test("a misspelt name under fields is named with those that exist", () => {
  expect(() => open({}, { fields: { amuont: "x", dimensions: {} } })).toThrow(/fields\.hs.*amuont.*Known are amount/s);
});
