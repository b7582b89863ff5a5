import { generateKeyPairSync } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import nock from "nock";
import { expect, test } from "vitest";
import { API, HOST, JSON_HEADERS, login, NOW, onQuery, open, page, tokenAnswer, withoutNetwork } from "./support.ts";

withoutNetwork();

const signal = new AbortController().signal;
const organizations = page([{ Id: "00D000000000001AAA", Name: "Acme" }]);

/** The smallest thing that needs a session: one page of totals. */
async function one(opened: Awaited<ReturnType<typeof open>>): Promise<unknown> {
  return await opened.connector.writer?.automations("deal", signal);
}

function automationAnswers(token: string): void {
  for (const path of ["/query", "/tooling/query", "/tooling/query", "/tooling/query"]) {
    nock(HOST, { reqheaders: { authorization: `Bearer ${token}` } })
      .get(`${API}${path}`)
      .query(true)
      .reply(200, page([]), JSON_HEADERS);
  }
}

test("client credentials: the form holds id, secret and grant, the call the token", async () => {
  let form = "";
  nock(HOST)
    .post("/services/oauth2/token", (body) => {
      form = new URLSearchParams(body).toString();
      return true;
    })
    .reply(200, tokenAnswer("t1"), JSON_HEADERS);
  automationAnswers("t1");
  expect(await one(await open())).toEqual([]);
  expect(form).toBe("grant_type=client_credentials&client_id=id&client_secret=s3cret");
});

test("jwt: signed RS256 for the user, three minutes long; no secret is sent", async () => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  let sent = new URLSearchParams();
  nock(HOST)
    .post("/services/oauth2/token", (body) => {
      sent = new URLSearchParams(body);
      return true;
    })
    .reply(200, tokenAnswer(), JSON_HEADERS);
  automationAnswers("t1");
  await one(await open({ auth: { kind: "jwt", clientId: "key", username: "bot@acme.example", privateKey } }));
  const [head = "", claims = "", signature = ""] = (sent.get("assertion") ?? "").split(".");
  expect(JSON.parse(Buffer.from(head, "base64url").toString())).toEqual({ alg: "RS256", typ: "JWT" });
  const expiresAt = Date.parse(NOW) / 1000 + 180;
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toEqual({
    iss: "key",
    sub: "bot@acme.example",
    aud: "https://login.salesforce.com",
    exp: expiresAt,
  });
  expect(signature.length).toBeGreaterThan(300);
  expect(sent.get("client_secret")).toBeNull();
});

test("jwt: a host a day behind signs again by the server's clock", async () => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const tomorrow = Date.parse(NOW) + 86_400_000;
  const date = new Date(tomorrow).toUTCString();
  nock(HOST)
    .post("/services/oauth2/token")
    .reply(400, { error: "invalid_grant", error_description: "expired authorization code" }, { ...JSON_HEADERS, date });
  let exp = 0;
  nock(HOST)
    .post("/services/oauth2/token", (body) => {
      exp = JSON.parse(Buffer.from(String(body.assertion).split(".")[1] ?? "", "base64url").toString()).exp;
      return true;
    })
    .reply(200, tokenAnswer(), { ...JSON_HEADERS, date });
  automationAnswers("t1");
  await one(await open({ auth: { kind: "jwt", clientId: "key", username: "bot@acme.example", privateKey } }));
  expect(exp).toBe(tomorrow / 1000 + 180);
});

test("no key of the connection ever appears in an error", async () => {
  nock(HOST)
    .post("/services/oauth2/token")
    .reply(400, { error: "invalid_client", error_description: "invalid client credentials" }, JSON_HEADERS);
  const error = await one(await open()).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "salesforce.login_refused", recovery: "reauth" });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("s3cret");
});

test("refresh token: a rotated one is on disk, mode 600, before the session is used, and is used from then on", async () => {
  const auth = { kind: "refresh-token", clientId: "id", refreshToken: "first" };
  const sent: string[] = [];
  const tokens = (fresh: object): nock.Scope =>
    nock(HOST)
      .post("/services/oauth2/token", (body) => {
        sent.push(String(body.refresh_token));
        return true;
      })
      .reply(200, { ...tokenAnswer(), ...fresh }, JSON_HEADERS);
  tokens({ refresh_token: "second" });
  automationAnswers("t1");
  const opened = await open({ auth });
  await one(opened);
  const file = join(opened.directory, "sf.salesforce-token.json");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, "utf8")).not.toContain("first");

  tokens({});
  automationAnswers("t1");
  await one(await open({ auth }, opened.directory));
  tokens({});
  automationAnswers("t1");
  await one(await open({ auth: { ...auth, refreshToken: "other" } }, opened.directory));
  expect(sent).toEqual(["first", "second", "other"]);
});

test("refresh token: half a file of a crash is never read; the whole one before it is", async () => {
  const auth = { kind: "refresh-token", clientId: "id", refreshToken: "first" };
  const opened = await open({ auth });
  await writeFile(join(opened.directory, "sf.salesforce-token.json.new"), '{"from":"x","tok');
  let sent = "";
  nock(HOST)
    .post("/services/oauth2/token", (body) => {
      sent = String(body.refresh_token);
      return true;
    })
    .reply(200, tokenAnswer(), JSON_HEADERS);
  automationAnswers("t1");
  await one(opened);
  expect(sent).toBe("first");
});

test("parallel 401s share one login, and each call is sent once more", async () => {
  login(1, "old");
  const opened = await open();
  const expired = [{ message: "Session expired or invalid", errorCode: "INVALID_SESSION_ID" }];
  nock(HOST, { reqheaders: { authorization: "Bearer old" } })
    .get(/.*/)
    .times(3)
    .reply(401, expired, JSON_HEADERS);
  login(1, "new");
  const seen: string[] = [];
  for (let index = 0; index < 3; index += 1) onQuery(organizations, seen, { path: "/query" });
  nock(HOST, { reqheaders: { authorization: "Bearer new" } })
    .get(`${API}/tooling/query`)
    .query(true)
    .times(9)
    .reply(200, page([]), JSON_HEADERS);
  await Promise.all([one(opened), one(opened), one(opened)]);
  expect(seen).toHaveLength(3);
});

test("a 401 that stays ends after one more login, and no call logs in again", async () => {
  const expired = [{ message: "Session expired or invalid", errorCode: "INVALID_SESSION_ID" }];
  login(2);
  nock(HOST).get(/.*/).times(2).reply(401, expired, JSON_HEADERS);
  const opened = await open();
  await expect(one(opened)).rejects.toMatchObject({ code: "salesforce.session", recovery: "reauth" });
  nock(HOST).get(/.*/).reply(401, expired, JSON_HEADERS);
  await expect(one(opened)).rejects.toMatchObject({ code: "salesforce.session", recovery: "reauth" });
});
