import { describe, expect, test } from "vitest";
import { currencyExponent, isCurrency, roundHalfEven, toMinor } from "#core/money.ts";

describe("toMinor", () => {
  test.each([
    ["12", 2, 1200],
    ["12.5", 2, 1250],
    ["12.34", 2, 1234],
    ["-0.5", 2, -50],
    ["0", 2, 0],
    ["-0", 2, 0],
    ["1234", 0, 1234],
    ["1.234", 3, 1234],
    [".5", 2, 50],
    ["1e3", 2, 100_000],
    ["1.5E-1", 2, 15],
    ["+7", 2, 700],
    ["90071992547409.91", 2, Number.MAX_SAFE_INTEGER],
  ])("%s with %i decimals", (text, exponent, minor) => {
    expect(toMinor(text, exponent)).toEqual({ state: "ok", minor, rounded: false });
  });

  test.each([
    ["0.125", 12],
    ["0.135", 14],
    ["0.1250001", 13],
    ["-0.125", -12],
    ["0.2000000000000000111", 20],
  ])("rounds half to even: %s", (text, minor) => {
    expect(toMinor(text, 2)).toEqual({ state: "ok", minor, rounded: true });
  });

  test.each(["", ".", "abc", "1,5", "1 000", "--1", "Infinity", "NaN", "0x10"])("refuses %j", (text) => {
    expect(toMinor(text, 2)).toEqual({ state: "bad", why: "not_a_number" });
  });

  test.each(["90071992547409.92", "1e300", "999999999999999999999"])("refuses %s, beyond 2^53", (text) => {
    expect(toMinor(text, 2)).toEqual({ state: "bad", why: "too_large" });
  });
});

test("exponents follow ISO 4217, also where usage differs", () => {
  expect([
    currencyExponent("EUR"),
    currencyExponent("JPY"),
    currencyExponent("KWD"),
    currencyExponent("IQD"),
    currencyExponent("CLF"),
  ]).toEqual([2, 0, 3, 3, 4]);
  expect(isCurrency("EUR")).toBe(true);
  expect(isCurrency("QQQ")).toBe(false);
});

test("roundHalfEven", () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4].map((value) => roundHalfEven(value) + 0)).toEqual([0, 2, 2, 0, -2, 2]);
});
