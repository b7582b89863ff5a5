import type { DealFact, StayFact } from "#core/facts.ts";
import type { FinishContext, Parts, Tally, Value } from "#core/metric.ts";
import { percentileOfCounts } from "./estimators/percentile.ts";
import { wilsonInterval } from "./estimators/proportions.ts";
import { add, tick } from "./tally.ts";
import { noData, ratio, value } from "./values.ts";

/** How facts add up and finish: the second half of a declaration. */
export interface Shape<T> {
  readonly slots: number;
  step(tally: Tally, fact: T, side: "numerator" | "denominator" | "both"): void;
  finish(tally: Tally, context: FinishContext): Value;
}

/** How many facts count. Nothing counted is 0: a count is known even when it is nought. */
export function counting<T>(): Shape<T> {
  return {
    slots: 1,
    step: (tally) => add(tally, 0, 1),
    finish: ({ sums: [count = 0] }) => value(count, { numerator: count, n: count }),
  };
}

/** Share of the facts that are in the numerator, with its Wilson interval (R4). */
export function proportion<T>(minimum = 10): Shape<T> {
  return {
    slots: 2,
    step: (tally, _fact, side) => {
      if (side !== "denominator") add(tally, 0, 1);
      if (side !== "numerator") add(tally, 1, 1);
    },
    finish: ({ sums: [k = 0, n = 0] }) => share(k, n, minimum),
  };
}

/** k of n with interval and `low_sample`. */
export function share(k: number, n: number, minimum = 10, parts: Parts | null = null): Value {
  return ratio(k, n, { n, interval: wilsonInterval(k, n), parts, flags: n > 0 && n < minimum ? ["low_sample"] : [] });
}

/** Slots of amounts: sum, deals with an amount, without one (R3), without a rate (R12). */
const AMOUNT = { sum: 0, known: 1, blank: 2, unconverted: 3 } as const;
const AMOUNT_SLOTS = 4;

export function addAmount(tally: Tally, fact: DealFact, at = 0): void {
  if (fact.amountGap === "no_rate") add(tally, at + AMOUNT.unconverted, 1);
  else if (fact.amountMinor === null) add(tally, at + AMOUNT.blank, 1);
  else {
    add(tally, at + AMOUNT.sum, fact.amountMinor);
    add(tally, at + AMOUNT.known, 1);
  }
}

/** What every KPI of money says about deals it could not add. */
export function amountParts(sums: readonly number[]): Parts {
  return { null_amount_count: sums[AMOUNT.blank] ?? 0, missing_rate_count: sums[AMOUNT.unconverted] ?? 0 };
}

/** Sum of amounts. One amount without an exchange rate makes the sum unknown; the rest is in `known_amount` (R12). */
export function amountSum(): Shape<DealFact> {
  return {
    slots: AMOUNT_SLOTS,
    step: (tally, fact) => addAmount(tally, fact),
    finish: ({ sums }) => {
      const [sum = 0, known = 0, blank = 0, unconverted = 0] = sums;
      const n = known + blank + unconverted;
      if (unconverted > 0) return noData("missing_rate", { n, parts: { ...amountParts(sums), known_amount: sum } });
      return value(sum, { numerator: sum, n, parts: amountParts(sums) });
    },
  };
}

/** Mean amount over deals that have one. */
export function amountMean(minimum = 10): Shape<DealFact> {
  return {
    slots: AMOUNT_SLOTS,
    step: (tally, fact) => addAmount(tally, fact),
    finish: ({ sums }) => {
      const [sum = 0, known = 0, , unconverted = 0] = sums;
      const parts = amountParts(sums);
      if (unconverted > 0) return noData("missing_rate", { n: known, parts });
      return ratio(sum, known, { n: known, parts, flags: known > 0 && known < minimum ? ["low_sample"] : [] });
    },
  };
}

/** Amounts as value → count, for medians. */
export function amountPercentile(level: number, minimum = 10): Shape<DealFact> {
  return {
    slots: AMOUNT_SLOTS,
    step: (tally, fact) => {
      addAmount(tally, fact);
      if (fact.amountMinor !== null) tick(tally, fact.amountMinor);
    },
    finish: ({ sums, counts }) => {
      if ((sums[AMOUNT.unconverted] ?? 0) > 0) return noData("missing_rate", { n: sums[AMOUNT.known] ?? 0, parts: amountParts(sums) });
      return percentileValue(counts, level, minimum, amountParts(sums));
    },
  };
}

/** Mean of whole days. */
export function daysMean<T>(daysOf: (fact: T) => number | null, minimum = 10): Shape<T> {
  return {
    slots: 2,
    step: (tally, fact) => {
      const days = daysOf(fact);
      if (days === null) return;
      add(tally, 0, days);
      add(tally, 1, 1);
    },
    finish: ({ sums: [days = 0, n = 0] }) => ratio(days, n, { n, flags: n > 0 && n < minimum ? ["low_sample"] : [] }),
  };
}

/** Percentile of whole days, linear between closest ranks (type 7). */
export function daysPercentile<T>(daysOf: (fact: T) => number | null, level: number, minimum = 10): Shape<T> {
  return {
    slots: 0,
    step: (tally, fact) => {
      const days = daysOf(fact);
      if (days !== null) tick(tally, days);
    },
    finish: ({ counts }) => percentileValue(counts, level, minimum, null),
  };
}

export function percentileValue(counts: Tally["counts"], level: number, minimum: number, parts: Parts | null): Value {
  const numbers = new Map<number, number>();
  let n = 0;
  for (const [key, count] of counts) {
    if (typeof key !== "number") continue;
    numbers.set(key, count);
    n += count;
  }
  const found = percentileOfCounts(numbers, level);
  if (found === null) return noData("no_facts", { parts });
  return value(found, { numerator: found, n, parts, flags: n < minimum ? ["low_sample"] : [] });
}

/** Share of each label, the largest as the value; the empty label is no label and has a part of its own. */
export function labelShares(counts: Tally["counts"], n: number, blankPart: string | null): Value {
  if (n === 0) return noData("no_facts", blankPart === null ? {} : { parts: { [blankPart]: null } });
  const labels = [...counts].filter(([label]) => label !== "").sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const parts = Object.fromEntries(labels.map(([label, count]) => [String(label), count / n]));
  const largest = labels.reduce((most, [, count]) => Math.max(most, count), 0);
  const blank = blankPart === null ? {} : { [blankPart]: (counts.get("") ?? 0) / n };
  return value(largest / n, { numerator: largest, denominator: n, n, parts: { ...parts, ...blank } });
}

/** Calendar days of a stay (R7, R16). */
export function stayDays(fact: StayFact): number | null {
  return fact.stay.days;
}

/** Calendar days from creation to closing (R10). */
export function cycleDays(fact: DealFact): number | null {
  const { createdDay, closingDay } = fact.deal;
  return createdDay === null || closingDay === null ? null : closingDay - createdDay;
}

/** Longer than this is a wrong date, not a duration (R18). */
export const LONGEST_DAYS = 3_653;
