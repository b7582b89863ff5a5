import type { DealFact } from "#core/facts.ts";
import type { Classification } from "#core/metric.ts";
import { onlyWon } from "./declare.ts";

const NO_AMOUNT: Classification = { out: "no_amount" };

/** Won deals whose amount says something about size: blank and zero amounts do not. A missing rate counts, so that it shows. */
export function wonWithAmount(fact: DealFact): Classification {
  const won = onlyWon(fact);
  if ("out" in won) return won;
  return fact.deal.amountMinor === null || fact.deal.amountMinor === 0 ? NO_AMOUNT : won;
}
