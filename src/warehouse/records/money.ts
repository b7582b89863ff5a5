import { AppError } from "#core/errors.ts";
import { currencyExponent, isCurrency, toMinor } from "#core/money.ts";

/** The currency of a record: its own, upper case, else the organisation's. Throws `record.unknown_currency`. */
export function currencyOf(code: string | null, organization: string): string {
  const currency = code === null || code.trim() === "" ? organization : code.trim().toUpperCase();
  if (isCurrency(currency)) return currency;
  throw new AppError({
    code: "record.unknown_currency",
    recovery: "skip",
    message: `The currency is '${currency.slice(0, 20)}'; expected a code of ISO 4217 such as EUR.`,
  });
}

/** Major units as text to whole minor units of the currency; none stays null. Throws `record.bad_amount` or `record.amount_too_large`. */
export function minorOf(raw: string | null, currency: string, field: string): number | null {
  if (raw === null || raw.trim() === "") return null;
  const result = toMinor(raw, currencyExponent(currency));
  if (result.state === "ok") return result.minor;
  const isTooLarge = result.why === "too_large";
  throw new AppError({
    code: isTooLarge ? "record.amount_too_large" : "record.bad_amount",
    recovery: "skip",
    message: isTooLarge
      ? `The ${field} is '${raw.slice(0, 40)}'; amounts are kept exactly up to 2^53 minor units.`
      : `The ${field} is '${raw.slice(0, 40)}'; expected a decimal number with a point, such as 1250.50.`,
  });
}
