import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { percentileOfCounts } from "#metrics/estimators/percentile.ts";
import { shrunkProportion, twoProportionTest, wilsonInterval } from "#metrics/estimators/proportions.ts";
import { trendOf } from "#metrics/estimators/trend.ts";

describe("proportions", () => {
  test("catalogue example 8: 3 of 4 and 30 of 40", () => {
    const [low, high] = wilsonInterval(3, 4) ?? [];
    expect([low?.toFixed(4), high?.toFixed(4)]).toEqual(["0.3006", "0.9544"]);
    const [low40, high40] = wilsonInterval(30, 40) ?? [];
    expect([low40?.toFixed(4), high40?.toFixed(4)]).toEqual(["0.5981", "0.8581"]);
    expect(shrunkProportion(3, 4, 0.4).toFixed(4)).toBe("0.4583");
  });
  test("no cases, no interval", () => expect(wilsonInterval(0, 0)).toBeNull());
  test("the interval holds the proportion and stays within 0 and 1", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const k = Math.round(share * n);
        const [low, high] = wilsonInterval(k, n) ?? [1, 0];
        return low >= 0 && high <= 1 && low <= k / n + 1e-12 && high >= k / n - 1e-12;
      }),
    );
  });
  test("two proportions: z is 2√2 for 60 against 40 of 100, which normal tables give as p 0.004678", () => {
    expect(twoProportionTest(60, 100, 40, 100)).toBeCloseTo(0.004678, 5);
    expect(twoProportionTest(40, 100, 60, 100)).toBeCloseTo(0.004678, 5);
    expect(twoProportionTest(0, 0, 5, 10)).toBe(1);
    expect(twoProportionTest(0, 10, 0, 10)).toBe(1);
  });
});

describe("percentiles (type 7)", () => {
  const counts = (values: readonly number[]) => {
    const map = new Map<number, number>();
    for (const value of values) map.set(value, (map.get(value) ?? 0) + 1);
    return map;
  };
  test.each([
    [[1, 2, 3, 4], 0.5, 2.5],
    [[1, 2, 3, 4], 0.9, 3.7],
    [[7], 0.9, 7],
    [[1, 1, 1, 10], 0.5, 1],
    [[15, 20, 35, 40, 50], 0.4, 29],
  ])("%j at %d", (values, share, expected) => expect(percentileOfCounts(counts(values), share)).toBeCloseTo(expected, 10));
  test("none of nothing", () => expect(percentileOfCounts(new Map(), 0.5)).toBeNull());
});

describe("trends", () => {
  test("a straight line has its slope and no width", () => {
    expect(trendOf([10, 12, 14, 16])).toEqual({ slope: 2, interval: [2, 2], isFlat: false });
  });
  test("noise around a level is flat", () => expect(trendOf([10, 14, 9, 13, 10, 12])?.isFlat).toBe(true));
  test("slope and interval of a textbook sample", () => {
    // x = 0…4, y = 2, 4, 5, 4, 5: slope 0.6, residual sum of squares 2.4, standard error √(0.8 / 10).
    const trend = trendOf([2, 4, 5, 4, 5]);
    expect(trend?.slope).toBeCloseTo(0.6, 10);
    expect(trend?.interval[0]).toBeCloseTo(0.6 - 3.182 * Math.sqrt(0.08), 6);
  });
  test("two values are no trend", () => expect(trendOf([1, 2])).toBeNull());
});
