import { IntlMessageFormat } from "intl-messageformat";
import { currencyExponent, toMajor } from "#core/money.ts";
import type { Language } from "#core/organization.ts";
import type { Day } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";
import { en } from "./en.ts";

export type MessageKey = keyof typeof en;
export type MessageValues = Readonly<Record<string, string | number>>;

/** Texts by language; English is complete, a key missing elsewhere falls back to it (and fails the tests). */
export const CATALOGUES: Readonly<Partial<Record<Language, Readonly<Partial<Record<MessageKey, string>>>>>> = { en };

/** The Intl locale of a language: day before month in English, as most offices outside the US expect. */
const LOCALES: Readonly<Record<Language, string>> = { en: "en-GB", ja: "ja-JP", ko: "ko-KR", pl: "pl-PL" };

/** Texts, numbers, money and dates in one reader's language and zone (L2). Never escapes: that is the template's part. */
export interface Translator {
  /** BCP 47, for `lang` attributes. */
  readonly locale: string;
  text(key: MessageKey, values?: MessageValues): string;
  number(value: number, decimals?: number): string;
  percent(share: number): string;
  /** In the record's own currency; whole major units when the amount has no minor part. */
  money(minor: number, currency: string): string;
  day(day: Day): string;
  /** With the zone's short name. */
  instant(at: Instant): string;
  list(items: readonly string[]): string;
}

export function translator(language: Language, timeZone: string): Translator {
  const locale = LOCALES[language];
  const dayFormat = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
  const instantFormat = new Intl.DateTimeFormat(locale, {
    ...{ year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
    ...{ hourCycle: "h23", timeZoneName: "short", timeZone },
  });
  const listFormat = new Intl.ListFormat(locale, { type: "conjunction" });
  return {
    locale,
    text: (key, values = {}) => String(message(language, key).format({ ...values })),
    number: (value, decimals = 0) => new Intl.NumberFormat(locale, { maximumFractionDigits: decimals }).format(value),
    percent: (share) => new Intl.NumberFormat(locale, { style: "percent" }).format(share),
    money: (minor, currency) => {
      const exponent = currencyExponent(currency);
      const digits = minor % 10 ** exponent === 0 ? 0 : exponent;
      return new Intl.NumberFormat(locale, {
        ...{ style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits },
      }).format(toMajor(minor, currency));
    },
    day: (day) => dayFormat.format(Date.parse(`${day}T00:00:00Z`)),
    instant: (at) => instantFormat.format(Date.parse(at)),
    list: (items) => listFormat.format(items),
  };
}

const parsed = new Map<string, IntlMessageFormat>();

function message(language: Language, key: MessageKey): IntlMessageFormat {
  const id = `${language}\n${key}`;
  const known = parsed.get(id);
  if (known !== undefined) return known;
  const own = CATALOGUES[language]?.[key];
  const made =
    own === undefined
      ? new IntlMessageFormat(en[key], LOCALES.en, undefined, { ignoreTag: true })
      : new IntlMessageFormat(own, LOCALES[language], undefined, { ignoreTag: true });
  parsed.set(id, made);
  return made;
}
