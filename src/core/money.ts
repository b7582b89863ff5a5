/** Digits after the decimal point by ISO 4217 where they are not 2 (Intl's own figures follow usage, not the standard). */
const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ..."BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ").map((code) => [code, 0] as const),
  ..."BHD IQD JOD KWD LYD OMR TND".split(" ").map((code) => [code, 3] as const),
  ..."CLF UYW".split(" ").map((code) => [code, 4] as const),
]);

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf("currency"));
const PLAIN = /^-?\d{1,11}(?:\.\d{1,2})?$/;
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

export function isCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}

/** Minor units in one major unit are 10^exponent. */
export function currencyExponent(code: string): number {
  return EXPONENTS.get(code) ?? 2;
}

export type MinorResult =
  | { readonly state: "ok"; readonly minor: number; readonly rounded: boolean }
  | { readonly state: "bad"; readonly why: "not_a_number" | "too_large" };

/** A decimal text in major units as whole minor units, rounded half-even; never through a float. Beyond 2^53 it is refused. */
export function toMinor(text: string, exponent: number): MinorResult {
  if (exponent === 2 && PLAIN.test(text)) {
    const dot = text.indexOf(".");
    if (dot < 0) return { state: "ok", minor: Number(text) * 100 + 0, rounded: false };
    const digits = text.slice(dot + 1);
    return { state: "ok", minor: Number(text.slice(0, dot) + (digits.length === 1 ? `${digits}0` : digits)) + 0, rounded: false };
  }
  return exactMinor(text, exponent);
}

function exactMinor(text: string, exponent: number): MinorResult {
  const parts = DECIMAL.exec(text.trim());
  if (parts === null) return { state: "bad", why: "not_a_number" };
  const [, sign = "", whole = "", fraction = "", power = "0"] = parts;
  if (whole === "" && fraction === "") return { state: "bad", why: "not_a_number" };
  const shift = exponent - fraction.length + Number(power);
  const digits = BigInt(whole + fraction);
  const { value, rounded } =
    shift >= 0 ? { value: digits * 10n ** BigInt(shift), rounded: false } : divideHalfEven(digits, 10n ** BigInt(-shift));
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return { state: "bad", why: "too_large" };
  const minor = Number(value);
  return { state: "ok", minor: sign === "-" && minor !== 0 ? -minor : minor, rounded };
}

function divideHalfEven(value: bigint, divisor: bigint): { value: bigint; rounded: boolean } {
  const quotient = value / divisor;
  const twice = (value % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  return { value: up ? quotient + 1n : quotient, rounded: twice !== 0n };
}

/** Half-even rounding of a finite number to a whole one. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Minor units as a number in major units, for output only. */
export function toMajor(minor: number, code: string): number {
  return minor / 10 ** currencyExponent(code);
}
