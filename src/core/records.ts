import type { JsonObject } from "./json.ts";
import type { Day } from "./time/day.ts";
import type { Instant } from "./time/instant.ts";

/** What became of a deal (R9). Lost is closed and not won; disqualified leaves win rates and funnels. */
export const OUTCOMES = ["open", "won", "lost", "disqualified"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const FORECAST_CATEGORIES = ["omitted", "pipeline", "best_case", "most_likely", "commit", "closed"] as const;
export type ForecastCategory = (typeof FORECAST_CATEGORIES)[number];

export const ACTIVITY_KINDS = ["call", "email", "meeting", "task", "note"] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

/** Ids are the CRM's own, as text, unique within their connection; a reference may arrive before what it names. */
interface SourceRecord {
  readonly id: string;
  /** When the CRM says the record last changed: an older one never overwrites a newer one. Null where the source has no such stamp. */
  readonly sourceUpdatedAt: Instant | null;
}

/** Money as the CRM gave it: normalised in the warehouse, where the currency's exponent is applied. */
export interface RawMoney {
  readonly amountRaw: string | null;
  /** ISO 4217; null means the organisation's own. */
  readonly currency: string | null;
}

export interface Deal extends SourceRecord, RawMoney {
  readonly name: string | null;
  readonly ownerId: string | null;
  readonly accountId: string | null;
  /** Product or series named on the deal itself; line items are `dealItem`. */
  readonly productId: string | null;
  readonly pipelineId: string;
  readonly stageId: string;
  /** The CRM's own verdict where it gives one on the record; null: read it from the stage. */
  readonly outcome: Outcome | null;
  readonly createdAt: Instant | null;
  /** Expected close while open, actual once closed (R7): a day in the organisation's zone. */
  readonly closeDay: Day | null;
  /** The same as an instant where the CRM keeps one. */
  readonly closedAt: Instant | null;
  readonly forecastCategory: ForecastCategory | null;
  /** 0 to 1. */
  readonly probability: number | null;
  readonly nextStep: string | null;
  readonly source: string | null;
  readonly segment: string | null;
  readonly territoryId: string | null;
  readonly lossReason: string | null;
  /** Configured dimensions and the CRM's own values worth keeping beside the normalised ones. */
  readonly dimensions: JsonObject;
}

/** One row of a CRM's stage log: from this moment the deal was in this stage (R16; rows may repeat a stage). */
export interface StageEntry {
  readonly id: string;
  readonly dealId: string;
  readonly pipelineId: string;
  readonly stageId: string;
  readonly enteredAt: Instant;
  /** Order within one instant, as the CRM gives it. */
  readonly sequence: number;
  readonly actorId: string | null;
}

export const DEAL_CHANGE_FIELDS = ["amount", "closeDay", "owner", "pipeline", "currency", "forecastCategory", "nextStep"] as const;
export type DealChangeField = (typeof DEAL_CHANGE_FIELDS)[number] | `dimension:${string}`;

/** A field of a deal had this value from this moment on. */
export interface DealChange {
  readonly id: string;
  readonly dealId: string;
  readonly field: DealChangeField;
  readonly changedAt: Instant;
  readonly sequence: number;
  /** Null: the field was cleared. Amounts in major units as text. */
  readonly value: string | null;
  readonly actorId: string | null;
}

export interface DealItem extends SourceRecord, RawMoney {
  readonly dealId: string;
  readonly productId: string | null;
  readonly quantity: number | null;
  readonly listPriceRaw: string | null;
}

export interface DealContact extends SourceRecord {
  readonly dealId: string;
  readonly contactId: string;
  readonly role: string | null;
  readonly isPrimary: boolean;
}

export interface Activity extends SourceRecord {
  readonly kind: ActivityKind;
  readonly direction: "inbound" | "outbound" | "internal" | null;
  /** Person who acted. */
  readonly ownerId: string | null;
  /** When it took place; for an open task, when it is due. */
  readonly occurredAt: Instant | null;
  /** When it was logged, which may be much later. */
  readonly loggedAt: Instant | null;
  readonly state: "done" | "scheduled" | "canceled" | "failed" | "unknown";
  readonly minutes: number | null;
  readonly outcome: string | null;
  readonly category: string | null;
  /** Made by a machine (sequence, auto-reply, sync), not a person. */
  readonly automated: boolean;
  /** Same event in two logs: the Message-ID or the CRM's own external id. */
  readonly externalId: string | null;
  readonly threadId: string | null;
}

/** What an activity is about. */
export interface ActivityLink {
  readonly id: string;
  readonly activityId: string;
  readonly toType: "deal" | "contact" | "account" | "lead";
  readonly toId: string;
}

export interface Account extends SourceRecord {
  readonly name: string | null;
  readonly sector: string | null;
  readonly region: string | null;
  readonly parentId: string | null;
  readonly ownerId: string | null;
}

export interface Contact extends SourceRecord {
  readonly name: string | null;
  readonly email: string | null;
  readonly accountId: string | null;
  readonly ownerId: string | null;
  readonly lifecycleStage: string | null;
}

export interface Lead extends SourceRecord {
  readonly name: string | null;
  readonly ownerId: string | null;
  readonly source: string | null;
  readonly status: string | null;
  readonly createdAt: Instant | null;
  readonly mqlAt: Instant | null;
  readonly sqlAt: Instant | null;
  readonly convertedAt: Instant | null;
  readonly dealId: string | null;
}

export interface LifecycleChange {
  readonly id: string;
  readonly contactId: string;
  readonly stage: string;
  readonly changedAt: Instant;
}

/** A user or owner of one CRM; several may be one person (`people`). */
export interface CrmUser extends SourceRecord {
  readonly name: string | null;
  readonly email: string | null;
  readonly managerId: string | null;
  /** Manager, team, region and territory by name where the source has no ids for them (files). */
  readonly managerName: string | null;
  readonly teamName: string | null;
  readonly region: string | null;
  readonly territory: string | null;
  readonly role: string | null;
  readonly active: boolean;
  /** A queue, an integration or another owner that is no person. */
  readonly isPerson: boolean;
  readonly startedOn: Day | null;
  readonly endedOn: Day | null;
  /** Other ids the same CRM uses for this user (HubSpot user id beside owner id). */
  readonly otherIds: readonly string[];
}

export interface Team extends SourceRecord {
  readonly name: string;
  readonly parentId: string | null;
}

export interface Membership {
  readonly id: string;
  readonly teamId: string;
  readonly userId: string;
  readonly isPrimary: boolean;
}

export interface Pipeline extends SourceRecord {
  readonly label: string;
  readonly order: number;
  readonly archived: boolean;
}

/** A stage as it was defined at some time; the warehouse keeps every version (R9). */
export interface StageVersion extends SourceRecord {
  readonly pipelineId: string;
  readonly stageId: string;
  readonly label: string;
  readonly order: number;
  /** 0 to 1. */
  readonly probability: number | null;
  readonly outcome: Outcome;
  readonly forecastCategory: ForecastCategory | null;
  readonly archived: boolean;
  /** Since when this definition holds; null: as far back as is known. */
  readonly validFrom: Instant | null;
}

export interface Product extends SourceRecord, RawMoney {
  readonly name: string;
  readonly series: string | null;
}

/** A quota or goal. `period.end` is exclusive here; files and mails show the last day. */
export interface Target extends SourceRecord {
  /** `connection:id` of a user, an e-mail, `team:NAME` or `company`. */
  readonly who: string;
  readonly metric: string;
  readonly periodStart: Day;
  readonly periodEnd: Day;
  readonly valueRaw: string;
  readonly unit: string;
  readonly ramped: boolean;
  readonly origin: string | null;
}

/** An automation of the CRM that our writes may set off; shown in plans. */
export interface Automation extends SourceRecord {
  readonly object: string;
  readonly kind: "flow" | "workflow" | "trigger" | "validation_rule";
  readonly name: string;
  readonly active: boolean;
}

/** Units of the organisation's currency for one unit of `currency`, from `day` on (R12). */
export interface ExchangeRate {
  readonly id: string;
  readonly currency: string;
  readonly day: Day;
  readonly rate: number;
}

/** Every normalised record; a connector speaks only in these. */
export interface RecordTypes {
  readonly deal: Deal;
  readonly stageEntry: StageEntry;
  readonly dealChange: DealChange;
  readonly dealItem: DealItem;
  readonly dealContact: DealContact;
  readonly activity: Activity;
  readonly activityLink: ActivityLink;
  readonly account: Account;
  readonly contact: Contact;
  readonly lead: Lead;
  readonly lifecycleChange: LifecycleChange;
  readonly user: CrmUser;
  readonly team: Team;
  readonly membership: Membership;
  readonly pipeline: Pipeline;
  readonly stageVersion: StageVersion;
  readonly product: Product;
  readonly target: Target;
  readonly automation: Automation;
  readonly exchangeRate: ExchangeRate;
}
export type RecordType = keyof RecordTypes;

/** One thing that happened to a record; safe to apply twice and in any order (law 2). */
export type Change = {
  [K in RecordType]:
    | { readonly type: K; readonly op: "upsert"; readonly record: RecordTypes[K] }
    | { readonly type: K; readonly op: "delete"; readonly id: string }
    | { readonly type: K; readonly op: "merge"; readonly loser: string; readonly winner: string }
    | { readonly type: K; readonly op: "present"; readonly ids: readonly string[]; readonly within: IdRange };
}[RecordType];

/** An id sweep saw every id in `(after, upTo]` (null: unbounded), compared as `order` says: what is stored there and was not listed is gone. */
export interface IdRange {
  readonly order: "numeric" | "text";
  readonly after: string | null;
  readonly upTo: string | null;
  /** Only ids that begin with this, both ends too: several objects of a CRM may share one record type (`call/12`, `email/7`). */
  readonly prefix?: string;
}
