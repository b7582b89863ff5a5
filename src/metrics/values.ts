import type { Flag, Parts, Value } from "#core/metric.ts";

interface Facts {
  readonly numerator: number;
  readonly denominator?: number | null;
  readonly n: number;
  readonly interval?: readonly [number, number] | null;
  readonly parts?: Parts | null;
  readonly flags?: readonly Flag[];
}

/** A number with what it was made of. */
export function value(number: number, facts: Facts): Value {
  return {
    state: "ok",
    value: number,
    numerator: facts.numerator,
    denominator: facts.denominator ?? null,
    n: facts.n,
    interval: facts.interval ?? null,
    parts: facts.parts ?? null,
    flags: facts.flags ?? [],
  };
}

/** No data, and why: never 0, never NaN (R2, law 10). */
export function noData(why: Flag, facts: Partial<Omit<Facts, "numerator">> & { readonly numerator?: number | null } = {}): Value {
  return {
    state: "no_data",
    why,
    numerator: facts.numerator ?? null,
    denominator: facts.denominator ?? null,
    n: facts.n ?? 0,
    parts: facts.parts ?? null,
    flags: [why, ...(facts.flags ?? []).filter((flag) => flag !== why)],
  };
}

/** Numerator ÷ denominator; denominator 0 is no data (R1, R2). */
export function ratio(numerator: number, denominator: number, facts: Omit<Facts, "numerator" | "denominator">): Value {
  if (denominator === 0) return noData("zero_denominator", { ...facts, numerator, denominator });
  return value(numerator / denominator, { ...facts, numerator, denominator });
}

/** The same value with more flags. */
export function flagged(original: Value, flags: readonly Flag[]): Value {
  const added = flags.filter((flag) => !original.flags.includes(flag));
  return added.length === 0 ? original : { ...original, flags: [...original.flags, ...added] };
}

/** The same value with more parts. */
export function withParts(original: Value, parts: Parts): Value {
  return { ...original, parts: { ...original.parts, ...parts } };
}

/** The number, or null when there is none. */
export function numberOf(of: Value | undefined): number | null {
  return of?.state === "ok" ? of.value : null;
}
