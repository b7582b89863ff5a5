import { expect, test } from "vitest";
import { addDays, type Day } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";
import { dealPaces } from "#metrics/deal-pace.ts";
import { eachDatabase } from "../../support/databases.ts";
import { type DealSpec, organization, storeWorld, type World } from "../../support/metric-world.ts";

/** Won deals that stayed so many days in Discovery, entered on 1 March. */
const settled = (days: readonly number[]): readonly DealSpec[] =>
  days.map((length, index) => {
    const left = addDays("2026-03-01" as Day, length);
    return {
      id: `won-${index}`,
      created: "2026-03-01",
      close: left,
      log: [
        ["2026-03-01", "discovery"],
        [left, "won"],
      ],
    };
  });
const open = (id: string, more: Partial<DealSpec> = {}): DealSpec => ({
  id,
  created: "2026-05-01",
  log: [["2026-05-31", "discovery"]],
  ...more,
});

eachDatabase((_name, openWarehouse) => {
  const paces = async (world: World, asOf = "2026-06-30T12:00:00.000Z") => {
    const warehouse = await openWarehouse();
    await warehouse.write((tx) => storeWorld(tx, world));
    return warehouse.read((db) => dealPaces(db, { asOf: asOf as Instant, organization: organization() }));
  };

  test("typical 14 days and 30 days in the stage: stuck (the method's own example)", async () => {
    const world = { deals: [...settled([4, 14, 14, 14, 14, 14, 14, 14, 14, 40]), open("1")] };
    expect(await paces(world)).toMatchObject([
      {
        dealId: "1",
        daysInStage: 30,
        typicalDays: 14,
        sampleSize: 10,
        thresholdDays: 28,
        isStuck: true,
        stuckSince: "2026-06-29",
        enteredOn: "2026-05-31",
      },
    ]);
    expect(await paces(world, "2026-06-28T12:00:00.000Z")).toMatchObject([{ daysInStage: 28, isStuck: false, stuckSince: null }]);
  });

  test("nine settled stays are too few: 30 days hold", async () => {
    const world = {
      deals: [...settled([14, 14, 14, 14, 14, 14, 14, 14, 14]), open("1"), open("2", { log: [["2026-05-30", "discovery"]] })],
    };
    expect(await paces(world)).toMatchObject([
      { dealId: "2", typicalDays: null, sampleSize: 9, thresholdDays: 30, isStuck: true, stuckSince: "2026-06-30" },
      { dealId: "1", isStuck: false },
    ]);
  });

  test("never stuck within a week, however fast others were", async () => {
    const world = { deals: [...settled(Array.from({ length: 10 }, () => 1)), open("1", { log: [["2026-06-23", "discovery"]] })] };
    expect(await paces(world)).toMatchObject([{ daysInStage: 7, thresholdDays: 7, isStuck: false }]);
  });

  test("without stage history a deal counts from its creation; closed, deleted and undated deals are left out", async () => {
    const world = {
      deals: [
        open("1", { log: [], created: "2026-05-01" }),
        open("2", { log: [], created: null }),
        open("3", { deleted: "2026-06-01T00:00:00.000Z" }),
        open("4", { outcome: "lost", close: "2026-06-01" }),
      ],
    };
    expect(await paces(world)).toMatchObject([{ dealId: "1", basis: "created", daysInStage: 60, isStuck: true }]);
  });
});
