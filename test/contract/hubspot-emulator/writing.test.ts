import { describe, expect, test } from "vitest";
import { type Loose, type Started, startPortal } from "../../support/hubspot-emulator.ts";

const dealIds = (portal: Started, count: number): string[] =>
  portal.emulator.portal.tables.deals.records
    .filter((record) => record.archivedMs === null)
    .slice(0, count)
    .map((record) => String(record.id));
const update = (portal: Started, inputs: readonly object[], version = "v3/objects") =>
  portal.call("POST", `/crm/${version}/deals/batch/update`, { inputs });

describe("batch update", () => {
  test("writes up to 100 unique ids, answers in an order of its own, bumps the modified date even for an equal value", async () => {
    const portal = await startPortal();
    const [a = "", b = ""] = dealIds(portal, 2);
    portal.clock.advance(5_000);
    const first = await update(portal, [
      { id: a, properties: { hs_next_step: "same" } },
      { id: b, properties: { hs_next_step: "x" } },
    ]);
    expect([first.status, first.body.results.map((each: Loose) => each.id)]).toEqual([200, [b, a]]);
    portal.clock.advance(5_000);
    const again = await update(portal, [{ id: a, properties: { hs_next_step: "same" } }]);
    expect(again.body.results[0].updatedAt).toBe("2026-06-30T12:00:10.000Z");
    expect(
      (
        await update(portal, [
          { id: a, properties: { hs_next_step: "1" } },
          { id: a, properties: { hs_next_step: "2" } },
        ])
      ).status,
    ).toBe(400);
    expect(
      (
        await update(
          portal,
          Array.from({ length: 101 }, (_, index) => ({ id: String(index), properties: { hs_next_step: "1" } })),
        )
      ).status,
    ).toBe(400);
  });

  test("fails unknown ids alone with a 207", async () => {
    const portal = await startPortal();
    const [a = ""] = dealIds(portal, 1);
    const { status, body } = await update(portal, [
      { id: a, properties: { hs_next_step: "1" } },
      { id: "42", properties: { hs_next_step: "1" } },
    ]);
    expect(status).toBe(207);
    expect(body).toMatchObject({
      status: "COMPLETE",
      numErrors: 1,
      results: [{ id: a }],
      errors: [{ category: "OBJECT_NOT_FOUND", context: { ids: ["42"] } }],
    });
  });

  test("one bad value refuses the whole call and writes nothing", async () => {
    const portal = await startPortal();
    const [a = "", b = ""] = dealIds(portal, 2);
    const { status, body } = await update(portal, [
      { id: a, properties: { hs_next_step: "written?" } },
      { id: b, properties: { amount: "1,5" } },
    ]);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      category: "VALIDATION_ERROR",
      errors: [{ code: "INVALID_NUMERIC", context: { propertyName: ["amount"] } }],
    });
    expect(portal.emulator.portal.tables.deals.byId.get(Number(a))?.values["hs_next_step"]).not.toBe("written?");
  });

  test.each([
    ["no_such_property", "1", "PROPERTY_DOESNT_EXIST"],
    ["hs_is_closed", "true", "READ_ONLY_VALUE"],
    ["dealstage", "nowhere", "INVALID_OPTION"],
    ["hubspot_owner_id", "1", "INVALID_OPTION"],
    ["closedate", "31.12.2026", "INVALID_LONG"],
    ["hs_next_step", "x".repeat(65_537), "VALUE_TOO_LONG"],
  ])("%s = %s is %s", async (name, value, code) => {
    const portal = await startPortal();
    const [a = ""] = dealIds(portal, 1);
    expect((await update(portal, [{ id: a, properties: { [name]: value } }])).body.errors[0].code).toBe(code);
  });

  test("hs_object_id is no idProperty, a unique property is", async () => {
    const portal = await startPortal({ worldOptions: { deals: 300 } });
    const shared = portal.emulator.portal.tables.deals.records.find((record) => record.values["external_deal_id"] !== undefined);
    const number = shared?.values["external_deal_id"] ?? "";
    expect((await update(portal, [{ id: String(shared?.id), idProperty: "hs_object_id", properties: { hs_next_step: "1" } }])).status).toBe(
      400,
    );
    expect(
      (await update(portal, [{ id: number, idProperty: "external_deal_id", properties: { hs_next_step: "1" } }])).body.results[0].id,
    ).toBe(String(shared?.id));
  });

  test("admins' rules count on 2026-09 only", async () => {
    const portal = await startPortal({
      adminRules: [{ type: "deals", when: { property: "hs_is_closed", value: "true" }, required: ["closed_won_reason"] }],
    });
    const closed = portal.emulator.portal.tables.deals.records.find(
      (record) => record.values["dealstage"] === "closedlost" && record.archivedMs === null,
    );
    const inputs = [{ id: String(closed?.id), properties: { hs_next_step: "1" } }];
    expect((await update(portal, inputs)).status).toBe(200);
    expect((await update(portal, inputs, "objects/2026-03")).status).toBe(200);
    expect((await update(portal, inputs, "objects/2026-09")).body.errors[0].code).toBe("REQUIRED_PROPERTY");
  });
});

describe("properties", () => {
  const group = { name: "kpis", label: "KPIs" };
  const field = { groupName: "kpis", name: "kpi_x", label: "X", type: "number", fieldType: "number", numberDisplayHint: "percentage" };

  test("are made with 201 in v3 and 200 in the dated versions, twice with 409, never without their group", async () => {
    const portal = await startPortal();
    const made = async (path: string, body: object): Promise<number> => (await portal.call("POST", path, body)).status;
    expect(await made("/crm/v3/properties/deals", field)).toBe(400);
    expect(await made("/crm/v3/properties/deals/groups", group)).toBe(201);
    expect(await made("/crm/v3/properties/deals/groups", group)).toBe(409);
    expect(await made("/crm/v3/properties/deals", field)).toBe(201);
    expect(await made("/crm/properties/2026-03/deals", field)).toBe(409);
    expect(await made("/crm/properties/2026-03/companies/groups", group)).toBe(200);
    expect(await made("/crm/properties/2026-09/companies", field)).toBe(200);
    expect((await portal.call("GET", "/crm/properties/2026-09/companies/kpi_x")).body).toMatchObject({
      numberDisplayHint: "percentage",
      hubspotDefined: false,
    });
  });

  test("need a fitting form, a plain name, options where they choose", async () => {
    const portal = await startPortal();
    await portal.call("POST", "/crm/v3/properties/deals/groups", group);
    for (const wrong of [
      { fieldType: "text" },
      { name: "Has-Caps" },
      { name: "hs_mine" },
      { type: "enumeration", fieldType: "select" },
      { type: "bool", fieldType: "booleancheckbox" },
      { label: "" },
      { type: "money" },
    ]) {
      expect((await portal.call("POST", "/crm/v3/properties/deals", { ...field, ...wrong })).status, JSON.stringify(wrong)).toBe(400);
    }
  });

  test("of every type take their own form of value and clear with empty text", async () => {
    const portal = await startPortal();
    await portal.call("POST", "/crm/v3/properties/deals/groups", group);
    const make = (name: string, type: string, fieldType: string, options?: object[]) =>
      portal.call("POST", "/crm/v3/properties/deals", {
        groupName: "kpis",
        name,
        label: name,
        type,
        fieldType,
        ...(options === undefined ? {} : { options }),
      });
    await make("k_date", "date", "date");
    await make("k_time", "datetime", "date");
    await make("k_pick", "enumeration", "select", [{ label: "Hot", value: "hot" }]);
    const [id = ""] = dealIds(portal, 1);
    const put = async (name: string, value: string): Promise<string> => {
      const { body } = await update(portal, [{ id, properties: { [name]: value } }]);
      return body.results?.[0].properties[name] ?? body.errors?.[0].code ?? "cleared";
    };
    expect(await put("k_date", "2026-02-28")).toBe("2026-02-28");
    expect(await put("k_date", String(Date.UTC(2026, 1, 27)))).toBe("2026-02-27");
    expect(await put("k_date", "2026-02-30")).toBe("INVALID_DATE");
    expect(await put("k_date", "2026-02-28T10:00:00Z")).toBe("INVALID_DATE");
    expect(await put("k_time", "2026-02-28T10:00:00.120Z")).toBe("2026-02-28T10:00:00.12Z");
    expect(await put("k_time", "1772272800000")).toBe("2026-02-28T10:00:00Z");
    expect(await put("k_pick", "hot")).toBe("hot");
    expect(await put("k_pick", "Hot")).toBe("INVALID_OPTION");
    expect(await put("k_pick", "")).toBe("cleared");
  });
});
