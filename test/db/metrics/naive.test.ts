import fc from "fast-check";
import { expect, test } from "vitest";
import type { MetricsRow } from "#metrics/query.ts";
import { asking } from "../../support/ask.ts";
import { eachDatabase } from "../../support/databases.ts";
import { dealSpecs, manualNow, ORG_PEOPLE, RATES } from "../../support/metric-arbitraries.ts";
import { NAIVE_METRICS, type NaiveValue, naive } from "../../support/naive-metrics.ts";

const MONEY = new Set(["won_amount", "open_amount", "avg_deal_size"]);

/** The engine's row as the naive computation says it. */
function asNaive(row: MetricsRow): NaiveValue {
  return { value: row.value === null ? null : MONEY.has(row.metric) ? row.value * 100 : row.value, n: row.n };
}

eachDatabase((name, open) => {
  test("R5: on random worlds, at any as-of and by any dimension, the engine agrees with plain loops over all records", async () => {
    await fc.assert(
      fc.asyncProperty(
        dealSpecs(20),
        fc.constantFrom("rep", "manager", "team", "stage", "source"),
        fc.constantFrom("2025-12-31", "2026-02-15", "2026-03-09", "2026-03-10", "2026-05-01", "2026-06-30"),
        fc.constantFrom(["2025-10-01", "2027-01-01"], ["2026-01-01", "2026-04-01"], ["2026-03-10", "2026-03-11"]),
        async (deals, by, asOf, [start = "", end = ""]) => {
          const world = { people: ORG_PEOPLE, rates: RATES, deals };
          const ask = await asking(await open(), world, { now: manualNow });
          const flows = NAIVE_METRICS.filter((metric) => !metric.startsWith("open_"));
          const rows = [
            ...(await ask.rows({ metrics: flows, by: [by], from: start, to: end, asOf })),
            ...(await ask.rows({ metrics: ["open_deals", "open_amount"], by: [by], asOf })),
          ];
          for (const metric of NAIVE_METRICS) {
            const expected = naive(world, { metric, by, start, end, asOf: `${asOf}T23:59:59.999Z`, now: manualNow });
            const own = rows.filter((row) => row.metric === metric);
            const got = new Map(own.map((row) => [row.by[by] ?? "", asNaive(row)]));
            for (const [group, value] of expected) {
              const found = got.get(group);
              expect(found?.n, `n of ${metric} of ${group}`).toBe(value.n);
              if (value.value === null) expect(found?.value, `${metric} of ${group}`).toBeNull();
              else expect(found?.value, `${metric} of ${group}`).toBeCloseTo(value.value, 6);
            }
            for (const [group, value] of got) if (!expected.has(group)) expect(value.value ?? 0, `${metric} of ${group}`).toBe(0);
          }
        },
      ),
      { numRuns: name === "sqlite" ? 120 : 4, seed: 3 },
    );
  });
});
