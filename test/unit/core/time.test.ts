import { describe, expect, test } from "vitest";
import { clockFrom } from "#core/clock.ts";
import { addDays, type Day, daysBetween, parseDay, weekday } from "#core/time/day.ts";
import { parseInstant } from "#core/time/instant.ts";
import { periodOf, periodsBetween, previousPeriod } from "#core/time/period.ts";
import { zone } from "#core/time/zone.ts";

const day = (text: string): Day => parseDay(text) ?? expect.fail(text);
const instant = (text: string) => parseInstant(text) ?? expect.fail(text);

describe("instants", () => {
  test.each([
    ["2026-05-01T07:25:37.000+0000", "2026-05-01T07:25:37.000Z"],
    ["2026-05-01T09:25:37+02:00", "2026-05-01T07:25:37.000Z"],
    ["2026-05-01T07:25:37.123456Z", "2026-05-01T07:25:37.123Z"],
    ["2026-05-01 07:25Z", "2026-05-01T07:25:00.000Z"],
  ])("%s", (text, expected) => expect(parseInstant(text)).toBe(expected));

  test.each(["2026-05-01", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "yesterday", "2026-05-01T07:25:37"])("refuses %s", (text) =>
    expect(parseInstant(text)).toBeNull(),
  );
});

describe("days", () => {
  test("arithmetic crosses months and leap days", () => {
    expect(addDays(day("2024-02-28"), 2)).toBe("2024-03-01");
    expect(daysBetween(day("2026-03-28"), day("2026-03-30"))).toBe(2);
    expect(weekday(day("2026-11-22"))).toBe(7);
    expect(parseDay("2026-02-29")).toBeNull();
  });
});

describe("zones", () => {
  const warsaw = zone("Europe/Warsaw");
  test("an instant's local day", () => {
    expect(warsaw.dayOf(instant("2026-03-31T22:30:00Z"))).toBe("2026-04-01");
    expect(warsaw.dayOf(instant("2026-01-31T22:30:00Z"))).toBe("2026-01-31");
    expect(zone("Asia/Tokyo").dayOf(instant("2026-01-31T15:00:00Z"))).toBe("2026-02-01");
  });
  test("days around daylight saving have 23 and 25 hours", () => {
    const hours = (text: string) => (Date.parse(warsaw.startOf(addDays(day(text), 1))) - Date.parse(warsaw.startOf(day(text)))) / 3_600_000;
    expect([hours("2026-03-29"), hours("2026-10-25"), hours("2026-10-26")]).toEqual([23, 25, 24]);
  });
  test("a midnight that does not exist begins at the jump", () => {
    expect(zone("America/Sao_Paulo").startOf(day("2018-11-04"))).toBe("2018-11-04T03:00:00.000Z");
  });
  test("an unknown zone is named", () => expect(() => zone("Europe/Warszawa")).toThrow(/Europe\/Warszawa/));
});

describe("periods", () => {
  const rules = { fiscalYearStartMonth: 2, weekStartsOn: 1 };
  test.each([
    ["week", "2026-11-16", "2026-11-23"],
    ["month", "2026-11-01", "2026-12-01"],
    ["quarter", "2026-10-01", "2027-01-01"],
    ["year", "2026-01-01", "2027-01-01"],
    ["fiscal_quarter", "2026-11-01", "2027-02-01"],
    ["fiscal_year", "2026-02-01", "2027-02-01"],
  ] as const)("%s", (grain, start, end) => expect(periodOf(day("2026-11-22"), grain, rules)).toEqual({ grain, start, end }));
  test("January lies in the fiscal year that began the February before", () => {
    expect(periodOf(day("2026-01-31"), "fiscal_year", rules).start).toBe("2025-02-01");
  });
  test("series and predecessors join without gaps", () => {
    const series = periodsBetween(day("2026-01-15"), day("2026-04-01"), "month", rules);
    expect(series.map((period) => period.start)).toEqual(["2026-01-01", "2026-02-01", "2026-03-01"]);
    expect(previousPeriod(series[0]!, rules).start).toBe("2025-12-01");
  });
});

describe("SCOREKEEPER_NOW", () => {
  test("an instant or an offset moves the clock", () => {
    expect(clockFrom("2026-06-30T12:00:00Z").now().slice(0, 16)).toBe("2026-06-30T12:00");
    expect(Date.parse(clockFrom("+3d").now()) - Date.parse(clockFrom(undefined).now())).toBeCloseTo(3 * 86_400_000, -3);
  });
  test("anything else is refused", () => expect(() => clockFrom("tomorrow")).toThrow(/SCOREKEEPER_NOW/));
});
