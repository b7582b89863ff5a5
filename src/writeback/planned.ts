import type { Clock } from "#core/clock.ts";
import type { DealPace } from "#metrics/deal-pace.ts";
import { type SyncHealth, syncHealth } from "#sync/health.ts";
import type { ReadDb, Warehouse } from "#warehouse/warehouse.ts";
import { type KnownAutomation, knownAutomations } from "./automations.ts";
import { type DesiredRecord, desiredDeals } from "./desired.ts";
import type { ManagedField } from "./fields.ts";
import { type WritebackMode, writebackMode } from "./mode.ts";
import { loadMemory, type Memory } from "./outbox.ts";
import { planWriteback, type WritebackPlan } from "./plan.ts";

/** Everything of the configuration that the write-back of one connection follows. */
export interface WritebackSettings {
  readonly mode: "auto" | "preview";
  readonly refreshDays: number;
  /** Records the first apply after go-live may write. */
  readonly firstApplyRecords: number;
  /** A plan that changes more than either is held (W7). */
  readonly breaker: { readonly records: number; readonly percent: number };
  readonly maximumDataAgeMs: number;
  readonly fields: readonly ManagedField[];
}

export interface PlanDeps {
  readonly warehouse: Warehouse;
  readonly connectionId: string;
  readonly settings: WritebackSettings;
  readonly loadPaces: (db: ReadDb) => Promise<readonly DealPace[]>;
  /** Records in one call of this connection; 0 for files. */
  readonly batch: number;
  readonly clock: Clock;
}

/** A plan with what it was made from. */
export interface Planned {
  readonly plan: WritebackPlan;
  readonly desired: readonly DesiredRecord[];
  readonly memory: Memory;
  readonly mode: WritebackMode;
  readonly health: SyncHealth;
  /** Flows, triggers and rules of the CRM that a write may set off, as `provision` saw them last. */
  readonly automations: readonly KnownAutomation[];
  /** Why it would be held, in words; null when it would not. */
  readonly breaker: string | null;
}

/** What would be written now. Reads the warehouse only. */
export async function makePlan(deps: PlanDeps): Promise<Planned> {
  const { connectionId, settings, batch } = deps;
  const now = deps.clock.now();
  return deps.warehouse.read(async (db) => {
    const [health] = await syncHealth(db, [connectionId], now, settings.maximumDataAgeMs);
    if (health === undefined) throw new TypeError("A connection has no health.");
    const desired = desiredDeals(await deps.loadPaces(db), connectionId);
    const memory = await loadMemory(db, connectionId);
    const { fields, refreshDays } = settings;
    const plan = planWriteback({ connectionId, desired, ...memory, fields, asOf: health.asOf ?? now, now, refreshDays, batch });
    const mode = await writebackMode(db, connectionId, settings.mode);
    // The first apply has its own limit.
    const isFree = mode.mode === "trial" || (await isApproved(db, connectionId));
    const automations = await knownAutomations(db, connectionId);
    return { plan, desired, memory, mode, health, automations, breaker: isFree ? null : breakerOf(plan, memory, settings) };
  });
}

/** A run far larger than usual is more likely a mistake than news; the first one ever is large by nature. */
function breakerOf(plan: WritebackPlan, memory: Memory, { breaker, firstApplyRecords }: WritebackSettings): string | null {
  const { changed, records } = plan.counts;
  if (memory.sent.size === 0 || changed <= firstApplyRecords) return null;
  if (changed > breaker.records) return `${changed} records would change; the limit is ${breaker.records}.`;
  const percent = (100 * changed) / Math.max(records, 1);
  return percent > breaker.percent ? `${Math.round(percent)} % of the records would change; the limit is ${breaker.percent} %.` : null;
}

/** Whether the last plan of the connection was approved and none was applied since. */
async function isApproved(db: ReadDb, connectionId: string): Promise<boolean> {
  const last = await db
    .selectFrom("writeback_runs")
    .select("state")
    .where("connection_id", "=", connectionId)
    .orderBy("made_at", "desc")
    .orderBy("run_id", "desc")
    .limit(1)
    .executeTakeFirst();
  return last?.state === "approved";
}
