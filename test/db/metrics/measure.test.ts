import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { measure } from "#metrics/measure.ts";
import { METRICS } from "#metrics/registry.ts";
import { dealBlocks, markDirty } from "#warehouse/dirty.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { asking } from "../../support/ask.ts";
import { eachDatabase } from "../../support/databases.ts";
import { dealSpecs, manualNow, ORG_PEOPLE, RATES, TARGETS } from "../../support/metric-arbitraries.ts";
import { type DealSpec, dealDays, moment, organization, storeWorld, type World } from "../../support/metric-world.ts";

const YEAR = { from: "2025-01-01", to: "2027-01-01" };
const world = (deals: readonly DealSpec[]): World => ({ people: ORG_PEOPLE, rates: RATES, targets: TARGETS, deals });

/** Replaces deals as a page of a sync does: rows, history and marks of before and after. */
async function replaceDeals(warehouse: Warehouse, before: readonly DealSpec[], after: readonly DealSpec[]): Promise<void> {
  await warehouse.write(async (tx) => {
    for (const table of ["deals", "deal_stage_history", "deal_changes"] as const) {
      const id = table === "deals" ? "source_id" : "deal_id";
      await tx
        .deleteFrom(table)
        .where(id as never, "in", before.map((deal) => deal.id) as never)
        .execute();
    }
    await storeWorld(tx, { deals: after, stages: [] });
    const blocks = [...before, ...after].flatMap((deal) => {
      const { row, stays } = dealDays(deal);
      return [...dealBlocks(row, stays)];
    });
    await markDirty(tx, blocks, "test", moment("2026-06-30T11:00:00.000Z"));
  });
}

async function stored(warehouse: Warehouse) {
  return warehouse.read(async (db) => ({
    cells: await db.selectFrom("metric_cells").selectAll().orderBy("fact_set").orderBy("block").orderBy("cell").execute(),
    values: (
      await db
        .selectFrom("metric_values")
        .select(["metric", "scope_kind", "scope_id", "grain", "period_start", "value", "numerator", "denominator", "n"])
        .orderBy("metric")
        .orderBy("scope_kind")
        .orderBy("scope_id")
        .orderBy("grain")
        .orderBy("period_start")
        .execute()
    ).filter((row) => row.n > 0),
  }));
}

eachDatabase((name, open) => {
  describe("law 3: incremental equals full", () => {
    test("after any edits, cells and values are those of a first measurement", async () => {
      await fc.assert(
        fc.asyncProperty(dealSpecs(12), dealSpecs(6), async (first, edits) => {
          const edited = edits.map((deal, index) => ({ ...deal, id: first[index]?.id ?? deal.id }));
          const kept = first.filter((deal) => !edited.some((edit) => edit.id === deal.id));
          const grown = await asking(await open(), world(first), { now: manualNow });
          await measure(grown.deps);
          await replaceDeals(
            grown.deps.warehouse,
            first.filter((deal) => !kept.includes(deal)),
            edited,
          );
          await measure(grown.deps);
          const fresh = await asking(await open(), world([...kept, ...edited]), { now: manualNow });
          await measure(fresh.deps);
          expect(await stored(grown.deps.warehouse)).toEqual(await stored(fresh.deps.warehouse));
        }),
        { numRuns: name === "sqlite" ? 25 : 2, seed: 7 },
      );
    });

    test("a second measurement changes nothing", async () => {
      const ask = await asking(
        await open(),
        world([
          {
            id: "1",
            log: [
              ["2026-02-01", "discovery"],
              ["2026-03-01", "won"],
            ],
            close: "2026-03-01",
          },
        ]),
      );
      expect(await measure(ask.deps)).toMatchObject({ mode: "full", why: "first time" });
      const before = await stored(ask.deps.warehouse);
      expect(await measure(ask.deps)).toMatchObject({ mode: "nothing_changed", values: 0, cells: 0 });
      expect(await stored(ask.deps.warehouse)).toEqual(before);
    });
  });

  test("stored cells answer exactly as facts do", async () => {
    await fc.assert(
      fc.asyncProperty(dealSpecs(25), async (deals) => {
        const ask = await asking(await open(), world(deals), { now: manualNow });
        const flows = METRICS.filter((metric) => metric.anchor !== "as_of").map((metric) => metric.key);
        const questions = [
          { ...YEAR, metrics: flows, by: ["manager"], grains: ["quarter", "month"] },
          { ...YEAR, metrics: flows, by: ["rep"], grains: ["year"], where: [{ dimension: "team", value: "East" }] },
          { metrics: ["open_deals", "open_amount"], by: ["team"] },
        ];
        const fromFacts = await Promise.all(questions.map(ask.rows));
        await measure(ask.deps);
        expect(await Promise.all(questions.map(ask.rows))).toEqual(fromFacts);
      }),
      { numRuns: name === "sqlite" ? 20 : 2, seed: 11 },
    );
  });

  test("R11: a closed period whose value changes later is marked as restated", async () => {
    const deal: DealSpec = {
      id: "1",
      created: "2026-01-05",
      close: "2026-03-10",
      log: [
        ["2026-01-05", "discovery"],
        ["2026-03-10", "won"],
      ],
    };
    const lost: DealSpec = { ...deal, close: "2026-04-20", log: [...(deal.log ?? []), ["2026-04-20", "lost"]] };
    const ask = await asking(await open(), world([deal]), { organization: organization() });
    await measure(ask.deps);
    await replaceDeals(ask.deps.warehouse, [deal], [lost]);
    expect(await measure(ask.deps)).toMatchObject({ mode: "incremental" });
    const march = await ask.deps.warehouse.read((db) =>
      db
        .selectFrom("metric_values")
        .select(["value", "flags"])
        .where("metric", "=", "won_deals")
        .where("scope_kind", "=", "company")
        .where("grain", "=", "month")
        .where("period_start", "=", "2026-03-01")
        .executeTakeFirst(),
    );
    expect(march).toEqual({ value: 0, flags: '["restated"]' });
  });
});
