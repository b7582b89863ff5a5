import { expect, test } from "vitest";
import { explainMetric } from "#metrics/explain.ts";
import { measure } from "#metrics/measure.ts";
import { asking } from "../../support/ask.ts";
import { eachDatabase } from "../../support/databases.ts";

const YEAR = { from: "2026-01-01", to: "2027-01-01" };
const members = (team: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `${team}-${index}`, teams: [{ name: team, from: "2025-01-01" }] }));
const world = {
  people: [...members("East", 6), ...members("West", 5), ...members("Tiny", 2)],
  deals: ["East-0", "West-0", "Tiny-0"].map((owner) => ({ id: owner, owner, stage: "won", close: "2026-05-10" })),
};

eachDatabase((_name, open) => {
  test("with people.level team, groups of fewer than five say nothing, and stored results of reps are taken away", async () => {
    const ask = await asking(await open(), world, { peopleLevel: "team" });
    expect(await ask.by("won_deals", "team", YEAR)).toEqual({ East: 1, West: 1, Tiny: null });
    const tiny = (await ask.rows({ ...YEAR, metrics: ["won_deals"], by: ["team"] })).find((row) => row.by["team"] === "Tiny");
    expect(tiny).toMatchObject({ value: null, numerator: null, n: 0, parts: null, flags: ["small_group"] });
    expect(await ask.one("won_deals", YEAR)).toMatchObject({ value: 3 });
    await measure({ ...ask.deps, peopleLevel: "individual" });
    await measure(ask.deps);
    const scopes = await ask.deps.warehouse.read((db) =>
      db
        .selectFrom("metric_values")
        .select(["scope_kind", "scope_id"])
        .distinct()
        .where("scope_kind", "=", "rep")
        .orderBy("scope_id")
        .execute(),
    );
    expect(scopes).toEqual([]);
  });

  test("neither a filter nor the rows behind a value lead to a person", async () => {
    const ask = await asking(await open(), world, { peopleLevel: "team" });
    const where = [{ dimension: "team", value: "Tiny" }];
    expect(await ask.one("won_deals", { ...YEAR, where })).toMatchObject({ value: null, flags: ["small_group"] });
    await expect(explainMetric(ask.deps, { ...YEAR, where, metric: "won_deals" })).rejects.toMatchObject({ code: "metrics.people_level" });
    const [explained] = await explainMetric(ask.deps, { ...YEAR, metric: "won_deals" });
    expect(explained?.numerator.sample.map((row) => row.person)).toEqual([null, null, null]);
  });

  test("with people.level individual every group is shown", async () => {
    const ask = await asking(await open(), world);
    expect(await ask.by("won_deals", "team", YEAR)).toEqual({ East: 1, West: 1, Tiny: 1 });
  });
});
