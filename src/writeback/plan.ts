import { createHash } from "node:crypto";
import { canonicalJson, type JsonObject } from "#core/json.ts";
import { dayFromNumber, dayNumber, parseDay } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";
import type { FieldValue, WriteItem, WriteTarget } from "#core/writeback.ts";
import type { DesiredRecord } from "./desired.ts";
import { AS_OF, type ManagedField, normalise } from "./fields.ts";

/** What the CRM confirmed last for one record. */
export type SentValues = Readonly<Record<string, FieldValue>>;

/** A record the CRM refused and has not taken since. */
export interface Failure {
  readonly valuesDigest: string;
  readonly times: number;
  readonly state: "due" | "parked" | "gone";
}

export type FieldChange = { readonly field: string; readonly old: FieldValue; readonly new: FieldValue };

/** One record to be written. Types, not interfaces, so that a plan is JSON. */
export type PlanItem = {
  readonly target: WriteTarget;
  readonly id: string;
  readonly reason: "change" | "heartbeat";
  readonly changes: readonly FieldChange[];
};

/** Everything a write-back would do to one connection: data only. */
export type WritebackPlan = {
  readonly connectionId: string;
  readonly asOf: Instant;
  readonly madeAt: Instant;
  readonly items: readonly PlanItem[];
  readonly counts: {
    /** Records looked at. */
    readonly records: number;
    readonly changed: number;
    readonly heartbeats: number;
    readonly unchanged: number;
    /** Left out, as the CRM refused these very values too often. */
    readonly parked: number;
    /** Left out, as the CRM has no such record any more. */
    readonly gone: number;
  };
  /** Changes by field: set or cleared. */
  readonly byField: Readonly<Record<string, { readonly set: number; readonly cleared: number }>>;
  readonly cost: { readonly calls: number };
  /** Of connection, as-of and items: the same plan has the same digest. */
  readonly digest: string;
};

export interface PlanInput {
  readonly connectionId: string;
  readonly desired: readonly DesiredRecord[];
  /** By `recordKey`. */
  readonly sent: ReadonlyMap<string, SentValues>;
  readonly failures: ReadonlyMap<string, Failure>;
  readonly fields: readonly ManagedField[];
  readonly asOf: Instant;
  readonly now: Instant;
  readonly refreshDays: number;
  readonly batch: number;
}

export function recordKey(record: { readonly target: string; readonly id: string }): string {
  return `${record.target}/${record.id}`;
}

/** Compares what should be with what was sent last. Pure; unchanged input makes an empty plan (W2). */
export function planWriteback(input: PlanInput): WritebackPlan {
  const decided = input.desired.map((record) => decideRecord(record, input));
  const items = decided.flatMap((each) => (typeof each === "string" ? [] : [each])).toSorted(byRecord);
  const count = (what: string): number => decided.filter((each) => each === what).length;
  const identity = { connectionId: input.connectionId, asOf: input.asOf, items: items.map((item) => ({ ...item })) };
  return {
    ...{ connectionId: input.connectionId, asOf: input.asOf, madeAt: input.now, items },
    counts: {
      ...{ records: input.desired.length, changed: items.filter((item) => item.reason === "change").length },
      ...{ heartbeats: items.filter((item) => item.reason === "heartbeat").length, unchanged: count("unchanged") },
      ...{ parked: count("parked"), gone: count("gone") },
    },
    byField: histogram(items),
    cost: { calls: input.batch === 0 ? 0 : Math.ceil(items.length / input.batch) },
    digest: digestOf(identity),
  };
}

export function writeItem(item: PlanItem): WriteItem {
  return { target: item.target, id: item.id, values: Object.fromEntries(item.changes.map((change) => [change.field, change.new])) };
}

/** Of the values without the as-of: says whether a refused record would be refused again. */
export function valuesDigest(record: DesiredRecord): string {
  return digestOf({ ...record.values, [AS_OF]: null });
}

function decideRecord(record: DesiredRecord, input: PlanInput): PlanItem | "unchanged" | "parked" | "gone" {
  const key = recordKey(record);
  const failure = input.failures.get(key);
  if (failure?.state === "gone") return "gone";
  if (failure?.state === "parked" && failure.valuesDigest === valuesDigest(record)) return "parked";
  const sent = input.sent.get(key) ?? {};
  const found = input.fields
    .filter(({ spec }) => spec.name !== AS_OF && spec.name in record.values)
    .map((field) => ({ field, change: changeOf(field, record.values[field.spec.name] ?? null, sent) }));
  const changes = found.flatMap(({ change }) => change ?? []);
  const isReason = found.some(({ field, change }) => change !== null && isLargeEnough(change, field.minimumChange));
  const isHeartbeat = !isReason && heartbeatDue(record.id, sent[AS_OF] ?? null, input);
  if (!isReason && !isHeartbeat) return "unchanged";
  return {
    target: record.target,
    id: record.id,
    reason: isReason ? "change" : "heartbeat",
    changes: [...changes, ...asOfChange(sent, input)],
  };
}

function changeOf({ spec }: ManagedField, desired: FieldValue, sent: SentValues): FieldChange | null {
  const old = sent[spec.name] ?? null;
  const value = normalise(desired, spec);
  return value === old ? null : { field: spec.name, old, new: value };
}

function asOfChange(sent: SentValues, input: PlanInput): readonly FieldChange[] {
  const field = input.fields.find(({ spec }) => spec.name === AS_OF);
  const change = field === undefined ? null : changeOf(field, input.asOf, sent);
  return change === null ? [] : [change];
}

function isLargeEnough(change: FieldChange, minimum: number): boolean {
  if (typeof change.old !== "number" || typeof change.new !== "number") return true;
  return Math.abs(change.new - change.old) >= minimum;
}

/** Every record has one day in `refreshDays` on which its as-of is confirmed, so that a day's share is small and even (W28). */
function heartbeatDue(id: string, lastAsOf: FieldValue, { asOf, refreshDays }: PlanInput): boolean {
  const last = typeof lastAsOf === "string" ? parseDay(lastAsOf.slice(0, 10)) : null;
  const today = parseDay(asOf.slice(0, 10));
  if (last === null || today === null) return false;
  const slot = Number.parseInt(createHash("sha256").update(id).digest("hex").slice(0, 8), 16) % refreshDays;
  const number = dayNumber(today);
  const latestSlot = number - ((((number - slot) % refreshDays) + refreshDays) % refreshDays);
  return last < dayFromNumber(latestSlot);
}

function histogram(items: readonly PlanItem[]): WritebackPlan["byField"] {
  const counts = new Map<string, { set: number; cleared: number }>();
  for (const change of items.flatMap((item) => item.changes)) {
    const count = counts.get(change.field) ?? { set: 0, cleared: 0 };
    counts.set(change.field, { set: count.set + (change.new === null ? 0 : 1), cleared: count.cleared + (change.new === null ? 1 : 0) });
  }
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function byRecord(a: PlanItem, b: PlanItem): number {
  const [one, other] = [recordKey(a), recordKey(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}

function digestOf(value: JsonObject): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
