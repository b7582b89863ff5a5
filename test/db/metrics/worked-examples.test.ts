import { expect, test } from "vitest";
import { asking } from "../../support/ask.ts";
import { eachDatabase } from "../../support/databases.ts";

const YEAR = { from: "2026-01-01", to: "2027-01-01" };
const person = (id: string) => ({ id, managers: [{ id: "mia", from: "2025-01-01" }], teams: [{ name: "East", from: "2025-01-01" }] });
const won = (id: string, owner: string, more = {}) => ({ id, owner, outcome: "won" as const, stage: "won", close: "2026-05-10", ...more });
const lost = (id: string, owner: string, more = {}) => ({
  id,
  owner,
  outcome: "lost" as const,
  stage: "lost",
  close: "2026-05-10",
  ...more,
});

eachDatabase((_name, open) => {
  test("example 1: a rate is recomputed at every level, and nothing closed is no data", async () => {
    const ask = await asking(await open(), {
      people: ["a", "b", "c", "d"].map(person),
      deals: [won("1", "a"), won("2", "b"), lost("3", "b"), lost("4", "c"), lost("5", "c"), { id: "6", owner: "d" }],
    });
    expect(await ask.by("win_rate", "rep", YEAR)).toEqual({ a: 1, b: 0.5, c: 0, d: null });
    const team = await ask.rows({ ...YEAR, metrics: ["win_rate"], by: ["team"] });
    expect(team).toMatchObject([
      { by: { team: "East" }, value: 0.4, numerator: 2, denominator: 5, n: 5, flags: ["low_sample", "partial"] },
    ]);
    expect((await ask.rows({ ...YEAR, metrics: ["win_rate"], by: ["rep"] })).map((row) => row.flags[0])).toEqual([
      "low_sample",
      "low_sample",
      "low_sample",
      "zero_denominator",
    ]);
  });

  test("example 2: stays are maximal runs; an amount change ends none", async () => {
    const ask = await asking(await open(), {
      deals: [
        {
          id: "1",
          created: "2026-03-01",
          close: "2026-03-25",
          log: [
            ["2026-03-01", "discovery"],
            ["2026-03-05", "discovery"],
            ["2026-03-08", "proposal"],
            ["2026-03-12", "discovery"],
            ["2026-03-15", "proposal"],
            ["2026-03-25", "won"],
          ],
        },
      ],
    });
    expect(await ask.by("avg_days_in_stage", "stage", YEAR)).toEqual({ "hs:discovery": 5, "hs:proposal": 7 });
    expect(await ask.by("avg_days_in_stage_median", "stage", YEAR)).toEqual({ "hs:discovery": 5, "hs:proposal": 7 });
    expect(await ask.by("cumulative_days_in_stage", "stage", YEAR)).toEqual({ "hs:discovery": 10, "hs:proposal": 14 });
    expect(await ask.by("stage_entries", "stage", YEAR)).toEqual({ "hs:discovery": 1, "hs:proposal": 1, "hs:won": 1 });
    expect(await ask.one("backward_rate", YEAR)).toMatchObject({ numerator: 1, denominator: 4 });
  });

  test("example 4: coverage of what is missing, gross beside it; a target that is met is no data", async () => {
    const of = async (wonMinor: number) => {
      const ask = await asking(await open(), {
        people: [{ id: "a" }],
        deals: [won("1", "a", { amount: wonMinor }), { id: "2", owner: "a", amount: 45_000_000, close: "2026-06-30" }],
        targets: [{ who: "a", from: "2026-04-01", to: "2026-07-01", value: "300000" }],
      });
      return ask.one("pipeline_coverage", { asOf: "2026-06-15" });
    };
    expect(await of(12_000_000)).toMatchObject({ value: 2.5, numerator: 450_000, denominator: 180_000, parts: { coverage_gross: 1.9 } });
    expect(await of(31_000_000)).toMatchObject({ value: null, flags: ["target_met", "partial"] });
  });

  test("example 7: open deals count for as long as they were watched", async () => {
    const closing = (id: string, created: string, close: string, stage: "won" | "lost") => ({ id, created, close, stage, outcome: stage });
    const ask = await asking(await open(), {
      deals: [
        closing("1", "2026-04-01", "2026-04-11", "won"),
        closing("2", "2026-04-01", "2026-04-21", "lost"),
        closing("3", "2026-04-01", "2026-05-01", "won"),
        { id: "4", created: "2026-06-15" },
        { id: "5", created: "2026-05-21" },
      ],
    });
    const row = await ask.one("win_incidence", YEAR);
    expect(row.n).toBe(5);
    expect(row.parts?.["win_30"]).toBeCloseTo(0.4667, 4);
    expect(row.parts?.["still_open_30"]).toBeCloseTo(0.2667, 4);
    expect((await ask.one("win_rate", YEAR)).value).toBeCloseTo(0.667, 3);
    expect((await ask.one("close_rate", YEAR)).value).toBeCloseTo(0.4, 10);
    expect((await ask.one("close_rate", YEAR)).flags).toContain("immature");
  });

  test("example 8: a proportion carries its Wilson interval", async () => {
    const ask = await asking(await open(), { deals: [won("1", "a"), won("2", "a"), won("3", "a"), lost("4", "a")] });
    const { interval } = await ask.one("win_rate", YEAR);
    expect(interval?.[0]).toBeCloseTo(0.3006, 4);
    expect(interval?.[1]).toBeCloseTo(0.9544, 4);
  });

  test("example 10: lost deals of amount 0 leave the win rate as usual", async () => {
    const ask = await asking(await open(), { deals: [won("1", "a"), lost("2", "a", { amount: 0 }), lost("3", "a", { amount: 0 })] });
    expect((await ask.one("win_rate", YEAR)).value).toBeCloseTo(1 / 3);
    expect(await ask.one("win_rate_value", YEAR)).toMatchObject({ value: null, flags: ["amounts_blank_on_loss", "partial"] });
  });

  test("example 11: a deal first seen won counts as won, and has no cycle and no stays", async () => {
    const ask = await asking(await open(), {
      deals: [{ id: "1", created: "2026-05-01", close: "2026-05-02", amount: 5_000, log: [["2026-05-02", "won"]] }],
    });
    expect(await ask.one("won_deals", YEAR)).toMatchObject({ value: 1 });
    expect(await ask.one("won_amount", YEAR)).toMatchObject({ value: 50, unit: "money" });
    expect(await ask.one("sales_cycle_days", YEAR)).toMatchObject({ value: null, flags: ["zero_denominator", "partial"] });
    expect(await ask.one("avg_days_in_stage", YEAR)).toMatchObject({ value: null });
    expect(await ask.one("stage_conversion", YEAR)).toMatchObject({ value: null });
    expect(await ask.one("born_closed", YEAR)).toMatchObject({ value: 1 });
  });

  test("example 12: won in March and lost in April is won as of the end of March and lost as of the end of April", async () => {
    const ask = await asking(await open(), {
      deals: [
        {
          id: "1",
          created: "2026-02-01",
          close: "2026-04-20",
          log: [
            ["2026-02-01", "discovery"],
            ["2026-03-10", "won"],
            ["2026-04-20", "lost"],
          ],
          changes: [
            ["2026-02-01", "closeDay", "2026-03-31"],
            ["2026-03-10", "closeDay", "2026-03-10"],
            ["2026-04-20", "closeDay", "2026-04-20"],
          ],
        },
      ],
    });
    const counts = async (asOf: string) => [
      (await ask.one("won_deals", { ...YEAR, asOf })).value,
      (await ask.one("lost_deals", { ...YEAR, asOf })).value,
    ];
    expect(await counts("2026-03-31")).toEqual([1, 0]);
    expect(await counts("2026-04-30")).toEqual([0, 1]);
    expect(await counts("2026-06-30")).toEqual([0, 1]);
    expect(await ask.one("open_deals", { asOf: "2026-03-01" })).toMatchObject({ value: 1 });
  });

  test("example 13: an amount without a rate is missing, never taken at rate 1; the count stays", async () => {
    const ask = await asking(await open(), {
      deals: [won("1", "a"), won("2", "a", { currency: "USD" }), won("3", "a", { currency: "JPY", amount: 1_000 })],
      rates: [{ currency: "USD", day: "2026-01-01", rate: 0.5 }],
    });
    expect(await ask.one("won_deals", YEAR)).toMatchObject({ value: 3 });
    expect(await ask.one("won_amount", YEAR)).toMatchObject({
      value: null,
      n: 3,
      flags: ["missing_rate", "partial"],
      parts: { missing_rate_count: 1, null_amount_count: 0, known_amount: 150 },
    });
  });

  test("example 14: results go to the owner of the moment", async () => {
    const ask = await asking(await open(), {
      people: [person("a"), person("b")],
      deals: [
        {
          id: "1",
          owner: "b",
          created: "2026-01-10",
          close: "2026-03-20",
          log: [
            ["2026-01-10", "discovery"],
            ["2026-03-20", "won"],
          ],
          changes: [
            ["2026-01-10", "owner", "a"],
            ["2026-03-10", "owner", "b"],
          ],
        },
      ],
    });
    expect(await ask.by("won_amount", "rep", YEAR)).toEqual({ b: 100 });
    expect(await ask.by("open_deals", "rep", { asOf: "2026-02-28" })).toMatchObject({ a: 1 });
    expect(await ask.by("avg_days_in_stage", "rep", YEAR)).toEqual({ b: 69 });
  });

  test("example 15: deleted deals leave counts of 0 and no ratios", async () => {
    const ask = await asking(await open(), { deals: [won("1", "a", { deleted: "2026-06-01T00:00:00.000Z" })] });
    expect(await ask.one("won_deals", YEAR)).toMatchObject({ value: 0 });
    expect(await ask.one("win_rate", YEAR)).toMatchObject({ value: null, flags: ["zero_denominator", "partial"] });
  });
});
