/** What a field can be put on: a deal or opportunity, a rep (scorecard), a company or account. */
export const WRITE_TARGETS = ["deal", "rep", "account"] as const;
export type WriteTarget = (typeof WRITE_TARGETS)[number];

export type FieldType = "number" | "percent" | "text" | "longText" | "date" | "datetime" | "picklist";

/** A custom field of ours. `name` is without the CRM's own prefix or suffix (`stuck_since` → `scorekeeper_stuck_since`, `Scorekeeper_Stuck_Since__c`). */
export interface FieldSpec {
  readonly target: WriteTarget;
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly type: FieldType;
  /** Digits after the point of a number or percent. */
  readonly decimals?: number;
  /** Longest text in characters. */
  readonly maxLength?: number;
  /** Values of a picklist, in order. */
  readonly options?: readonly { readonly value: string; readonly label: string }[];
}

export type FieldOutcome = {
  readonly field: FieldSpec;
  /** `conflict`: a field of that name existed before and has another type; it is left alone. */
  readonly state: "created" | "exists" | "would_create" | "conflict" | "refused";
  readonly detail: string | null;
};

export interface FieldReadiness {
  readonly field: FieldSpec;
  readonly ready: boolean;
  /** What is missing and who can grant it. */
  readonly remedy: string | null;
}

/** A value on its way to a CRM, already normalised: days `YYYY-MM-DD`, instants ISO UTC, numbers rounded; null clears. */
export type FieldValue = string | number | null;

export interface WriteItem {
  readonly target: WriteTarget;
  /** The CRM's id of the record (W1: existing records only). */
  readonly id: string;
  readonly values: Readonly<Record<string, FieldValue>>;
}

export interface LiveRecord {
  readonly id: string;
  readonly values: Readonly<Record<string, FieldValue>>;
}
