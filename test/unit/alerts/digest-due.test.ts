import { describe, expect, test } from "vitest";
import { isDigestDue, lastDigestTime } from "#alerts/digest-due.ts";
import { businessDaysBetween } from "#alerts/state.ts";
import { addDays, type Day, weekday } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";

const at = (text: string): Instant => `${text}:00.000Z` as Instant;
const workdays = { atMinute: 8 * 60, days: new Set([1, 2, 3, 4, 5]) };

describe("the last digest time", () => {
  test.each([
    ["before eight it is yesterday's", "2026-06-02T05:59", "Europe/Warsaw", "2026-06-01T06:00"],
    ["at eight it is now", "2026-06-02T06:00", "Europe/Warsaw", "2026-06-02T06:00"],
    ["on Monday morning it is Friday's", "2026-06-01T05:00", "Europe/Warsaw", "2026-05-29T06:00"],
    ["on Sunday it is Friday's", "2026-06-07T12:00", "Europe/Warsaw", "2026-06-05T06:00"],
    ["Warsaw in winter", "2026-12-01T12:00", "Europe/Warsaw", "2026-12-01T07:00"],
    ["Tokyo has no summer time", "2026-06-02T00:00", "Asia/Tokyo", "2026-06-01T23:00"],
    ["the Monday after the clocks went forward", "2026-03-30T12:00", "Europe/Warsaw", "2026-03-30T06:00"],
    ["the Monday after they went back", "2026-10-26T12:00", "Europe/Warsaw", "2026-10-26T07:00"],
  ])("%s", (_name, now, timeZone, expected) => {
    expect(lastDigestTime(at(now), timeZone, workdays)).toBe(at(expected));
  });

  test.each([
    ["forward", "2026-03-29T12:00", "2026-03-29T06:00"],
    ["back", "2026-10-25T12:00", "2026-10-25T07:00"],
  ])("on the very day the clocks go %s it is eight by the wall", (_name, now, expected) => {
    expect(lastDigestTime(at(now), "Europe/Warsaw", { atMinute: 480, days: new Set([7]) })).toBe(at(expected));
  });

  test("no day, no digest", () => {
    expect(lastDigestTime(at("2026-06-02T06:00"), "UTC", { atMinute: 0, days: new Set() })).toBeNull();
  });
});

test("what came up after today's digest waits for the next one", () => {
  const due = (since: string, now: string): boolean => isDigestDue(at(since), at(now), "UTC", workdays);
  expect(due("2026-06-02T00:05", "2026-06-02T07:59")).toBe(false);
  expect(due("2026-06-02T00:05", "2026-06-02T08:00")).toBe(true);
  expect(due("2026-06-02T09:00", "2026-06-02T23:00")).toBe(false);
  expect(due("2026-06-05T09:00", "2026-06-07T23:00")).toBe(false);
  expect(due("2026-06-05T09:00", "2026-06-08T08:00")).toBe(true);
});

test("business days leave out weekends and holidays, and the day it began", () => {
  const holiday = "2026-06-04";
  const isWorkingDay = (day: Day): boolean => weekday(day) <= 5 && day !== holiday;
  const between = (from: string, to: string): number => businessDaysBetween(from as Day, to as Day, isWorkingDay, (day) => addDays(day, 1));
  expect([between("2026-06-02", "2026-06-02"), between("2026-06-02", "2026-06-03"), between("2026-06-02", "2026-06-04")]).toEqual([
    0, 1, 1,
  ]);
  expect([between("2026-06-05", "2026-06-07"), between("2026-06-05", "2026-06-08"), between("2026-06-08", "2026-06-05")]).toEqual([
    0, 1, 0,
  ]);
});
