import { expect, test } from "vitest";
import { dailyBudget } from "#sync/daily-budget.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { eachDatabase } from "../support/databases.ts";
import { manualClock } from "../support/manual-clock.ts";

const usage = (warehouse: Warehouse) =>
  warehouse.read((db) => db.selectFrom("api_usage").select(["day", "calls", "reported_used", "reported_limit"]).orderBy("day").execute());

eachDatabase((_name, open) => {
  const budgetOf = (warehouse: Warehouse, clock = manualClock({ start: "2026-06-30T21:30:00.000Z" })) => ({
    clock,
    budget: dailyBudget({ warehouse, connectionId: "hs", clock, dailyShare: 0.5, timeZone: "Europe/Berlin" }),
  });

  test("calls are booked ahead in tens and counted over processes", async () => {
    const warehouse = await open();
    const { budget } = budgetOf(warehouse);
    for (let call = 0; call < 11; call += 1) await budget.spend(1);
    await budgetOf(warehouse).budget.spend(25);
    expect(await usage(warehouse)).toMatchObject([{ day: "2026-06-30", calls: 45 }]);
  });

  test("calls made side by side are booked once each", async () => {
    const warehouse = await open();
    const { budget } = budgetOf(warehouse);
    await Promise.all(Array.from({ length: 20 }, () => budget.spend(1)));
    expect(await usage(warehouse)).toMatchObject([{ calls: 20 }]);
  });

  test("beyond the share of the CRM's limit it says until when to wait; the next local day begins anew", async () => {
    const warehouse = await open();
    const { budget, clock } = budgetOf(warehouse);
    budget.observe({ used: 300, limit: 60 });
    for (let call = 0; call < 30; call += 1) await budget.spend(1);
    await expect(budget.spend(1)).rejects.toMatchObject({ code: "sync.daily_share", recovery: "wait", retryAfterMs: 30 * 60_000 });
    // What the CRM said holds for the next process, too.
    await expect(budgetOf(warehouse, clock).budget.spend(1)).rejects.toMatchObject({ code: "sync.daily_share" });
    await clock.advance(30 * 60_000);
    await budget.spend(1);
    expect(await usage(warehouse)).toEqual([
      { day: "2026-06-30", calls: 30, reported_used: 300, reported_limit: 60 },
      { day: "2026-07-01", calls: 10, reported_used: 300, reported_limit: 60 },
    ]);
  });
});
