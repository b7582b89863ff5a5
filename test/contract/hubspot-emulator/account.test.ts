import { describe, expect, test } from "vitest";
import {
  expiredToken,
  locked,
  moving,
  nakedServerError,
  serverError,
  tooMany,
  unauthorized,
  withoutScope,
} from "#connectors/hubspot/emulator/faults.ts";
import { DEFAULT_TOKEN } from "#connectors/hubspot/emulator/index.ts";
import { deleteStage, renameStage } from "#connectors/hubspot/emulator/pipelines.ts";
import { sandboxClock } from "#sandbox/clock.ts";
import { gatewayError } from "#sandbox/faults.ts";
import { ANCHOR, type Loose, startPortal } from "../../support/hubspot-emulator.ts";

describe("paths", () => {
  test("of old and dated versions lead to the same things, mixtures lead nowhere", async () => {
    const { call } = await startPortal();
    for (const path of [
      "/crm/v3/objects/deals",
      "/crm/objects/2026-03/deals",
      "/crm/objects/2026-09/0-3",
      "/crm/v3/properties/deals",
      "/crm/properties/2026-09/deals",
      "/crm/v3/pipelines/deals",
      "/crm/pipelines/2026-03/deals",
      "/crm/v3/owners/?limit=1",
      "/crm/owners/2026-09?limit=1",
      "/account-info/v3/details",
      "/account-info/2026-03/details",
      "/settings/v3/users/teams",
      "/settings/users/2026-03/teams",
      "/settings/v3/currencies/exchange-rates",
      "/settings/currencies/2026-03/exchange-rates/current",
    ]) {
      expect((await call("GET", path)).status, path).toBe(200);
    }
    for (const path of [
      "/crm/objects/v3/deals",
      "/crm/2026-03/objects/deals",
      "/crm/v4/properties/deals",
      "/crm/v3/objects/unicorns",
      "/crm/objects/2025-01/deals",
      "/",
    ]) {
      expect((await call("GET", path)).status, path).toBe(404);
    }
  });
});

describe("sign-in", () => {
  test("refuses no token, a wrong one and a revoked one with 401", async () => {
    const { call, emulator } = await startPortal();
    expect((await call("GET", "/crm/v3/owners", undefined, { authorization: "" })).body).toMatchObject({
      status: "error",
      category: "INVALID_AUTHENTICATION",
    });
    expect((await call("GET", "/crm/v3/owners", undefined, { authorization: "Bearer wrong" })).status).toBe(401);
    emulator.auth.revoke(DEFAULT_TOKEN);
    expect((await call("GET", "/crm/v3/owners")).status).toBe(401);
  });

  test("names the missing scope with 403", async () => {
    const { call } = await startPortal({ tokens: { [DEFAULT_TOKEN]: ["crm.objects.deals.read"] } });
    expect((await call("GET", "/crm/v3/objects/deals")).status).toBe(200);
    const { status, body } = await call("GET", "/crm/v3/objects/calls");
    expect([status, body.category, body.errors[0].context.requiredGranularScopes]).toEqual([
      403,
      "MISSING_SCOPES",
      ["crm.objects.contacts.read", "crm.objects.calls.read"],
    ]);
  });

  test("hands out OAuth tokens for half an hour and says when a refresh token is no good", async () => {
    const { emulator, call, clock } = await startPortal({ oauth: { clientId: "id", clientSecret: "secret", refreshTokens: ["refresh"] } });
    const ask = (refresh: string) =>
      fetch(`${emulator.url}/oauth/2026-03/token`, {
        method: "POST",
        body: new URLSearchParams({ grant_type: "refresh_token", client_id: "id", client_secret: "secret", refresh_token: refresh }),
      });
    const granted = (await (await ask("refresh")).json()) as { access_token: string; expires_in: number };
    expect(granted.expires_in).toBe(1_800);
    expect(granted.access_token.length).toBeGreaterThan(300);
    const headers = { authorization: `Bearer ${granted.access_token}` };
    expect((await call("GET", "/crm/v3/owners", undefined, headers)).status).toBe(200);
    clock.advance(1_800_000);
    expect((await call("GET", "/crm/v3/owners", undefined, headers)).body.category).toBe("EXPIRED_AUTHENTICATION");
    const refused = await ask("other");
    expect([refused.status, await refused.json()]).toEqual([
      400,
      expect.objectContaining({ status: "BAD_REFRESH_TOKEN", error: "invalid_grant" }),
    ]);
  });
});

describe("limits", () => {
  test("190 calls in ten rolling seconds, told in headers, refused by policy without Retry-After", async () => {
    let paceMs = 0;
    const { call, emulator } = await startPortal({
      limits: { per10s: 5, associationsPer10s: 2, searchPerSecond: 2, perDay: 100 },
      pace: { monotonicMs: () => paceMs },
    });
    const first = await call("GET", "/crm/v3/owners");
    expect(
      [
        "x-hubspot-ratelimit-max",
        "x-hubspot-ratelimit-remaining",
        "x-hubspot-ratelimit-interval-milliseconds",
        "x-hubspot-ratelimit-daily-remaining",
      ].map((name) => first.headers.get(name)),
    ).toEqual(["5", "4", "10000", "99"]);
    for (let index = 0; index < 4; index += 1) await call("GET", "/crm/v3/owners");
    const refused = await call("GET", "/crm/v3/owners");
    expect([refused.status, refused.headers.get("retry-after"), refused.body]).toEqual([
      429,
      null,
      expect.objectContaining({ errorType: "RATE_LIMIT", policyName: "TEN_SECONDLY_ROLLING" }),
    ]);
    paceMs = 10_001;
    expect((await call("GET", "/crm/v3/owners")).status).toBe(200);
    expect(emulator.meter.refused.TEN_SECONDLY_ROLLING).toBe(1);
  });

  test("searches have their own second, without headers and outside the ten seconds", async () => {
    let paceMs = 0;
    const { call } = await startPortal({
      limits: { per10s: 1, associationsPer10s: 1, searchPerSecond: 2, perDay: 100 },
      pace: { monotonicMs: () => paceMs },
    });
    const first = await call("POST", "/crm/v3/objects/deals/search", {});
    expect([first.status, first.headers.get("x-hubspot-ratelimit-max")]).toEqual([200, null]);
    await call("POST", "/crm/v3/objects/calls/search", {});
    const third = await call("POST", "/crm/v3/objects/deals/search", {});
    expect(third.body).toMatchObject({ policyName: "SECONDLY", message: "You have reached your secondly limit." });
    paceMs = 1_001;
    expect((await call("POST", "/crm/v3/objects/deals/search", {})).status).toBe(200);
    expect((await call("GET", "/crm/v3/owners")).status).toBe(200);
  });

  test("the day ends at midnight in the portal's zone", async () => {
    const { call, emulator, clock } = await startPortal({ limits: { per10s: 99, associationsPer10s: 99, searchPerSecond: 99, perDay: 3 } });
    emulator.meter.useToday(3);
    expect((await call("GET", "/crm/v3/owners")).body.policyName).toBe("DAILY");
    clock.advance(9 * 3_600_000); // 12:00 UTC → 23:00 in Warsaw
    expect((await call("GET", "/crm/v3/owners")).status).toBe(429);
    clock.advance(3_600_000);
    expect((await call("GET", "/crm/v3/owners")).status).toBe(200);
  });

  test("faults come as told, before the handler", async () => {
    const { call, emulator } = await startPortal();
    const effects = [
      tooMany("DAILY", 5),
      moving(3_600),
      withoutScope("x.y"),
      unauthorized(),
      expiredToken(),
      locked(),
      serverError(524),
      nakedServerError(),
      gatewayError(502),
    ];
    emulator.host.faults.add(...effects.map((effect) => ({ times: 1, effect })));
    const answers = [];
    for (let index = 0; index <= effects.length; index += 1) answers.push(await call("GET", "/crm/v3/owners"));
    expect(answers.map((each) => [each.status, each.headers.get("retry-after"), each.body.category])).toEqual([
      [429, "5", undefined],
      [477, "3600", "MIGRATION_IN_PROGRESS"],
      [403, null, "MISSING_SCOPES"],
      [401, null, "INVALID_AUTHENTICATION"],
      [401, null, "EXPIRED_AUTHENTICATION"],
      [423, null, "RESOURCE_LOCKED"],
      [524, null, "INTERNAL_ERROR"],
      [500, null, undefined],
      [502, null, undefined],
      [200, null, undefined],
    ]);
  });
});

describe("people, process and money", () => {
  test("leavers are listed apart, without a user id; queues have no mail", async () => {
    const { call } = await startPortal();
    const active = (await call("GET", "/crm/v3/owners?limit=100")).body.results;
    const gone = (await call("GET", "/crm/v3/owners?limit=100&archived=true")).body.results;
    expect(gone.map((each: Loose) => each.lastName).sort()).toEqual(["Conceição", "Weiß"]);
    expect(gone.every((each: Loose) => each.userId === null && each.archived && each.archivedAt === undefined)).toBe(true);
    expect(active.find((each: Loose) => each.type === "QUEUE").email).toBeUndefined();
    const page = await call("GET", "/crm/v3/owners?limit=2");
    const next = await call("GET", `/crm/v3/owners?limit=2&after=${page.body.paging.next.after}`);
    expect(new Set([...page.body.results, ...next.body.results].map((each: Loose) => each.id)).size).toBe(4);
  });

  test("the three ids of a person differ", async () => {
    const { call } = await startPortal();
    const owner = (await call("GET", "/crm/v3/owners?email=ana.sorensen@brightwater.example")).body.results[0];
    const users = (await call("GET", "/crm/v3/objects/users?limit=100&properties=hs_email,hs_internal_user_id,hubspot_owner_id")).body
      .results;
    const user = users.find((each: Loose) => each.properties.hs_email === owner.email);
    expect([user.properties.hs_internal_user_id, user.properties.hubspot_owner_id]).toEqual([String(owner.userId), owner.id]);
    expect(new Set([user.id, owner.id, String(owner.userId)]).size).toBe(3);
  });

  test("stages are renamed and deleted, the audit remembers the pipeline as it was", async () => {
    const { call, emulator, clock } = await startPortal();
    const pipeline = emulator.portal.pipelines.deals[0]!;
    renameStage(pipeline, "contractsent", "Umowa wysłana", clock.nowMs(), 1);
    deleteStage(pipeline, "qualifiedtobuy", clock.nowMs(), 1);
    const stages = (await call("GET", "/crm/v3/pipelines/deals/default/stages")).body.results;
    expect(stages.map((each: Loose) => each.id)).not.toContain("qualifiedtobuy");
    const audit = (await call("GET", "/crm/v3/pipelines/deals/default/audit")).body.results;
    expect(audit.map((each: Loose) => each.action)).toEqual(["DELETE", "UPDATE", "UPDATE", "CREATE"]);
    const before = JSON.parse(audit[0].rawObject);
    expect(before.stages.map((each: Loose) => each.stageId)).toContain("qualifiedtobuy");
    expect(before.stages.find((each: Loose) => each.stageId === "contractsent").label).toBe("Umowa wysłana");
    expect((await call("GET", "/crm/v3/pipelines/deals/default/stages/decisionmakerboughtin/audit")).body.results).toHaveLength(1);
  });

  test("amounts turn into the home currency: frozen when closed, at today's rate when open", async () => {
    const { call, emulator, clock } = await startPortal({ worldOptions: { deals: 200 } });
    const home = async (): Promise<Map<string, Loose>> =>
      new Map(
        (
          await call(
            "GET",
            "/crm/v3/objects/deals?limit=100&properties=amount,amount_in_home_currency,deal_currency_code,hs_is_closed,hs_exchange_rate",
          )
        ).body.results.map((each: Loose) => [each.id, each.properties]),
      );
    const before = await home();
    const today = (await call("GET", "/settings/v3/currencies/exchange-rates/current")).body.results;
    expect(today.map((each: Loose) => [each.fromCurrencyCode, each.toCurrencyCode])).toEqual([
      ["USD", "EUR"],
      ["JPY", "EUR"],
    ]);
    clock.advance(40 * 86_400_000);
    const after = await home();
    const foreign = [...before].filter(([, each]) => each.deal_currency_code !== "EUR" && each.amount !== null);
    expect(foreign.length).toBeGreaterThan(3);
    for (const [id, each] of foreign) {
      expect(Number(each.amount_in_home_currency)).toBeCloseTo(Number(each.amount) * Number(each.hs_exchange_rate), 4);
      if (each.hs_is_closed === "true") expect(after.get(id)).toEqual(each);
    }
    expect(
      foreign.some(([id, each]) => each.hs_is_closed === "false" && after.get(id).amount_in_home_currency !== each.amount_in_home_currency),
    ).toBe(true);
    expect(emulator.portal.homeCurrency).toBe("EUR");
  });

  test("quotas are targets of people and teams, monthly and quarterly, to the last millisecond", async () => {
    const { call } = await startPortal();
    const { body } = await call(
      "GET",
      "/crm/v3/objects/goal_targets?limit=100&properties=hs_milestone,hs_target_amount,hs_start_datetime,hs_end_datetime,hubspot_owner_id,hs_assignee_team_id",
    );
    expect(new Set(body.results.map((each: Loose) => each.properties.hs_milestone))).toEqual(new Set(["monthly"]));
    expect(body.results.every((each: Loose) => each.properties.hs_end_datetime.endsWith("T23:59:59.999Z"))).toBe(true);
    const teams = await call("POST", "/crm/v3/objects/goal_targets/search", {
      filterGroups: [{ filters: [{ propertyName: "hs_assignee_team_id", operator: "HAS_PROPERTY" }] }],
    });
    expect(teams.body.total).toBeGreaterThan(0);
  });

  test("account details tell zone, currencies and host of the pages", async () => {
    const { call } = await startPortal();
    expect((await call("GET", "/account-info/v3/details")).body).toMatchObject({
      portalId: 139_800_417,
      timeZone: "Europe/Warsaw",
      utcOffset: "+02:00",
      utcOffsetMilliseconds: 7_200_000,
      companyCurrency: "EUR",
      additionalCurrencies: ["USD", "JPY"],
      uiDomain: "app-eu1.hubspot.com",
    });
    expect((await call("GET", "/account-info/v3/api-usage/daily/private-apps")).body.results[0].currentUsage).toBe(2);
    expect(sandboxClock(ANCHOR).now()).toBe(ANCHOR);
  });
});

describe("associations", () => {
  const read = (portal: Awaited<ReturnType<typeof startPortal>>, path: string, inputs: readonly object[]) =>
    portal.call("POST", path, { inputs });

  test("come with text in `from`, numbers in `to`, several types for one pair, and errors for none", async () => {
    const portal = await startPortal();
    const records = portal.emulator.portal.tables.deals.records.filter((record) => record.archivedMs === null);
    const withItems = records.find((record) => record.links.line_items !== undefined)!;
    const without = records.find((record) => record.links.line_items === undefined)!;
    const { status, body } = await read(portal, "/crm/v4/associations/deals/line_items/batch/read", [
      { id: String(without.id) },
      { id: String(withItems.id) },
    ]);
    expect(status).toBe(207);
    expect(body.results).toHaveLength(1);
    expect([typeof body.results[0].from.id, typeof body.results[0].to[0].toObjectId]).toEqual(["string", "number"]);
    expect(body.errors[0]).toMatchObject({
      category: "OBJECT_NOT_FOUND",
      subCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
      context: { fromObjectId: [String(without.id)] },
    });
    const companies = await read(portal, "/crm/associations/2026-09/deals/companies/batch/read", [{ id: String(withItems.id) }]);
    expect([companies.status, companies.body.results[0].to[0].associationTypes]).toEqual([
      200,
      [
        { category: "HUBSPOT_DEFINED", typeId: 5, label: "Primary" },
        { category: "HUBSPOT_DEFINED", typeId: 341, label: null },
      ],
    ]);
  });

  test("page by record when there are more than fit, and refuse more than 1,000 ids", async () => {
    const portal = await startPortal({ associationPage: 2 });
    const busy = portal.emulator.portal.tables.companies.records.find((record) => (record.links.calls?.length ?? 0) > 4)!;
    const seen: number[] = [];
    for (let after: string | undefined = undefined; ; ) {
      const { body } = await read(portal, "/crm/v4/associations/companies/calls/batch/read", [
        { id: String(busy.id), ...(after === undefined ? {} : { after }) },
      ]);
      seen.push(...body.results[0].to.map((each: Loose) => each.toObjectId));
      after = body.results[0].paging?.next.after;
      if (after === undefined) break;
    }
    expect(seen).toEqual(busy.links.calls);
    expect(
      (
        await read(
          portal,
          "/crm/v4/associations/deals/calls/batch/read",
          Array.from({ length: 1_001 }, (_, index) => ({ id: String(index) })),
        )
      ).status,
    ).toBe(400);
    expect((await portal.call("GET", `/crm/v4/objects/companies/${busy.id}/associations/calls`)).body.results.length).toBe(
      busy.links.calls?.length,
    );
  });

  test("changing a link does not move the modified date", async () => {
    const portal = await startPortal();
    const [deal, call] = [portal.emulator.portal.tables.deals.records[0]!, portal.emulator.portal.tables.calls.records[0]!];
    const before = [deal.modifiedMs, call.modifiedMs];
    portal.clock.advance(1_000);
    portal.emulator.edits.unlink("calls", String(call.id), "deals", String(deal.id));
    portal.emulator.edits.link("calls", String(call.id), "deals", String(deal.id));
    expect([deal.modifiedMs, call.modifiedMs]).toEqual(before);
  });
});
