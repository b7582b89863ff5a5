import type { Organization } from "#core/organization.ts";
import type {
  Account,
  Activity,
  Change,
  Contact,
  CrmUser,
  Deal,
  Lead,
  Pipeline,
  Product,
  RecordType,
  RecordTypes,
  StageEntry,
  StageVersion,
  Target,
} from "#core/records.ts";
import type { Day } from "#core/time/day.ts";
import { type Instant, parseInstant } from "#core/time/instant.ts";

/** `2026-03-01`, `2026-03-01T10:00Z` or a whole instant. */
export function at(text: string): Instant {
  const instant = parseInstant(text.length === 10 ? `${text}T00:00:00Z` : text);
  if (instant === null) throw new Error(`no instant: ${text}`);
  return instant;
}

export function day(text: string): Day {
  return text as Day;
}

/** Berlin, EUR, fiscal year from January, weeks from Monday. */
export function organization(changes: Partial<Organization> = {}): Organization {
  return {
    name: "Acme",
    timeZone: "Europe/Berlin",
    currency: "EUR",
    language: "en",
    periods: { fiscalYearStartMonth: 1, weekStartsOn: 1 },
    calendar: { holidays: new Set(), workingDays: new Set([1, 2, 3, 4, 5]), opensAt: 540, closesAt: 1020 },
    ...changes,
  };
}

/** An open deal of 1,000.00 EUR in the first stage. */
export function deal(changes: Partial<Deal> = {}): Deal {
  return {
    id: "1",
    sourceUpdatedAt: at("2026-03-01T10:00:00Z"),
    name: "Deal",
    ownerId: "o1",
    accountId: null,
    productId: null,
    pipelineId: "p",
    stageId: "discovery",
    outcome: null,
    amountRaw: "1000.00",
    currency: "EUR",
    createdAt: at("2026-03-01T09:00:00Z"),
    closeDay: day("2026-06-30"),
    closedAt: null,
    forecastCategory: "pipeline",
    probability: 0.2,
    nextStep: null,
    source: null,
    segment: null,
    territoryId: null,
    lossReason: null,
    dimensions: {},
    ...changes,
  };
}

/** The deal entered a stage; ids are made of what it says, so that it can be said again. */
export function stageEntry(
  changes: Partial<StageEntry> & { readonly dealId: string; readonly stageId: string; readonly enteredAt: Instant },
): StageEntry {
  const sequence = changes.sequence ?? 0;
  return { id: `${changes.dealId}:${changes.enteredAt}:${sequence}`, pipelineId: "p", sequence, actorId: null, ...changes };
}

/** A stage of pipeline `p` that holds since ever. */
export function stage(changes: Partial<StageVersion> & { readonly stageId: string }): StageVersion {
  const pipelineId = changes.pipelineId ?? "p";
  return {
    id: `${pipelineId}/${changes.stageId}`,
    sourceUpdatedAt: null,
    pipelineId,
    label: changes.stageId,
    order: 0,
    probability: null,
    outcome: "open",
    forecastCategory: null,
    archived: false,
    validFrom: null,
    ...changes,
  };
}

/** Discovery → proposal → negotiation → won, lost, duplicate. */
export function salesProcess(pipelineId = "p"): readonly StageVersion[] {
  const open = ["discovery", "proposal", "negotiation"].map((stageId, order) => stage({ pipelineId, stageId, order }));
  return [
    ...open,
    stage({ pipelineId, stageId: "won", order: 3, outcome: "won" }),
    stage({ pipelineId, stageId: "lost", order: 4, outcome: "lost" }),
    stage({ pipelineId, stageId: "duplicate", order: 5, outcome: "lost", label: "Closed - Duplicate" }),
  ];
}

export function pipeline(changes: Partial<Pipeline> = {}): Pipeline {
  return { id: "p", sourceUpdatedAt: null, label: "Sales", order: 0, archived: false, ...changes };
}

/** An active person. */
export function user(changes: Partial<CrmUser> = {}): CrmUser {
  const id = changes.id ?? "o1";
  return {
    id,
    sourceUpdatedAt: null,
    name: `User ${id}`,
    email: `${id}@acme.example`,
    managerId: null,
    managerName: null,
    teamName: null,
    region: null,
    territory: null,
    role: null,
    active: true,
    isPerson: true,
    startedOn: null,
    endedOn: null,
    otherIds: [],
    ...changes,
  };
}

/** A call that took place. */
export function activity(changes: Partial<Activity> = {}): Activity {
  return {
    id: "a1",
    sourceUpdatedAt: at("2026-03-02T10:00:00Z"),
    kind: "call",
    direction: "outbound",
    ownerId: "o1",
    occurredAt: at("2026-03-02T10:00:00Z"),
    loggedAt: at("2026-03-02T10:00:00Z"),
    state: "done",
    minutes: 5,
    outcome: null,
    category: null,
    automated: false,
    externalId: null,
    threadId: null,
    ...changes,
  };
}

export function account(changes: Partial<Account> = {}): Account {
  return { id: "acc1", sourceUpdatedAt: null, name: "Account", sector: null, region: null, parentId: null, ownerId: null, ...changes };
}

export function contact(changes: Partial<Contact> = {}): Contact {
  return {
    id: "c1",
    sourceUpdatedAt: null,
    name: "Contact",
    email: "contact@customer.example",
    accountId: null,
    ownerId: null,
    lifecycleStage: null,
    ...changes,
  };
}

export function lead(changes: Partial<Lead> = {}): Lead {
  return {
    id: "l1",
    sourceUpdatedAt: null,
    name: "Lead",
    ownerId: "o1",
    source: null,
    status: null,
    createdAt: at("2026-03-01"),
    mqlAt: null,
    sqlAt: null,
    convertedAt: null,
    dealId: null,
    ...changes,
  };
}

export function product(changes: Partial<Product> = {}): Product {
  return { id: "pr1", sourceUpdatedAt: null, name: "Product", series: null, amountRaw: null, currency: null, ...changes };
}

/** A quota of 100,000 EUR for a quarter. */
export function target(changes: Partial<Target> = {}): Target {
  return {
    id: "t1",
    sourceUpdatedAt: null,
    who: "o1@acme.example",
    metric: "quota",
    periodStart: day("2026-01-01"),
    periodEnd: day("2026-04-01"),
    valueRaw: "100000",
    unit: "EUR",
    ramped: false,
    origin: null,
    ...changes,
  };
}

/** Records of one type as changes. */
export function upserts<K extends RecordType>(type: K, records: readonly RecordTypes[K][]): readonly Change[] {
  return records.map((record) => ({ type, op: "upsert", record }) as unknown as Change);
}
