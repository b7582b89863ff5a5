import type { DealFact, StayFact } from "#core/facts.ts";
import type { AsOf, Classification } from "#core/metric.ts";
import { BOTH, believableDays, DENOMINATOR, onlyLost } from "./declare.ts";
import { cycleDays } from "./shapes.ts";
import { CONVERSION_DAYS, isFirstEntry, moveOf } from "./stage-path.ts";

const OUT = {
  undated: { out: "undated" },
  immature: { out: "immature" },
  bornClosed: { out: "born_closed" },
  noHistory: { out: "no_history" },
  running: { out: "still_running" },
  closedStage: { out: "closed_stage" },
  repeated: { out: "repeated" },
  unknownStage: { out: "unknown_stage" },
  open: { out: "open" },
  disqualified: { out: "disqualified" },
  noMove: { out: "no_move" },
} as const satisfies Record<string, Classification>;

/** Created early enough to have had `days` days; won in them or not. */
export function wonWithin(days: number): (fact: DealFact, at: AsOf) => Classification {
  return (fact, at) => {
    const { createdDay, outcome } = fact.deal;
    if (createdDay === null) return OUT.undated;
    if (createdDay + days > at.day) return OUT.immature;
    const cycle = outcome === "won" ? cycleDays(fact) : null;
    return cycle !== null && cycle <= days ? BOTH : DENOMINATOR;
  };
}

/** Deals that can be watched from their creation on: dated, first seen open, with a duration that can be believed (R18). */
export function watchedDeal(fact: DealFact, at: AsOf): Classification {
  const { deal } = fact;
  if (deal.createdDay === null) return OUT.undated;
  if (deal.bornClosed) return OUT.bornClosed;
  const end = deal.outcome === "open" ? at.day : deal.closingDay;
  return end === null ? OUT.undated : believableDays(end - deal.createdDay);
}

/** Deals that left their first stage. */
export function firstMove({ deal }: DealFact): Classification {
  const [first, second] = deal.stays;
  if (deal.createdDay === null) return OUT.undated;
  if (first === undefined) return OUT.noHistory;
  return second === undefined ? OUT.running : believableDays(second.enteredDay - deal.createdDay);
}

/** Stays in open stages whose beginning was recorded, ended or running. */
export function watchedStay({ stay }: StayFact, at: AsOf): Classification {
  if (stay.outcome !== "open") return OUT.closedStage;
  if (stay.basis === "created") return OUT.noHistory;
  return believableDays(stay.days ?? at.day - stay.enteredDay);
}

/** Why an entry takes no part in conversion; null when it does: a first entry into an open stage, as old as the window. */
export function ripeEntry(fact: StayFact, at: AsOf): Classification | null {
  if (fact.stay.outcome !== "open") return OUT.closedStage;
  if (fact.stay.place === null) return OUT.unknownStage;
  if (!isFirstEntry(fact)) return OUT.repeated;
  return fact.stay.enteredDay + CONVERSION_DAYS > at.day ? OUT.immature : null;
}

/** First entries into open stages of deals that are won or lost. */
export function closedEntry(fact: StayFact): Classification {
  if (fact.stay.outcome !== "open") return OUT.closedStage;
  if (!isFirstEntry(fact)) return OUT.repeated;
  const { outcome } = fact.deal;
  if (outcome === "open") return OUT.open;
  return outcome === "won" ? BOTH : outcome === "lost" ? DENOMINATOR : OUT.disqualified;
}

export function forwardMove(fact: StayFact): Classification {
  const move = moveOf(fact);
  if (move?.way !== "forward") return OUT.noMove;
  return move.jumps ? BOTH : DENOMINATOR;
}

export function anyMove(fact: StayFact): Classification {
  const move = moveOf(fact);
  if (move === null) return OUT.noMove;
  return move.way === "backward" ? BOTH : DENOMINATOR;
}

/** Lost deals of which an open stage is known. */
export function lostFromStage(fact: DealFact): Classification {
  const lost = onlyLost(fact);
  if ("out" in lost) return lost;
  return fact.deal.stays.some((stay) => stay.outcome === "open") ? lost : OUT.noHistory;
}
