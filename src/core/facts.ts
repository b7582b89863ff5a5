import type { ForecastCategory, Outcome } from "./records.ts";

/** Days are numbers here (days since 1970-01-01, local to the organisation): facts pass through inner loops by the million. */
export type DayNumber = number;

/** Membership of a person on one day (R13). Null: none known. */
export interface Membership {
  readonly managerId: string | null;
  readonly team: string | null;
  readonly region: string | null;
  readonly territory: string | null;
}

/** Who gets the result, with the membership valid at that moment; one object per person and spell, so it compares by identity. */
export interface Credit extends Membership {
  /** `people.person_id`; null: no owner. */
  readonly personId: string | null;
}

/** A maximal run in one stage (R16), as of D. */
export interface StayState {
  readonly ordinal: number;
  readonly pipelineId: string;
  readonly stageId: string;
  readonly enteredDay: DayNumber;
  /** Null: still there as of D. */
  readonly leftDay: DayNumber | null;
  /** Settled calendar days; null while running or when the start is assumed (R7, R17). */
  readonly days: number | null;
  readonly direction: string;
  readonly basis: string;
  /** Position in the pipeline's order of open stages, then won; null for lost, disqualified and unknown stages. */
  readonly place: number | null;
  readonly outcome: Outcome;
}

/** A deal as it stood at D (R5). */
export interface DealState {
  readonly connectionId: string;
  readonly dealId: string;
  readonly name: string | null;
  readonly outcome: Outcome;
  readonly pipelineId: string;
  readonly stageId: string;
  readonly accountId: string | null;
  readonly productId: string | null;
  readonly source: string | null;
  readonly segment: string | null;
  readonly territoryId: string | null;
  readonly lossReason: string | null;
  readonly nextStep: string | null;
  readonly forecastCategory: ForecastCategory | null;
  /** 0–1; a value outside is null (R18). */
  readonly probability: number | null;
  /** JSON text of configured dimensions. */
  readonly dimensions: string;
  readonly createdDay: DayNumber | null;
  /** Close date: expected while open, actual once closed. */
  readonly closeDay: DayNumber | null;
  /** Day of the last move into a closed stage where history has it, else the close date (R10). */
  readonly closingDay: DayNumber | null;
  readonly currency: string;
  /** In its own currency; null: none. */
  readonly amountMinor: number | null;
  readonly bornClosed: boolean;
  readonly reopenCount: number;
  readonly stays: readonly StayState[];
}

/** A deal anchored on one of its dates. */
export interface DealFact {
  readonly deal: DealState;
  readonly day: DayNumber | null;
  readonly credit: Credit;
  /** In the organisation's currency at the rate of the anchor (R12); null: see `amountGap`. */
  readonly amountMinor: number | null;
  readonly amountGap: "no_amount" | "no_rate" | null;
}

/** A stay anchored on its end or beginning. */
export interface StayFact {
  readonly deal: DealState;
  readonly stay: StayState;
  readonly day: DayNumber | null;
  readonly credit: Credit;
}

/** A quota or goal as read from `targets`. */
export interface TargetFact {
  readonly who: string;
  readonly metric: string;
  readonly startDay: DayNumber;
  /** Exclusive. */
  readonly endDay: DayNumber;
  /** Minor units of the organisation's currency for money, else the plain number; null: unreadable or no rate. */
  readonly value: number | null;
  readonly unit: "money" | "count" | "ratio";
}
