import { describe, expect, test } from "vitest";
import { type Loose, type Started, startPortal } from "../../support/hubspot-emulator.ts";

const search = async (portal: Started, body: object, type = "deals"): Promise<Loose> =>
  (await portal.call("POST", `/crm/v3/objects/${type}/search`, body)).body;
const where = (propertyName: string, operator: string, rest: object = {}) => ({
  filterGroups: [{ filters: [{ propertyName, operator, ...rest }] }],
});

describe("search", () => {
  test("sees a change only a minute later, and shows the record as it was until then", async () => {
    const portal = await startPortal();
    const id = (await search(portal, { limit: 1 })).results[0].id;
    portal.emulator.edits.set("deals", id, { dealname: "Renamed" });
    const hit = async (): Promise<number> => (await search(portal, where("dealname", "EQ", { value: "renamed" }))).total;
    expect(await hit()).toBe(0);
    portal.clock.advance(59_000);
    expect(await hit()).toBe(0);
    portal.clock.advance(2_000);
    expect(await hit()).toBe(1);
  });

  test("sorts by one rule, by creation when there is none, and takes an offset", async () => {
    const portal = await startPortal();
    const all = await search(portal, { limit: 200, properties: ["createdate", "amount"] });
    const created = all.results.map((each: Loose) => Date.parse(each.createdAt));
    expect(created).toEqual([...created].sort((a: number, b: number) => a - b));
    const amounts = (
      await search(portal, { limit: 50, properties: ["amount"], sorts: [{ propertyName: "amount", direction: "DESCENDING" }] })
    ).results.map((each: Loose) => Number(each.properties.amount));
    expect(amounts).toEqual([...amounts].sort((a: number, b: number) => b - a));
    expect((await search(portal, { sorts: ["amount", "dealname"] })).category).toBe("VALIDATION_ERROR");
    expect((await search(portal, { limit: 5, after: 5 })).results[0].id).toBe(all.results[5].id);
  });

  test("holds its limits: 200 a page, 10,000 results, five groups, six filters each, eighteen in all", async () => {
    const portal = await startPortal();
    const filter = { propertyName: "amount", operator: "HAS_PROPERTY" };
    const groups = (count: number, each: number) => ({
      filterGroups: Array.from({ length: count }, () => ({ filters: Array.from({ length: each }, () => filter) })),
    });
    for (const body of [
      { limit: 201 },
      { limit: 100, after: 9_950 },
      groups(6, 1),
      groups(1, 7),
      groups(4, 5),
      where("nope", "EQ", { value: "1" }),
      where("amount", "ABOUT", { value: "1" }),
    ]) {
      expect(await search(portal, body), JSON.stringify(body)).toMatchObject({ status: "error", category: "VALIDATION_ERROR" });
    }
    expect((await search(portal, { limit: 100, after: 9_900 })).results).toEqual([]);
    expect((await search(portal, {})).results).toHaveLength(10);
  });

  test("compares numbers as numbers, times by milliseconds, choices by case, lists in lower case only", async () => {
    const portal = await startPortal();
    const total = async (body: object): Promise<number> => (await search(portal, body)).total;
    const all = await total({});
    expect(
      (await total(where("amount", "GTE", { value: "9000" }))) +
        (await total(where("amount", "LT", { value: "9000" }))) +
        (await total(where("amount", "NOT_HAS_PROPERTY"))),
    ).toBe(all);
    const cut = String(Date.parse("2026-03-01T00:00:00Z"));
    expect((await total(where("createdate", "LT", { value: cut }))) + (await total(where("createdate", "GTE", { value: cut })))).toBe(all);
    expect(await total(where("dealstage", "EQ", { value: "CLOSEDWON" }))).toBe(0);
    expect(await total(where("dealstage", "IN", { values: ["closedwon", "closedlost"] }))).toBe(
      (await total(where("dealstage", "EQ", { value: "closedwon" }))) + (await total(where("dealstage", "EQ", { value: "closedlost" }))),
    );
    const name = (await search(portal, { limit: 1, properties: ["dealname"] })).results[0].properties.dealname;
    expect(await total(where("dealname", "IN", { values: [name] }))).toBe(0);
    expect(await total(where("dealname", "IN", { values: [name.toLowerCase()] }))).toBe(1);
    expect(await total(where("amount", "BETWEEN", { value: "0", highValue: "99999999" }))).toBe(
      all - (await total(where("amount", "NOT_HAS_PROPERTY"))),
    );
  });

  test("finds contacts by lastmodifieddate and silently nothing by hs_lastmodifieddate", async () => {
    const portal = await startPortal();
    expect((await search(portal, where("lastmodifieddate", "GT", { value: "0" }), "contacts")).total).toBeGreaterThan(0);
    expect(await search(portal, where("hs_lastmodifieddate", "GT", { value: "0" }), "contacts")).toMatchObject({ total: 0, results: [] });
  });

  test("never shows archived records, and finds by association", async () => {
    const portal = await startPortal();
    const id = (await search(portal, { limit: 1 })).results[0].id;
    const calls = await search(portal, where("associations.deal", "EQ", { value: id }), "calls");
    expect(calls.total).toBe(portal.emulator.portal.tables.deals.byId.get(Number(id))?.links.calls?.length ?? 0);
    const before = (await search(portal, {})).total;
    portal.emulator.edits.archive("deals", id);
    portal.clock.advance(61_000);
    expect((await search(portal, {})).total).toBe(before - 1);
  });

  test("a bulk edit puts every record into one millisecond", async () => {
    const portal = await startPortal();
    const count = portal.emulator.edits.massUpdate("deals", { dealtype: "partner" });
    portal.clock.advance(61_000);
    const at = String(Date.parse("2026-06-30T12:00:00Z"));
    expect((await search(portal, where("hs_lastmodifieddate", "EQ", { value: at }))).total).toBe(count);
  });
});
