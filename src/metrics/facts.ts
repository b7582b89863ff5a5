import type { Credit, DealFact, StayFact } from "#core/facts.ts";
import type { AsOf, FactMetric, FactSet } from "#core/metric.ts";
import { addDays, dayFromNumber } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";
import type { DealHistory } from "#warehouse/facts/deals.ts";
import type { Reference } from "./reference.ts";
import { type DatedDeal, firstAmount, firstOwner } from "./state.ts";

/** Fact sets made of deals. */
export const DEAL_SETS = ["closedDeals", "openDeals", "dueDeals", "createdDeals"] as const;
export type DealSet = (typeof DEAL_SETS)[number];
/** Fact sets made of stays. */
export const STAY_SETS = ["stays", "entries"] as const;
export type StaySet = (typeof STAY_SETS)[number];

export function readsDeals(metric: FactMetric<FactSet>): metric is FactMetric<DealSet> {
  return DEAL_SETS.some((set) => set === metric.reads);
}

export function readsStays(metric: FactMetric<FactSet>): metric is FactMetric<StaySet> {
  return STAY_SETS.some((set) => set === metric.reads);
}

/** The fact a deal gives to a set of deals; null when it is none of them. */
export function dealFact(set: DealSet, history: DealHistory, dated: DatedDeal, asOf: AsOf, reference: Reference): DealFact | null {
  switch (set) {
    case "closedDeals":
      return dated.state.outcome === "open" ? null : closedFact(dated, asOf, reference);
    case "openDeals":
      return dated.state.outcome === "open" ? openFact(dated, asOf.day, asOf, reference) : null;
    case "dueDeals":
      return dated.state.outcome === "open" ? openFact(dated, dated.state.closeDay, asOf, reference) : null;
    case "createdDeals":
      return createdFact(history, dated, asOf, reference);
  }
}

function closedFact(dated: DatedDeal, asOf: AsOf, reference: Reference): DealFact {
  const { state } = dated;
  const day = state.closeDay ?? state.closingDay;
  const moment = dated.closingAt ?? (day === null ? asOf.instant : endOfDay(day, reference));
  const credit = creditAt(dated, moment, state.closingDay ?? day ?? asOf.day, reference);
  return withAmount(dated, day, credit, state.amountMinor, day ?? asOf.day, reference);
}

function openFact(dated: DatedDeal, day: number | null, asOf: AsOf, reference: Reference): DealFact {
  const credit = creditAt(dated, asOf.instant, asOf.day, reference);
  return withAmount(dated, day, credit, dated.state.amountMinor, asOf.day, reference);
}

function createdFact(history: DealHistory, dated: DatedDeal, asOf: AsOf, reference: Reference): DealFact {
  const day = dated.state.createdDay;
  const person = reference.personOf(dated.state.connectionId, firstOwner(history));
  const credit = reference.creditOf(person, day ?? asOf.day);
  return withAmount(dated, day, credit, firstAmount(history, dated.state), day ?? asOf.day, reference);
}

function withAmount(
  dated: DatedDeal,
  day: number | null,
  credit: Credit,
  amountMinor: number | null,
  rateDay: number,
  reference: Reference,
): DealFact {
  const deal = dated.state;
  if (amountMinor === null) return { deal, day, credit, amountMinor: null, amountGap: "no_amount" };
  const converted = reference.convert(amountMinor, deal.currency, rateDay);
  return { deal, day, credit, amountMinor: converted, amountGap: converted === null ? "no_rate" : null };
}

/** The facts a deal gives to a set of stays: `stays` in open stages by their end, `entries` into any stage by their beginning. */
export function stayFacts(set: StaySet, history: DealHistory, dated: DatedDeal, asOf: AsOf, reference: Reference): readonly StayFact[] {
  const deal = dated.state;
  const facts: StayFact[] = [];
  for (let index = 0; index < deal.stays.length; index += 1) {
    const stay = deal.stays[index];
    if (stay === undefined || (set === "stays" && stay.outcome !== "open")) continue;
    const day = set === "stays" ? stay.leftDay : stay.enteredDay;
    // A stay ends where the next begins.
    const moment = history.stays[set === "stays" ? index + 1 : index]?.enteredAt ?? asOf.instant;
    facts.push({ deal, stay, day, credit: creditAt(dated, moment as Instant, day ?? asOf.day, reference) });
  }
  return facts;
}

function creditAt(dated: DatedDeal, moment: Instant, day: number, reference: Reference): Credit {
  return reference.creditOf(reference.personOf(dated.state.connectionId, dated.ownerAt(moment)), day);
}

function endOfDay(day: number, reference: Reference): Instant {
  return reference.zone.startOf(addDays(dayFromNumber(day), 1));
}
