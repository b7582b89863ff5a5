import { createSign, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { msOf } from "#core/time/instant.ts";
import { gatewayError } from "#sandbox/faults.ts";
import { connected, login, NOW, sandbox } from "./support.ts";

describe("login", () => {
  test("client credentials, wrong secret, unknown client", async () => {
    const org = await sandbox();
    expect(await login(org)).toMatchObject({ token_type: "Bearer", instance_url: org.url });
    expect(await login(org, { client_secret: "wrong" })).toEqual({
      error: "invalid_client",
      error_description: "invalid client credentials",
    });
    expect(await login(org, { client_id: "wrong" })).toMatchObject({ error: "invalid_client_id" });
    expect(await login(org, { grant_type: "password" })).toMatchObject({ error: "unsupported_grant_type" });
  });

  test("a signed assertion, with another key, for another user, too old", async () => {
    const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const publicKey = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
    const org = await sandbox({ auth: { publicKey } });
    const nowS = Math.floor(msOf(NOW) / 1000);
    const assertion = (claims: object, key = keys.privateKey): string => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
      const text = `${part({ alg: "RS256" })}.${part({ iss: org.auth.clientId, sub: org.auth.username, aud: org.url, exp: nowS + 120, ...claims })}`;
      return `${text}.${createSign("RSA-SHA256").update(text).sign(key, "base64url")}`;
    };
    const jwt = (text: string): ReturnType<typeof login> =>
      login(org, { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: text });
    expect(await jwt(assertion({}))).toMatchObject({ token_type: "Bearer" });
    expect(await jwt(assertion({ sub: "somebody" }))).toMatchObject({ error: "invalid_grant" });
    expect(await jwt(assertion({ exp: nowS - 1 }))).toMatchObject({ error_description: "assertion expired" });
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    expect(await jwt(assertion({}, other))).toMatchObject({ error_description: "invalid assertion" });
  });

  test("refresh tokens are rotated: the old one is good once", async () => {
    const org = await sandbox({ auth: { refreshToken: "first", rotateRefreshTokens: true } });
    const refresh = (token: string): ReturnType<typeof login> => login(org, { grant_type: "refresh_token", refresh_token: token });
    const second = await refresh("first");
    expect(second.refresh_token).toMatch(/^5Aep/);
    expect(await refresh("first")).toMatchObject({ error: "invalid_grant" });
    expect(await refresh(second.refresh_token)).toMatchObject({ token_type: "Bearer" });
  });

  test("an ended session is a 401; a revoked approval lets nobody in again", async () => {
    const org = await sandbox();
    org.tokens.expireAll();
    const answer = await org.call("GET", "/sobjects");
    expect([answer.status, answer.json]).toEqual([401, [{ errorCode: "INVALID_SESSION_ID", message: "Session expired or invalid" }]]);
    org.tokens.revoke();
    expect(await login(org)).toMatchObject({ error: "invalid_grant" });
  });
});

describe("limits and versions", () => {
  test("every call is counted; beyond the day's calls none is served", async () => {
    const org = await sandbox({ dailyCalls: 2 });
    expect((await org.call("GET", "/limits")).headers.get("sforce-limit-info")).toBe("api-usage=1/2");
    await org.call("GET", "/limits");
    const third = await org.call("GET", "/limits");
    expect([third.status, third.json[0].errorCode]).toEqual([403, "REQUEST_LIMIT_EXCEEDED"]);
  });

  test("retired and unknown versions, a URL that is too long, faults of a gateway, the org's own time", async () => {
    const org = await sandbox();
    expect((await org.call("GET", "/services/data/v30.0/limits")).status).toBe(410);
    expect((await org.call("GET", "/services/data/v99.0/limits")).status).toBe(404);
    const long = await org.call("GET", `/query?q=${"x".repeat(17_000)}`);
    expect([long.status, long.headers.get("content-type")]).toEqual([414, "text/html"]);
    org.host.faults.add({ path: "/services/data", times: 1, effect: gatewayError(503) });
    expect((await org.call("GET", "/limits")).status).toBe(503);
    expect((await org.call("GET", "/limits")).headers.get("date")).toBe("Tue, 30 Jun 2026 12:00:00 GMT");
  });
});

describe("custom fields", () => {
  const FIELD = { FullName: "Opportunity.Score__c", Metadata: { label: "Score", type: "Number", precision: 5, scale: 1 } };

  test("a new field is there for nobody until a permission set grants it", async () => {
    const org = await sandbox();
    const [deal] = (await org.query("SELECT Id FROM Opportunity LIMIT 1")).records;
    expect((await org.call("POST", "/tooling/sobjects/CustomField", FIELD)).status).toBe(201);
    expect((await org.call("POST", "/tooling/sobjects/CustomField", FIELD)).json[0].errorCode).toBe("DUPLICATE_DEVELOPER_NAME");
    const names = async (): Promise<string[]> =>
      (await org.call("GET", "/sobjects/Opportunity/describe")).json.fields.map(({ name }: { name: string }) => name);
    expect(await names()).not.toContain("Score__c");
    const patch = { allOrNone: false, records: [{ attributes: { type: "Opportunity" }, id: deal.Id, Score__c: 7.25 }] };
    expect((await org.call("PATCH", "/composite/sobjects", patch)).json[0].errorCode).toBe("INVALID_FIELD");

    const set = (await org.call("POST", "/sobjects/PermissionSet", { Name: "Score", Label: "Score" })).json.id;
    const grant = (edit: boolean): object => ({
      ParentId: set,
      SobjectType: "Opportunity",
      Field: "Opportunity.Score__c",
      PermissionsRead: true,
      PermissionsEdit: edit,
    });
    const permission = (await org.call("POST", "/sobjects/FieldPermissions", grant(false))).json.id;
    expect(await names()).not.toContain("Score__c");
    expect(
      (await org.call("POST", "/sobjects/PermissionSetAssignment", { PermissionSetId: set, AssigneeId: org.org.integrationUserId })).status,
    ).toBe(201);
    expect(await names()).toContain("Score__c");
    expect((await org.call("PATCH", "/composite/sobjects", patch)).json[0].errors[0].statusCode).toBe("INVALID_FIELD_FOR_INSERT_UPDATE");
    await org.call("PATCH", `/sobjects/FieldPermissions/${permission}`, { PermissionsEdit: true });
    expect((await org.call("PATCH", "/composite/sobjects", patch)).json).toEqual([{ id: deal.Id, success: true, errors: [] }]);
    expect((await org.query(`SELECT Score__c, LastModifiedById FROM Opportunity WHERE Id = '${deal.Id}'`)).records[0]).toMatchObject({
      Score__c: 7.3,
      LastModifiedById: org.org.integrationUserId,
    });
    const found = await org.call(
      "GET",
      `/tooling/query?q=${encodeURIComponent("SELECT DeveloperName FROM CustomField WHERE TableEnumOrId = 'Opportunity'")}`,
    );
    expect(found.json.records[0].DeveloperName).toBe("Score");
  });

  test("the SDK makes one too", async () => {
    const org = await sandbox();
    const connection = await connected(org);
    const result = await connection.tooling.create("CustomField", FIELD);
    expect(result).toMatchObject({ success: true });
  });
});

describe("collections", () => {
  test("rows fail one by one under HTTP 200, with statusCode, in the order of the request", async () => {
    const org = await sandbox();
    const ids: string[] = (await org.query("SELECT Id FROM Opportunity LIMIT 4")).records.map(({ Id }: { Id: string }) => Id);
    org.org.refuse(ids[1] ?? "", "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record");
    org.org.remove("Opportunity", ids[2] ?? "");
    const record = (id: string | undefined, nextStep: string): object => ({ attributes: { type: "Opportunity" }, id, NextStep: nextStep });
    const records = [
      record(ids[0], "a"),
      record(ids[1], "b"),
      record(ids[2], "c"),
      record("0065g0000000000AAA", "d"),
      record(ids[3], "x".repeat(256)),
      record(ids[0], "e"),
    ];
    const { status, json } = await org.call("PATCH", "/composite/sobjects", { allOrNone: false, records });
    expect(status).toBe(200);
    expect(
      json.map((row: { success: boolean; errors: { statusCode: string }[] }) => (row.success ? "ok" : row.errors[0]?.statusCode)),
    ).toEqual(["ok", "UNABLE_TO_LOCK_ROW", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "STRING_TOO_LONG", "DUPLICATE_VALUE"]);
    expect(json[0]).toEqual({ id: ids[0], success: true, errors: [] });
  });

  test("all or none leaves nothing behind when one fails", async () => {
    const org = await sandbox();
    const [deal] = (await org.query("SELECT Id, NextStep, SystemModstamp FROM Opportunity LIMIT 1")).records;
    const records = [
      { attributes: { type: "Opportunity" }, id: deal.Id, NextStep: "changed" },
      { attributes: { type: "Opportunity" }, id: "0065g0000000000AAA", NextStep: "b" },
    ];
    const { json } = await org.call("PATCH", "/composite/sobjects", { allOrNone: true, records });
    expect(json.map((row: { errors: { statusCode: string }[] }) => row.errors[0]?.statusCode)).toEqual([
      "ALL_OR_NONE_OPERATION_ROLLED_BACK",
      "INVALID_CROSS_REFERENCE_KEY",
    ]);
    expect((await org.query(`SELECT NextStep, SystemModstamp FROM Opportunity WHERE Id = '${deal.Id}'`)).records[0]).toMatchObject({
      NextStep: deal.NextStep,
      SystemModstamp: deal.SystemModstamp,
    });
  });

  test("more than 200 records and values of a wrong kind make the whole request bad", async () => {
    const org = await sandbox();
    const record = { attributes: { type: "Opportunity" }, id: "0065g0000000000AAA" };
    const many = await org.call("PATCH", "/composite/sobjects", { allOrNone: false, records: Array.from({ length: 201 }, () => record) });
    expect([many.status, many.json[0].errorCode]).toEqual([400, "EXCEEDED_ID_LIMIT"]);
    const wrong = await org.call("PATCH", "/composite/sobjects", { allOrNone: false, records: [{ ...record, CloseDate: "soon" }] });
    expect([wrong.status, wrong.json[0].errorCode]).toEqual([400, "JSON_PARSER_ERROR"]);
  });

  test("what a person changes by hand has its log; own writes move the stamp and say who", async () => {
    const org = await sandbox();
    const [deal] = (await org.query("SELECT Id FROM Opportunity WHERE IsClosed = false LIMIT 1")).records;
    org.clock.advance(5_000);
    org.edit("Opportunity", deal.Id, { StageName: "Closed won", Amount: 4321 });
    const [now] = (
      await org.query(
        `SELECT IsWon, Probability, ExpectedRevenue, LastStageChangeDate, LastModifiedById FROM Opportunity WHERE Id = '${deal.Id}'`,
      )
    ).records;
    expect(now).toMatchObject({
      IsWon: true,
      Probability: 100,
      ExpectedRevenue: 4321,
      LastStageChangeDate: "2026-06-30T12:00:05.000+0000",
    });
    expect(now.LastModifiedById).not.toBe(org.org.integrationUserId);
    const log = (
      await org.query(
        `SELECT StageName, Amount FROM OpportunityHistory WHERE OpportunityId = '${deal.Id}' AND CreatedDate >= 2026-06-30T12:00:05Z`,
      )
    ).records;
    expect(log).toMatchObject([{ StageName: "Closed won", Amount: 4321 }]);
    const fields = (
      await org.query(
        `SELECT Field FROM OpportunityFieldHistory WHERE OpportunityId = '${deal.Id}' AND CreatedDate >= 2026-06-30T12:00:05Z`,
      )
    ).records;
    expect(fields.map(({ Field }: { Field: string }) => Field)).toEqual(expect.arrayContaining(["StageName", "Amount"]));

    const connection = await connected(org);
    org.clock.advance(5_000);
    await connection.sobject("Opportunity").update([{ Id: deal.Id, NextStep: "done" }]);
    expect((await org.query(`SELECT SystemModstamp, LastModifiedById FROM Opportunity WHERE Id = '${deal.Id}'`)).records[0]).toMatchObject({
      SystemModstamp: "2026-06-30T12:00:10.000+0000",
      LastModifiedById: org.org.integrationUserId,
    });
  });
});
