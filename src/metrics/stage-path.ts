import type { StayFact, StayState } from "#core/facts.ts";

/** Days within which an entry has to lead on (R22): younger entries are left out of both sides. */
export const CONVERSION_DAYS = 90;

/** What became of an entry into a stage within the window. */
export type Fate = "advanced" | "lost" | "disqualified" | "moved_back" | "still_there";

function isSameStage(a: StayState, b: StayState): boolean {
  return a.stageId === b.stageId && a.pipelineId === b.pipelineId;
}

function before({ deal, stay }: StayFact): readonly StayState[] {
  return deal.stays.filter((other) => other.ordinal < stay.ordinal);
}

function after({ deal, stay }: StayFact): readonly StayState[] {
  return deal.stays.filter((other) => other.ordinal > stay.ordinal);
}

/** The deal had not been in this stage before. */
export function isFirstEntry(fact: StayFact): boolean {
  return !before(fact).some((other) => isSameStage(other, fact.stay));
}

/** No later stay in the same stage has ended. */
export function isLastSettled(fact: StayFact): boolean {
  return !after(fact).some((other) => isSameStage(other, fact.stay) && other.days !== null);
}

/** Days of all settled stays of the deal in the stage. */
export function cumulativeDays({ deal, stay }: StayFact): number {
  return deal.stays.reduce((sum, other) => sum + (isSameStage(other, stay) ? (other.days ?? 0) : 0), 0);
}

/** No earlier stay was a closing. */
export function isFirstClosing(fact: StayFact): boolean {
  return fact.stay.outcome !== "open" && !before(fact).some((other) => other.outcome !== "open");
}

/** The deal was open again after this closing. */
export function isReopened(fact: StayFact): boolean {
  return after(fact).some((other) => other.outcome === "open");
}

/** It was won and later lost, from this closing on. */
export function isWonReversed(fact: StayFact): boolean {
  const closings = [fact.stay, ...after(fact)].filter((other) => other.outcome !== "open").map((other) => other.outcome);
  return closings.some((outcome, index) => outcome === "lost" && closings.slice(0, index).includes("won"));
}

/** Where the entry led within the window: by stages really entered, in the order of the pipeline, then won. */
export function fateOf(fact: StayFact): Fate {
  const { stay, deal } = fact;
  const until = stay.enteredDay + CONVERSION_DAYS;
  const later = after(fact).filter((other) => other.enteredDay <= until);
  const place = stay.place ?? 0;
  if (later.some((other) => other.pipelineId === stay.pipelineId && other.place !== null && other.place > place)) return "advanced";
  if (deal.outcome === "won" && deal.closingDay !== null && deal.closingDay >= stay.enteredDay && deal.closingDay <= until)
    return "advanced";
  const last = later.at(-1);
  if (last === undefined) return "still_there";
  if (last.outcome === "lost" || last.outcome === "disqualified") return last.outcome;
  return last.place !== null && last.place < place ? "moved_back" : "still_there";
}

/** How a deal came into the stage, in the order of open stages, then won; null for what is neither: first entries, losses, re-openings,
 *  hand-overs and unknown stages. */
export function moveOf(fact: StayFact): { readonly way: "forward" | "backward"; readonly jumps: boolean } | null {
  const previous = before(fact).at(-1);
  const { stay } = fact;
  if (previous === undefined || previous.pipelineId !== stay.pipelineId || previous.outcome !== "open") return null;
  if (previous.place === null || stay.place === null || previous.place === stay.place) return null;
  return stay.place > previous.place ? { way: "forward", jumps: stay.place - previous.place > 1 } : { way: "backward", jumps: false };
}
