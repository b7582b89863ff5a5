import { describe, expect, test } from "vitest";
import { LANGUAGES } from "#core/organization.ts";
import type { Day } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";
import { en } from "#i18n/en.ts";
import { CATALOGUES, type MessageKey, translator } from "#i18n/translate.ts";

const keys = Object.keys(en) as MessageKey[];
/** Names of the arguments of a message: what stands after an opening brace that is not plural text. */
const argumentsOf = (message: string): string[] => [...new Set([...message.matchAll(/\{(\w+)(?=[,}])/g)].map((match) => match[1]!))].sort();

describe.each(Object.keys(CATALOGUES) as (keyof typeof CATALOGUES)[])("catalogue %s", (language) => {
  const catalogue = CATALOGUES[language] ?? {};

  test("has every key and none that English lacks", () => {
    expect(Object.keys(catalogue).sort()).toEqual([...keys].sort());
  });

  test("every message formats with the arguments of the English one, and has no other", () => {
    const speak = translator(language, "UTC");
    for (const key of keys) {
      expect(argumentsOf(catalogue[key] ?? ""), key).toEqual(argumentsOf(en[key]));
      const values = Object.fromEntries(argumentsOf(en[key]).map((name) => [name, 2]));
      expect(speak.text(key, values), key).not.toMatch(/[{}]/);
    }
  });
});

test("a key another language lacks is shown in English", () => {
  for (const language of LANGUAGES)
    expect(translator(language, "UTC").text("stale.subject", { level: "W", count: 1, fresh: 0 })).not.toBe("");
});

test("plurals", () => {
  const speak = translator("en", "UTC");
  expect([0, 1, 2, 22].map((count) => speak.text("stale.more", { count }))).toEqual([
    "and 0 more deals",
    "and 1 more deal",
    "and 2 more deals",
    "and 22 more deals",
  ]);
});

test("text of the CRM passes through as it is, braces and tags included", () => {
  expect(translator("en", "UTC").text("stale.resolved", { deals: "<b>{x}</b> 'y'" })).toBe("No longer stuck: <b>{x}</b> 'y'.");
});

test("money, days, moments and lists follow the reader", () => {
  const english = translator("en", "Europe/Warsaw");
  expect(english.money(1_250_000, "EUR")).toBe("€12,500");
  expect(english.money(1_250_050, "EUR")).toBe("€12,500.50");
  expect(english.money(5000, "JPY")).toBe("JP¥5,000");
  expect(english.money(1_234_500, "KWD")).toMatch(/^KWD\s1,234\.500$/);
  expect(english.day("2026-05-03" as Day)).toBe("3 May 2026");
  expect(english.instant("2026-01-03T23:30:00.000Z" as Instant)).toBe("4 Jan 2026, 00:30 CET");
  expect(english.instant("2026-07-03T23:30:00.000Z" as Instant)).toBe("4 Jul 2026, 01:30 CEST");
  expect(english.list(["a", "b", "c"])).toBe("a, b and c");
  expect(english.percent(0.5)).toBe("50%");
  expect(english.number(1234.56, 1)).toBe("1,234.6");
  const polish = translator("pl", "Europe/Warsaw");
  expect(polish.money(1_250_050, "PLN")).toMatch(/^12\s500,50\szł$/);
  expect(polish.day("2026-05-03" as Day)).toBe("3 maj 2026");
});
