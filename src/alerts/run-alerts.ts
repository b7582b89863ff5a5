import type { Clock } from "#core/clock.ts";
import type { Organization } from "#core/organization.ts";
import type { Instant } from "#core/time/instant.ts";
import { enqueueMails } from "#mail/outbox.ts";
import type { Reader, Warehouse, WriteTx } from "#warehouse/warehouse.ts";
import { type AlertMemory, type Decision, decide, RULE_ERRORS, ruleVersion } from "./decide.ts";
import { type AlertFacts, type LoadPaces, loadFacts } from "./facts.ts";
import { alertMode, baselinesOf, putBaseline } from "./mode.ts";
import { SYNC_RULE } from "./rules/sync-health.ts";
import type { AlertSettings } from "./settings.ts";
import { addEvents, loadNotices, loadStates, markTold, saveStates, settleEvents } from "./store.ts";

export interface AlertDeps {
  readonly warehouse: Warehouse;
  readonly clock: Clock;
  readonly organization: Organization;
  readonly settings: AlertSettings;
  readonly loadPaces: LoadPaces;
  readonly recordUrl: (connectionId: string, dealId: string) => string | null;
}

export interface AlertOptions {
  readonly when: "now" | "scheduled";
  readonly notifyExisting: boolean;
}

/** What one run would do: nothing is stored or sent. */
export async function previewAlerts(deps: AlertDeps, options: AlertOptions): Promise<Decision> {
  const now = deps.clock.now();
  const facts = await loadFacts(deps.warehouse, { ...deps, now });
  return deps.warehouse.read((db) => decideNow(db, facts, deps, options, now));
}

/** Evaluates every rule and puts what is to be told into the mail outbox: states, events and mails in one transaction, so that
 *  a crash loses nothing and tells nothing twice. */
export async function evaluateAlerts(deps: AlertDeps, options: AlertOptions): Promise<Decision> {
  const now = deps.clock.now();
  const facts = await loadFacts(deps.warehouse, { ...deps, now });
  return deps.warehouse.write(async (tx) => {
    const decision = await decideNow(tx, facts, deps, options, now);
    await store(tx, decision, deps.settings, now);
    return decision;
  });
}

async function decideNow(db: Reader, facts: AlertFacts, deps: AlertDeps, options: AlertOptions, now: Instant): Promise<Decision> {
  const memory = await loadMemory(db, deps.settings);
  const { organization, settings, recordUrl } = deps;
  return decide(facts, memory, { now, organization, settings, recordUrl, ...options });
}

async function loadMemory(db: Reader, settings: AlertSettings): Promise<AlertMemory> {
  const remembered = async (ruleId: string) => ({ states: await loadStates(db, ruleId), notices: await loadNotices(db, ruleId) });
  const staleId = settings.staleDeal?.id ?? "stale_deal";
  return {
    ...{ stale: await remembered(staleId), sync: await remembered(SYNC_RULE), rules: await remembered(RULE_ERRORS) },
    baselines: await baselinesOf(db, staleId),
    mode: (await alertMode(db, settings)).mode,
  };
}

async function store(tx: WriteTx, decision: Decision, settings: AlertSettings, now: Instant): Promise<void> {
  for (const { changed, events } of decision.evaluations) {
    await saveStates(tx, changed, now);
    await addEvents(tx, events);
  }
  const rule = settings.staleDeal;
  if (rule !== null) for (const connectionId of decision.judged) await putBaseline(tx, rule.id, connectionId, ruleVersion(settings), now);
  await settleEvents(tx, decision.digests.dropped, "dropped");
  for (const { order, eventIds, keys } of decision.digests.digests) {
    if (order === null) continue;
    await enqueueMails(tx, [order], settings.mail.from, now);
    await settleEvents(tx, eventIds, order.notificationId);
    await markTold(tx, keys, order.mode, now);
  }
  const { operations } = decision;
  if (operations === null || operations.order === null) return;
  await enqueueMails(tx, [operations.order], settings.mail.from, now);
  await settleEvents(tx, operations.eventIds, operations.order.notificationId);
  await markTold(tx, operations.keys, "live", now);
}
