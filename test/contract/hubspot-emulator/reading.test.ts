import { describe, expect, test } from "vitest";
import { type Loose, startPortal } from "../../support/hubspot-emulator.ts";

const ids = (body: Loose): string[] => body.results.map((each: { id: string }) => each.id);

describe("lists", () => {
  test("hold 100 records a page, 50 with history, and refuse more", async () => {
    const { call } = await startPortal();
    expect((await call("GET", "/crm/v3/objects/calls?limit=100")).body.results).toHaveLength(100);
    expect((await call("GET", "/crm/v3/objects/calls?limit=101")).status).toBe(400);
    expect((await call("GET", "/crm/v3/objects/deals?limit=50&propertiesWithHistory=amount")).status).toBe(200);
    expect((await call("GET", "/crm/v3/objects/deals?limit=51&propertiesWithHistory=amount")).body).toMatchObject({
      status: "error",
      category: "VALIDATION_ERROR",
    });
  });

  test("leave unknown properties out, show empty ones as null and three unasked", async () => {
    const { call } = await startPortal();
    const { body } = await call("GET", "/crm/v3/objects/companies?limit=1&properties=hs_parent_company_id,no_such_thing");
    expect(body.results[0].properties).toEqual({
      hs_parent_company_id: null,
      hs_object_id: expect.any(String),
      createdate: expect.any(String),
      hs_lastmodifieddate: expect.any(String),
    });
  });

  test("show every value as text or null, calculated ones with float noise", async () => {
    const { call } = await startPortal();
    const { body } = await call(
      "GET",
      "/crm/v3/objects/deals?limit=100&properties=amount,hs_is_closed,hs_deal_stage_probability,amount_in_home_currency,closedate,days_to_close",
    );
    const values = body.results.flatMap((each: Loose) => Object.values(each.properties));
    expect(values.every((value: unknown) => value === null || typeof value === "string")).toBe(true);
    expect(body.results.some((each: Loose) => each.properties.hs_deal_stage_probability.length > 20)).toBe(true);
  });

  test("show archived records only when asked, with their time", async () => {
    const { call, emulator } = await startPortal();
    const id = ids((await call("GET", "/crm/v3/objects/deals?limit=1")).body)[0]!;
    emulator.edits.archive("deals", id);
    expect((await call("GET", `/crm/v3/objects/deals/${id}`)).status).toBe(404);
    const archived = await call("GET", "/crm/v3/objects/deals?archived=true&limit=100");
    expect(archived.body.results.find((each: Loose) => each.id === id)).toMatchObject({
      archived: true,
      archivedAt: "2026-06-30T12:00:00.000Z",
    });
    emulator.edits.restore("deals", id);
    expect((await call("GET", `/crm/v3/objects/deals/${id}`)).body.archived).toBe(false);
  });

  test("forget archived records after 90 days and purged ones at once", async () => {
    const { call, emulator, clock } = await startPortal();
    const [deleted = "", purged = ""] = ids((await call("GET", "/crm/v3/objects/contacts?limit=2")).body);
    const archived = async (): Promise<string[]> => ids((await call("GET", "/crm/v3/objects/contacts?archived=true&limit=100")).body);
    emulator.edits.archive("contacts", deleted);
    emulator.edits.purge("contacts", purged);
    expect(await archived()).toEqual([deleted]);
    expect((await call("GET", `/crm/v3/objects/contacts/${purged}?archived=true`)).status).toBe(404);
    clock.advance(90 * 86_400_000);
    expect(await archived()).toEqual([]);
  });

  test("refuse a URL that is too long with a page of HTML", async () => {
    const { call } = await startPortal();
    const answer = await call("GET", `/crm/v3/objects/deals?properties=${"x".repeat(11_000)}`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([414, "text/html"]);
  });
});

describe("history", () => {
  test("keeps the 20 newest values, newest first", async () => {
    const { call, emulator, clock } = await startPortal();
    const id = ids((await call("GET", "/crm/v3/objects/deals?limit=1")).body)[0]!;
    for (let value = 1; value <= 30; value += 1) {
      clock.advance(1_000);
      emulator.edits.set("deals", id, { amount: String(value) });
    }
    const { body } = await call("GET", `/crm/v3/objects/deals/${id}?propertiesWithHistory=amount`);
    expect(body.propertiesWithHistory.amount.map((each: Loose) => each.value)).toEqual(
      Array.from({ length: 20 }, (_, index) => String(30 - index)),
    );
  });

  test("names the user for work in the pages, the app for writes through the API", async () => {
    const { call, emulator } = await startPortal();
    const id = ids((await call("GET", "/crm/v3/objects/deals?limit=1")).body)[0]!;
    emulator.edits.set("deals", id, { hs_next_step: "by hand" });
    await call("PATCH", `/crm/v3/objects/deals/${id}`, { properties: { hs_next_step: "by app" } });
    const history = (await call("GET", `/crm/v3/objects/deals/${id}?propertiesWithHistory=hs_next_step`)).body.propertiesWithHistory
      .hs_next_step;
    expect(history[0]).toMatchObject({ value: "by app", sourceType: "INTEGRATION", sourceId: "4711001" });
    expect(history[0].updatedByUserId).toBeUndefined();
    expect(history[1]).toMatchObject({ value: "by hand", sourceType: "CRM_UI", updatedByUserId: 9_586_504 });
  });

  test("agrees with the dated stage properties, whose names are not built from every id", async () => {
    const { call } = await startPortal();
    const { body } = await call(
      "GET",
      "/crm/v3/objects/deals?limit=50&properties=dealstage,hs_v2_date_entered_current_stage,hs_v2_date_entered_closedlost&propertiesWithHistory=dealstage",
    );
    for (const deal of body.results) {
      const last = deal.propertiesWithHistory.dealstage[0];
      expect(Date.parse(deal.properties.hs_v2_date_entered_current_stage)).toBe(Date.parse(last.timestamp));
      if (last.value === "closedlost") expect(Date.parse(deal.properties.hs_v2_date_entered_closedlost)).toBe(Date.parse(last.timestamp));
    }
    const names = (await call("GET", "/crm/v3/properties/leads")).body.results.map((each: Loose) => each.name);
    expect(names.some((name: string) => /^hs_v2_date_entered_new_stage_id_\d+$/.test(name))).toBe(true);
  });
});

describe("batch read", () => {
  test("answers by id, in its own order, with 207 for ids that are not there", async () => {
    const { call } = await startPortal();
    const known = ids((await call("GET", "/crm/v3/objects/deals?limit=3")).body);
    const { status, body } = await call("POST", "/crm/v3/objects/deals/batch/read", {
      inputs: [...known]
        .reverse()
        .map((id) => ({ id }))
        .concat({ id: "999" }),
      properties: ["dealname"],
    });
    expect(status).toBe(207);
    expect(ids(body)).toEqual(known);
    expect(body).toMatchObject({ numErrors: 1, errors: [{ category: "OBJECT_NOT_FOUND", context: { ids: ["999"] } }] });
  });

  test("takes 100 ids, 50 with history", async () => {
    const { call } = await startPortal();
    const inputs = (count: number) => Array.from({ length: count }, (_, index) => ({ id: String(index) }));
    expect((await call("POST", "/crm/v3/objects/calls/batch/read", { inputs: inputs(101) })).status).toBe(400);
    expect((await call("POST", "/crm/v3/objects/deals/batch/read", { inputs: inputs(51), propertiesWithHistory: ["amount"] })).status).toBe(
      400,
    );
    expect((await call("POST", "/crm/v3/objects/deals/batch/read", { inputs: inputs(51), properties: ["amount"] })).status).toBe(207);
  });
});

describe("merges", () => {
  test("leave the loser's id on the survivor, which answers for both; a batch update does not know the old id", async () => {
    const { call, emulator } = await startPortal();
    const [winner = "", loser = ""] = ids((await call("GET", "/crm/v3/objects/deals?limit=2")).body);
    emulator.edits.merge("deals", winner, loser);
    const asked = (await call("GET", `/crm/v3/objects/deals/${loser}?properties=hs_merged_object_ids`)).body;
    expect([asked.id, asked.properties.hs_merged_object_ids]).toEqual([winner, loser]);
    expect((await call("GET", "/crm/v3/objects/deals?archived=true&limit=100")).body.results.map((each: Loose) => each.id)).not.toContain(
      loser,
    );
    expect(
      (await call("POST", "/crm/v3/objects/deals/batch/update", { inputs: [{ id: loser, properties: { hs_next_step: "x" } }] })).status,
    ).toBe(207);
    expect((await call("PATCH", `/crm/v3/objects/deals/${loser}`, { properties: { hs_next_step: "x" } })).body.id).toBe(winner);
  });

  test("of the world show up too", async () => {
    const { call } = await startPortal({ worldOptions: { deals: 300, layout: "one" } });
    const { body } = await call("POST", "/crm/v3/objects/deals/search", {
      filterGroups: [{ filters: [{ propertyName: "hs_merged_object_ids", operator: "HAS_PROPERTY" }] }],
      properties: ["hs_merged_object_ids"],
      limit: 100,
    });
    expect(body.total).toBeGreaterThan(0);
    expect(body.results[0].properties.hs_merged_object_ids).toMatch(/^\d+$/);
  });
});

describe("living on", () => {
  test("new days bring new and changed records with new stamps, and what was written stays", async () => {
    const { call, emulator, clock } = await startPortal();
    const id = ids((await call("GET", "/crm/v3/objects/deals?limit=1")).body)[0]!;
    await call("PATCH", `/crm/v3/objects/deals/${id}`, { properties: { hs_next_step: "kept" } });
    const before = emulator.portal.tables.deals.records.length;
    clock.advance(20 * 86_400_000);
    emulator.catchUp();
    expect(emulator.portal.tables.deals.records.length).toBeGreaterThan(before);
    const changed = await call("POST", "/crm/v3/objects/deals/search", {
      filterGroups: [
        { filters: [{ propertyName: "hs_lastmodifieddate", operator: "GT", value: String(Date.parse("2026-06-30T12:00:00Z")) }] },
      ],
      limit: 200,
    });
    expect(changed.body.total).toBeGreaterThan(5);
    expect((await call("GET", `/crm/v3/objects/deals/${id}?properties=hs_next_step`)).body.properties.hs_next_step).toBe("kept");
  });
});
