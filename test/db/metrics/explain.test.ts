import { expect, test } from "vitest";
import { explainMetric } from "#metrics/explain.ts";
import { asking } from "../../support/ask.ts";
import { eachDatabase } from "../../support/databases.ts";

const MAY = { from: "2026-05-01", to: "2026-06-01" };

eachDatabase((_name, open) => {
  test("rows counted and rows left out, with the reason, from the same rule as the value", async () => {
    const ask = await asking(await open(), {
      deals: [
        { id: "1", stage: "won", close: "2026-05-03" },
        { id: "2", stage: "lost", close: "2026-05-04", amount: null },
        { id: "3", stage: "duplicate", close: "2026-05-05" },
        { id: "4", stage: "won", close: "2026-04-30" },
      ],
    });
    const [explained] = await explainMetric(ask.deps, { ...MAY, metric: "win_rate" });
    expect(explained).toMatchObject({
      metric: "win_rate",
      numerator: { count: 1, sample: [{ record: "hs:1", name: "Deal 1", day: "2026-05-03", person: "hs:ana", amount: 100 }] },
      denominator: { count: 2 },
      excluded: [{ reason: "disqualified", count: 1, sample: [{ record: "hs:3" }] }],
    });
    expect(explained?.denominator.sample[1]).toMatchObject({ record: "hs:2", amount: null, note: "no amount" });
  });

  test("a KPI made of others is explained by those; a sample has its limit, the count has none", async () => {
    const ask = await asking(await open(), {
      people: [{ id: "ana" }],
      deals: Array.from({ length: 30 }, (_, index) => ({
        id: String(index),
        stage: "won",
        close: "2026-05-03",
        currency: index === 0 ? "USD" : "EUR",
      })),
      targets: [{ who: "ana", from: "2026-05-01", to: "2026-06-01", value: "1000" }],
    });
    const explained = await explainMetric(ask.deps, { ...MAY, metric: "quota_attainment" }, 5);
    expect(explained.map((each) => [each.metric, each.numerator.count, each.numerator.sample.length])).toEqual([
      ["won_amount", 30, 5],
      ["quota", 1, 1],
    ]);
    expect(explained[0]?.numerator.sample[0]).toMatchObject({ amount: null, note: "USD: no exchange rate" });
    expect(explained[1]?.numerator.sample[0]).toMatchObject({ record: "ana", amount: 1000 });
  });
});
