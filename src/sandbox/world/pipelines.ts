import type { Pipeline, Stage } from "./types.ts";

/** A stage and how deals behave in it. */
export interface StageHabit extends Omit<Stage, "renamed"> {
  readonly renamedFrom: string | null;
  /** Median stay in days of an ordinary rep. */
  readonly medianDays: number;
  /** Chance that a stay ends in a forward move. */
  readonly advance: number;
}

export interface PipelineHabit extends Omit<Pipeline, "stages"> {
  readonly stages: readonly StageHabit[];
  /** Share of all deals. */
  readonly share: number;
  /** Median amount in the home currency. */
  readonly medianAmount: number;
}

const closed = (key: string, label: string, outcome: "won" | "lost" | "disqualified"): StageHabit => ({
  key,
  label,
  outcome,
  probability: outcome === "won" ? 1 : 0,
  forecast: outcome === "won" ? "closed" : "omitted",
  renamedFrom: null,
  medianDays: 0,
  advance: 0,
});

const open = (key: string, label: string, probability: number, medianDays: number, advance: number): StageHabit => ({
  key,
  label,
  outcome: "open",
  probability,
  forecast: probability >= 0.8 ? "commit" : probability >= 0.5 ? "best_case" : "pipeline",
  renamedFrom: null,
  medianDays,
  advance,
});

/** New business leaks at the demo; renewals seldom fail. */
export const PIPELINES: readonly PipelineHabit[] = [
  {
    key: "new-business",
    label: "New business",
    share: 0.78,
    medianAmount: 17_000,
    stages: [
      open("meeting", "Meeting scheduled", 0.1, 8, 0.83),
      open("qualified", "Qualified to buy", 0.25, 12, 0.79),
      open("demo", "Demo & evaluation", 0.45, 18, 0.48),
      { ...open("proposal", "Proposal", 0.65, 14, 0.78), renamedFrom: "Quote" },
      open("contract", "Contract sent", 0.85, 10, 0.86),
      closed("won", "Closed won", "won"),
      closed("lost", "Closed lost", "lost"),
      closed("duplicate", "Duplicate / unqualified", "disqualified"),
    ],
  },
  {
    key: "renewal",
    label: "Renewals & upsell ♻️",
    share: 0.22,
    medianAmount: 8_500,
    stages: [
      open("upcoming", "Upcoming", 0.4, 18, 0.86),
      open("contacted", "Contacted", 0.55, 14, 0.8),
      open("negotiation", "Negotiation", 0.8, 10, 0.8),
      closed("renewed", "Renewed", "won"),
      closed("churned", "Churned", "lost"),
    ],
  },
];
