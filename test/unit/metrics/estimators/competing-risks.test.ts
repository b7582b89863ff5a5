import { describe, expect, test } from "vitest";
import { cumulativeIncidence, medianSurvival, timePoints } from "#metrics/estimators/competing-risks.ts";

const WON = 0;
const LOST = 1;
const spell = (duration: number, cause: number | null) => ({ duration, cause });

test("catalogue example 7: win incidence by day 30 is 0.4667, still open 0.2667", () => {
  const deals = [spell(10, WON), spell(20, LOST), spell(30, WON), spell(15, null), spell(40, null)];
  const at30 = cumulativeIncidence(timePoints(deals, 2)).find((point) => point.time === 30);
  expect(at30?.incidence[WON]).toBeCloseTo(0.2 + (0.8 * 2) / 3 / 2, 10);
  expect(at30?.incidence[WON]).toBeCloseTo(0.4667, 4);
  expect(at30?.surviving).toBeCloseTo(0.2667, 4);
  expect((at30?.incidence[WON] ?? 0) + (at30?.incidence[LOST] ?? 0) + (at30?.surviving ?? 0)).toBeCloseTo(1, 12);
});

describe("Kaplan–Meier", () => {
  // Freireich et al. 1963, 6-MP arm, as tabulated in Kalbfleisch & Prentice and many textbooks.
  const sixMp = [
    ...[6, 6, 6, 7, 10, 13, 16, 22, 23].map((time) => spell(time, 0)),
    ...[6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map((time) => spell(time, null)),
  ];
  test("the published survival of the 6-MP leukaemia arm", () => {
    const curve = new Map(cumulativeIncidence(timePoints(sixMp, 1)).map((point) => [point.time, point.surviving]));
    for (const [time, surviving] of [
      [6, 0.8571],
      [7, 0.8067],
      [10, 0.7529],
      [13, 0.6902],
      [16, 0.6275],
      [22, 0.5378],
      [23, 0.4482],
    ] as const) {
      expect(curve.get(time)).toBeCloseTo(surviving, 4);
    }
    expect(medianSurvival(timePoints(sixMp, 1))).toBe(23);
  });
  test("no median while the curve stays above one half", () => {
    expect(medianSurvival(timePoints([spell(5, 0), spell(9, null), spell(9, null)], 1))).toBeNull();
    expect(medianSurvival([])).toBeNull();
  });
  test("exactly one half counts as the half", () => {
    expect(medianSurvival(timePoints([spell(3, 0), spell(8, 0)], 1))).toBe(3);
  });
});
