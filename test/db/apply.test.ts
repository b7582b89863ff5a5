import { expect, test } from "vitest";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { apply } from "../support/apply.ts";
import { eachDatabase } from "../support/databases.ts";
import { at, deal, salesProcess, stageEntry, upserts, user } from "../support/records.ts";

const deals = (warehouse: Warehouse) => warehouse.read((db) => db.selectFrom("deals").selectAll().orderBy("source_id").execute());
const superseded = (warehouse: Warehouse) =>
  warehouse.read((db) =>
    db.selectFrom("superseded_records").select(["source_id", "seen_from", "seen_to", "row"]).orderBy("seen_from").execute(),
  );

eachDatabase((_name, open) => {
  test("a deal becomes a row with money in minor units and days of the organisation's zone", async () => {
    const warehouse = await open();
    const report = await apply(warehouse, [
      ...upserts("stageVersion", salesProcess()),
      ...upserts("deal", [deal({ createdAt: at("2026-02-28T23:30:00Z"), amountRaw: "12.345", currency: "jpy" })]),
    ]);
    expect(report.counts.deal).toEqual({ inserted: 1, changed: 0, deleted: 0, unchanged: 0, older: 0 });
    expect(await deals(warehouse)).toMatchObject([
      {
        connection_id: "hs",
        source_id: "1",
        currency: "JPY",
        amount_minor: 12,
        created_day: "2026-03-01",
        outcome: "open",
        born_closed: 0,
      },
    ]);
  });

  test("the same content again is no change, a newer stamp alone is kept without one", async () => {
    const warehouse = await open();
    await apply(warehouse, upserts("deal", [deal()]));
    const before = await deals(warehouse);
    expect((await apply(warehouse, upserts("deal", [deal()]), { now: at("2026-07-01") })).counts.deal).toMatchObject({
      unchanged: 1,
      changed: 0,
    });
    expect(await deals(warehouse)).toEqual(before);
    await apply(warehouse, upserts("deal", [deal({ sourceUpdatedAt: at("2026-05-01") })]), { now: at("2026-07-02") });
    expect(await deals(warehouse)).toEqual([{ ...before[0], source_updated_at: at("2026-05-01") }]);
    expect(await superseded(warehouse)).toEqual([]);
  });

  test("an older version never overwrites a newer one, even after a stamp that changed nothing", async () => {
    const warehouse = await open();
    await apply(warehouse, upserts("deal", [deal({ name: "A", sourceUpdatedAt: at("2026-03-01") })]));
    await apply(warehouse, upserts("deal", [deal({ name: "A", sourceUpdatedAt: at("2026-03-03") })]));
    const report = await apply(warehouse, upserts("deal", [deal({ name: "B", sourceUpdatedAt: at("2026-03-02") })]));
    expect(report.counts.deal).toMatchObject({ older: 1 });
    expect(await deals(warehouse)).toMatchObject([{ name: "A" }]);
  });

  test("a changed deal leaves the version it replaces", async () => {
    const warehouse = await open();
    await apply(warehouse, upserts("deal", [deal({ amountRaw: "5" })]), { now: at("2026-06-01") });
    await apply(warehouse, upserts("deal", [deal({ amountRaw: "7" })]), { now: at("2026-06-02") });
    expect(await deals(warehouse)).toMatchObject([
      { amount_minor: 700, first_seen_at: at("2026-06-01"), changed_seen_at: at("2026-06-02") },
    ]);
    const [old] = await superseded(warehouse);
    expect(old).toMatchObject({ source_id: "1", seen_from: at("2026-06-01"), seen_to: at("2026-06-02") });
    expect(JSON.parse(old!.row)).toMatchObject({ amount_minor: 500, outcome: "open" });
  });

  test("a deal whose amount can't be kept is rejected with code and field; the rest of the page goes in", async () => {
    const warehouse = await open();
    const report = await apply(
      warehouse,
      upserts("deal", [
        deal({ id: "1", amountRaw: "twelve" }),
        deal({ id: "2", amountRaw: "99999999999999999" }),
        deal({ id: "3", currency: "ZZZ" }),
        deal({ id: "4", amountRaw: " ", currency: null }),
      ]),
    );
    expect(report.rejects.map((reject) => [reject.ref, reject.code])).toEqual([
      ["1", "record.bad_amount"],
      ["2", "record.amount_too_large"],
      ["3", "record.unknown_currency"],
    ]);
    expect(await deals(warehouse)).toMatchObject([{ source_id: "4", amount_minor: null, currency: "EUR" }]);
  });

  test("characters that no database keeps are replaced and counted (law 4)", async () => {
    const warehouse = await open();
    const report = await apply(warehouse, upserts("deal", [deal({ name: "a\0b\ud800c", nextStep: "\udfff" })]));
    expect(report.replacedCharacters).toBe(3);
    expect(await deals(warehouse)).toMatchObject([{ name: "a\ufffdb\ufffdc", next_step: "\ufffd" }]);
  });

  test("stays are kept as entries arrive, whatever comes first", async () => {
    const warehouse = await open();
    await apply(warehouse, upserts("stageEntry", [stageEntry({ dealId: "1", stageId: "won", enteredAt: at("2026-03-25T12:00Z") })]));
    await apply(warehouse, upserts("deal", [deal({ stageId: "won" })]));
    await apply(warehouse, upserts("stageVersion", salesProcess()));
    await apply(warehouse, upserts("stageEntry", [stageEntry({ dealId: "1", stageId: "discovery", enteredAt: at("2026-03-01T12:00Z") })]));
    expect(await deals(warehouse)).toMatchObject([
      { outcome: "won", born_closed: 0, stage_closed_at: at("2026-03-25T12:00Z"), stage_entered_at: at("2026-03-25T12:00Z") },
    ]);
    const stays = await warehouse.read((db) =>
      db
        .selectFrom("deal_stage_history")
        .select(["ordinal", "stage_id", "days", "direction", "entered_day", "left_day"])
        .orderBy("ordinal")
        .execute(),
    );
    expect(stays).toEqual([
      { ordinal: 1, stage_id: "discovery", days: 24, direction: "first", entered_day: "2026-03-01", left_day: "2026-03-25" },
      { ordinal: 2, stage_id: "won", days: null, direction: "close", entered_day: "2026-03-25", left_day: null },
    ]);
  });

  test("users keep the person they were joined to when they change", async () => {
    const warehouse = await open();
    await apply(warehouse, upserts("user", [user()]));
    await warehouse.write((tx) => tx.updateTable("crm_users").set({ person_id: "p1" }).execute());
    expect((await apply(warehouse, upserts("user", [user({ name: "New" })]))).peopleChanged).toBe(true);
    const rows = await warehouse.read((db) => db.selectFrom("crm_users").select(["name", "person_id"]).execute());
    expect(rows).toEqual([{ name: "New", person_id: "p1" }]);
  });
});
