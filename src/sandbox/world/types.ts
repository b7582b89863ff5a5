import type { Day } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";

/** The company keeps two CRMs, one since a merger; a record is in one of them or in both. */
export const SIDES = ["one", "two"] as const;
export type Side = (typeof SIDES)[number];

/** Keys are the world's own (`rep-3`, `deal-17`); an emulator gives each its CRM's kind of id. */
export interface Person {
  readonly key: string;
  readonly kind: "rep" | "manager" | "head" | "queue";
  readonly firstName: string;
  readonly lastName: string;
  /** The same in both CRMs for a person who has a user in each. Null for a queue. */
  readonly email: string | null;
  readonly title: string;
  readonly teamKey: string | null;
  readonly managerKey: string | null;
  readonly sides: readonly Side[];
  readonly language: "en" | "ja" | "ko" | "pl";
  readonly timeZone: string;
  readonly startedAt: Instant;
  /** From then on the user is deactivated. */
  readonly leftAt: Instant | null;
}

export interface Team {
  readonly key: string;
  readonly name: string;
  readonly parentKey: string | null;
  readonly region: string;
}

export interface Stage {
  readonly key: string;
  readonly label: string;
  /** 0 to 1. */
  readonly probability: number;
  readonly outcome: "open" | "won" | "lost" | "disqualified";
  readonly forecast: Forecast;
  /** The label it had until then, for the CRM's log of definitions. */
  readonly renamed: { readonly at: Instant; readonly from: string } | null;
}

export interface Pipeline {
  readonly key: string;
  readonly label: string;
  readonly stages: readonly Stage[];
}

export type Forecast = "omitted" | "pipeline" | "best_case" | "commit" | "closed";

export interface Product {
  readonly key: string;
  readonly name: string;
  readonly series: string;
  /** In the home currency, major units. */
  readonly price: number;
}

/** Units of `currency` for one unit of the home currency from that day on. */
export interface Rate {
  readonly currency: string;
  readonly from: Day;
  readonly perHome: number;
}

export interface Quota {
  readonly key: string;
  readonly who: { readonly person: string } | { readonly team: string };
  readonly every: "month" | "quarter";
  readonly firstDay: Day;
  /** Inclusive. */
  readonly lastDay: Day;
  /** Won amount in the home currency, major units. */
  readonly amount: number;
  readonly sides: readonly Side[];
}

/** What holds for the company as a whole: people, process, money. */
export interface Company {
  readonly name: string;
  readonly domain: string;
  readonly homeCurrency: string;
  readonly currencies: readonly string[];
  readonly people: readonly Person[];
  readonly teams: readonly Team[];
  readonly pipelines: readonly Pipeline[];
  readonly products: readonly Product[];
  readonly rates: readonly Rate[];
  readonly quotas: readonly Quota[];
}

export interface Account {
  readonly key: string;
  readonly name: string;
  readonly domain: string;
  readonly sector: string;
  readonly region: string;
  readonly country: string;
  readonly parentKey: string | null;
  readonly ownerKey: string | null;
  readonly employees: number;
}

export type LifecycleStage = "subscriber" | "lead" | "mql" | "sql" | "opportunity" | "customer";

export interface Contact {
  readonly key: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly title: string;
  readonly accountKey: string | null;
  readonly ownerKey: string | null;
  readonly lifecycleStage: LifecycleStage;
}

export type LeadStatus = "new" | "attempting" | "connected" | "qualified" | "unqualified";

export interface Lead {
  readonly key: string;
  readonly contactKey: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly companyName: string;
  readonly ownerKey: string | null;
  readonly source: string;
  readonly status: LeadStatus;
}

export interface DealItem {
  readonly productKey: string;
  readonly quantity: number;
  /** Of one, in the deal's currency, major units. */
  readonly unitPrice: number;
}

/** The fields of a deal that change in its life. Money is in major units as text; null: not filled in. */
export interface DealFields {
  readonly name: string;
  readonly ownerKey: string | null;
  readonly pipelineKey: string;
  readonly stageKey: string;
  readonly amount: string | null;
  readonly currency: string;
  /** Expected while open, actual once closed. */
  readonly closeDay: Day | null;
  readonly forecast: Forecast;
  readonly nextStep: string | null;
  readonly lossReason: string | null;
}

export interface Deal extends DealFields {
  readonly key: string;
  /** The number both CRMs know the deal by; null where it is in one only. */
  readonly externalId: string | null;
  readonly accountKey: string;
  readonly contactKeys: readonly string[];
  readonly source: string;
  readonly segment: "small" | "mid" | "large";
  readonly isNewBusiness: boolean;
  readonly items: readonly DealItem[];
  readonly leadKey: string | null;
}

export type ActivityState = "done" | "scheduled" | "canceled" | "no_show" | "open";
export type CallOutcome = "connected" | "no_answer" | "voicemail" | "busy" | "wrong_number";

export interface Activity {
  readonly key: string;
  readonly kind: "call" | "email" | "meeting" | "task" | "note";
  readonly direction: "inbound" | "outbound" | null;
  readonly ownerKey: string | null;
  readonly dealKeys: readonly string[];
  readonly contactKeys: readonly string[];
  readonly accountKey: string | null;
  readonly leadKey: string | null;
  /** When it took place; for a task when it is due. Late loggers make it earlier than the moment it enters the CRM. */
  readonly occurredAt: Instant;
  readonly state: ActivityState;
  readonly minutes: number | null;
  readonly callOutcome: CallOutcome | null;
  readonly subject: string;
  /** The same mail logged in two places has one. */
  readonly messageId: string | null;
  readonly threadKey: string | null;
  /** Out of office, calendar replies, sequences. */
  readonly automated: boolean;
}

/** Something that happened and that the CRMs of `sides` show from `at` on. */
export type Happening = { readonly at: Instant; readonly sides: readonly Side[]; readonly by: string | null } & (
  | { readonly what: "account"; readonly account: Account }
  | { readonly what: "contact"; readonly contact: Contact }
  | { readonly what: "lifecycle"; readonly contactKey: string; readonly stage: LifecycleStage }
  | { readonly what: "lead"; readonly lead: Lead }
  | { readonly what: "lead_status"; readonly leadKey: string; readonly status: LeadStatus; readonly dealKey: string | null }
  | { readonly what: "deal"; readonly deal: Deal }
  | { readonly what: "deal_change"; readonly dealKey: string; readonly set: Partial<DealFields> }
  | { readonly what: "deal_deleted"; readonly dealKey: string }
  | { readonly what: "deal_merged"; readonly loserKey: string; readonly winnerKey: string }
  | { readonly what: "activity"; readonly activity: Activity }
  | { readonly what: "activity_change"; readonly activityKey: string; readonly kind: Activity["kind"]; readonly state: ActivityState }
);
