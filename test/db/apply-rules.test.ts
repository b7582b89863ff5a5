import { expect, test } from "vitest";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { apply } from "../support/apply.ts";
import { eachDatabase } from "../support/databases.ts";
import { account, at, deal, salesProcess, stage, stageEntry, upserts } from "../support/records.ts";

const deals = (warehouse: Warehouse) => warehouse.read((db) => db.selectFrom("deals").selectAll().orderBy("source_id").execute());
const dirty = (warehouse: Warehouse) =>
  warehouse.read(async (db) => (await db.selectFrom("dirty_scopes").select("scope").orderBy("scope").execute()).map((row) => row.scope));
const cleaned = (warehouse: Warehouse) => warehouse.write((tx) => tx.deleteFrom("dirty_scopes").execute());
const living = async (warehouse: Warehouse) =>
  (await deals(warehouse)).filter((row) => row.deleted_seen_at === null).map((row) => row.source_id);
const ids = (...list: readonly string[]) =>
  upserts(
    "deal",
    list.map((id) => deal({ id, sourceUpdatedAt: null })),
  );

eachDatabase((_name, open) => {
  test("a sweep takes what it did not list for gone, within its range only; numbers compare as numbers", async () => {
    const warehouse = await open();
    await apply(warehouse, ids("2", "9", "10", "11", "100"));
    const sweep = { type: "deal", op: "present", ids: ["10"], within: { order: "numeric", after: "2", upTo: "11" } } as const;
    const report = await apply(warehouse, [sweep]);
    expect(report.counts.deal).toMatchObject({ deleted: 2 });
    expect(await living(warehouse)).toEqual(["10", "100", "2"]);
    await apply(warehouse, [{ type: "deal", op: "present", ids: ["9"], within: { order: "numeric", after: null, upTo: null } }]);
    expect(await living(warehouse)).toEqual(["9"]);
  });

  test("a sweep by text and prefix leaves other kinds alone", async () => {
    const warehouse = await open();
    await apply(warehouse, ids("call/1", "call/2", "email/1", "calls/3"));
    await apply(warehouse, [
      { type: "deal", op: "present", ids: ["call/2"], within: { order: "text", after: null, upTo: null, prefix: "call/" } },
    ]);
    expect(await living(warehouse)).toEqual(["call/2", "calls/3", "email/1"]);
  });

  test("a merged deal leaves, names its survivor and does not come back", async () => {
    const warehouse = await open();
    await apply(warehouse, ids("1", "2"));
    await apply(warehouse, [{ type: "deal", op: "merge", loser: "1", winner: "2" }]);
    expect(await deals(warehouse)).toMatchObject([{ source_id: "1", merged_into: "2" }, { deleted_seen_at: null }]);
    await apply(warehouse, upserts("deal", [deal({ id: "1", name: "late", sourceUpdatedAt: at("2026-08-01") })]));
    expect(await living(warehouse)).toEqual(["2"]);
    await apply(warehouse, [{ type: "deal", op: "merge", loser: "3", winner: "2" }]);
    await apply(warehouse, ids("3"));
    expect((await deals(warehouse)).at(-1)).toMatchObject({ source_id: "3", merged_into: "2", deleted_seen_at: expect.any(String) });
  });

  test("a deletion that arrives before its record is kept", async () => {
    const warehouse = await open();
    await apply(warehouse, [{ type: "deal", op: "delete", id: "1" }]);
    await apply(warehouse, upserts("deal", [deal({ sourceUpdatedAt: at("2026-03-01") })]));
    expect(await living(warehouse)).toEqual([]);
    await apply(warehouse, upserts("deal", [deal({ sourceUpdatedAt: at("2026-07-01"), name: "restored" })]));
    expect(await living(warehouse)).toEqual(["1"]);
  });

  test("a source without a log: what changes between two readings is kept as one, with an assumed beginning", async () => {
    const warehouse = await open();
    const derived = (now: string) => ({ historyBasis: "derived", now: at(now) }) as const;
    await apply(warehouse, upserts("stageVersion", salesProcess()), derived("2026-03-02"));
    await apply(warehouse, upserts("deal", [deal({ sourceUpdatedAt: null })]), derived("2026-03-02"));
    expect((await deals(warehouse))[0]).toMatchObject({ stage_entered_at: null, born_closed: 0 });
    await apply(
      warehouse,
      upserts("deal", [deal({ sourceUpdatedAt: null, stageId: "proposal", amountRaw: "2000" })]),
      derived("2026-03-10"),
    );
    await apply(warehouse, upserts("deal", [deal({ sourceUpdatedAt: null, stageId: "won", amountRaw: "2000" })]), derived("2026-03-20"));
    await apply(warehouse, upserts("deal", [deal({ sourceUpdatedAt: null, stageId: "won", amountRaw: "2000" })]), derived("2026-03-21"));
    const stays = await warehouse.read((db) =>
      db.selectFrom("deal_stage_history").select(["stage_id", "entered_day", "days", "basis"]).orderBy("ordinal").execute(),
    );
    expect(stays).toEqual([
      { stage_id: "discovery", entered_day: "2026-03-01", days: null, basis: "created" },
      { stage_id: "proposal", entered_day: "2026-03-10", days: 10, basis: "observed" },
      { stage_id: "won", entered_day: "2026-03-20", days: null, basis: "observed" },
    ]);
    expect((await deals(warehouse))[0]).toMatchObject({ outcome: "won", stage_closed_at: null, born_closed: 0, reopen_count: 0 });
    const changes = await warehouse.read((db) =>
      db.selectFrom("deal_changes").select(["field", "value", "changed_at", "basis"]).orderBy("changed_at").execute(),
    );
    expect(changes).toEqual([
      { field: "amount", value: "1000", changed_at: at("2026-03-01T09:00:00Z"), basis: "created" },
      { field: "amount", value: "2000", changed_at: at("2026-03-10"), basis: "observed" },
    ]);
  });

  test("a stage that now means something else settles the deals in it, and keeps what they were", async () => {
    const warehouse = await open();
    const now = (text: string) => ({ now: at(text) });
    await apply(
      warehouse,
      [...upserts("stageVersion", salesProcess()), ...upserts("deal", [deal({ stageId: "negotiation" })])],
      now("2026-05-01"),
    );
    await cleaned(warehouse);
    await apply(
      warehouse,
      upserts("stageVersion", [stage({ stageId: "negotiation", order: 2, outcome: "lost", label: "Gave up" })]),
      now("2026-06-01"),
    );
    expect(await deals(warehouse)).toMatchObject([{ outcome: "lost", changed_seen_at: at("2026-06-01") }]);
    const old = await warehouse.read((db) => db.selectFrom("superseded_records").select("row").where("table_name", "=", "deals").execute());
    expect(JSON.parse(old[0]!.row)).toMatchObject({ outcome: "open" });
    const versions = await warehouse.read((db) =>
      db.selectFrom("stage_versions").select(["label", "valid_from"]).where("stage_id", "=", "negotiation").orderBy("valid_from").execute(),
    );
    expect(versions).toEqual([
      { label: "negotiation", valid_from: "1970-01-01T00:00:00.000Z" },
      { label: "Gave up", valid_from: at("2026-06-01") },
    ]);
    expect(await dirty(warehouse)).toContain("all");
  });

  test("configured outcomes beat the CRM's, and changing them settles the deals again", async () => {
    const warehouse = await open();
    const page = [...upserts("stageVersion", salesProcess()), ...upserts("deal", [deal({ stageId: "won", outcome: "won" })])];
    await apply(warehouse, page);
    expect((await deals(warehouse))[0]?.outcome).toBe("won");
    await apply(warehouse, upserts("stageVersion", salesProcess()), { stageOverrides: { "hs:won": "disqualified" } });
    expect((await deals(warehouse))[0]?.outcome).toBe("disqualified");
  });

  test("blocks before and after a change are dirty; nothing new, nothing dirty", async () => {
    const warehouse = await open();
    const page = [
      ...upserts("stageVersion", salesProcess()),
      ...upserts("deal", [deal({ accountId: "acc1" })]),
      ...upserts("stageEntry", [stageEntry({ dealId: "1", stageId: "discovery", enteredAt: at("2026-03-01") })]),
    ];
    await apply(warehouse, page);
    await cleaned(warehouse);
    await apply(warehouse, page);
    expect(await dirty(warehouse)).toEqual([]);
    await apply(
      warehouse,
      upserts("deal", [
        deal({ accountId: "acc1", stageId: "won", closeDay: null, closedAt: at("2026-05-05"), sourceUpdatedAt: at("2026-05-05") }),
      ]),
    );
    expect(await dirty(warehouse)).toEqual(["closed:2026-05", "created:2026-03", "open", "stage:2026-03"]);
    await cleaned(warehouse);
    await apply(warehouse, upserts("account", [account({ sector: "Retail" })]));
    expect(await dirty(warehouse)).toEqual(["closed:2026-05", "created:2026-03", "stage:2026-03"]);
  });

  test("our own write moves a time only: no row is told, no block dirty (law 5)", async () => {
    const warehouse = await open();
    await apply(warehouse, upserts("deal", [deal()]));
    await cleaned(warehouse);
    const report = await apply(warehouse, upserts("deal", [deal({ sourceUpdatedAt: at("2026-06-29") })]), { now: at("2026-07-01") });
    expect([report.counts.deal?.changed, await dirty(warehouse)]).toEqual([0, []]);
  });
});
