import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { zone } from "#core/time/zone.ts";
import { dateReader, decimalText, isDatePattern } from "#kit/csv-values.ts";

const warsaw = zone("Europe/Warsaw");

describe("dates", () => {
  test.each([
    ["yyyy-MM-dd", "2026-03-31", "2026-03-31", null],
    ["dd.MM.yyyy", "31.03.2026", "2026-03-31", null],
    ["MM/dd/yyyy", "03/31/2026", "2026-03-31", null],
    ["M/d/yyyy", "3/1/2026", "2026-03-01", null],
    ["dd.MM.yyyy HH:mm", "01.07.2026 00:30", "2026-07-01", "2026-06-30T22:30:00.000Z"],
    ["dd.MM.yyyy HH:mm", "01.07.2026", "2026-07-01", null],
    ["yyyyMMdd", "20260331", "2026-03-31", null],
    ["iso", "2026-03-31", "2026-03-31", null],
    ["iso", "2026-07-01T00:30", "2026-07-01", "2026-06-30T22:30:00.000Z"],
    ["iso", "2026-07-01 00:30:15.5", "2026-07-01", "2026-06-30T22:30:15.000Z"],
    ["iso", "2026-06-30T23:30:00Z", "2026-07-01", "2026-06-30T23:30:00.000Z"],
    ["iso", " 2026-03-31 ", "2026-03-31", null],
  ])("%s reads %s", (pattern, text, day, at) => {
    expect(dateReader(pattern, warsaw)(text)).toMatchObject({ day, at });
  });

  test("a day alone begins at local midnight", () => {
    expect(dateReader("iso", warsaw)("2026-07-01")?.from).toBe("2026-06-30T22:00:00.000Z");
  });

  test.each([
    ["yyyy-MM-dd", "2026-02-30"],
    ["yyyy-MM-dd", "31.03.2026"],
    ["dd.MM.yyyy", "2026-03-31"],
    ["MM/dd/yyyy", "31/03/2026"],
    ["dd.MM.yyyy HH:mm", "01.07.2026 24:30"],
    ["iso", "soon"],
    ["iso", "=1+1"],
  ])("%s refuses %s", (pattern, text) => {
    expect(dateReader(pattern, warsaw)(text)).toBeNull();
  });

  test("a time that daylight saving skips is moved on; of two equal ones it is the earlier", () => {
    const read = dateReader("iso", warsaw);
    expect(read("2026-03-29T02:30")?.at).toBe("2026-03-29T01:30:00.000Z");
    expect(read("2026-10-25T02:30")?.at).toBe("2026-10-25T00:30:00.000Z");
  });

  test("knows a pattern that names a whole day from one that does not", () => {
    for (const good of ["iso", "yyyy-MM-dd", "d.M.yyyy", "dd.MM.yyyy HH:mm:ss", "yyyy-MM-ddTHH:mm"]) expect(isDatePattern(good)).toBe(true);
    for (const bad of ["yyyy", "DD.MM.YYYY", "dd.mm.yyyy", "yy-MM-dd", ""]) expect(isDatePattern(bad)).toBe(false);
  });
});

describe("numbers", () => {
  test.each([
    ["1234.5", ".", "1234.5"],
    ["1,234.50", ".", "1234.50"],
    ["12,34,567", ".", "1234567"],
    ["1.234,50", ",", "1234.50"],
    ["1 234,5", ",", "1234.5"],
    ["1.234", ",", "1234"],
    ["€ 5", ".", "5"],
    ["5 zł", ".", null],
    ["(1,200)", ".", "-1200"],
    ["-$5.10", ".", "-5.10"],
    ["+7", ".", "7"],
    [",5", ",", "0.5"],
    ["1.234,50", ".", null],
    ["1,23", ".", null],
    ["1234.56", ",", null],
    ["=1+2", ".", null],
    ["-", ".", null],
    ["1e5", ".", null],
    ["", ".", null],
  ] as const)("%s with '%s' is %s", (text, decimal, expected) => {
    expect(decimalText(text, decimal)).toBe(expected);
  });

  test("what is written with grouping in either style is read back", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 99 }), (whole, cents) => {
        const sign = whole < 0 ? "-" : "";
        const plain = `${sign}${Math.abs(whole)}.${String(cents).padStart(2, "0")}`;
        const grouped = (group: string, decimal: string): string =>
          `${sign}${String(Math.abs(whole)).replaceAll(/\B(?=(\d{3})+$)/g, group)}${decimal}${String(cents).padStart(2, "0")}`;
        expect(decimalText(grouped(",", "."), ".")).toBe(plain);
        expect(decimalText(grouped(".", ","), ",")).toBe(plain);
      }),
    );
  });
});
