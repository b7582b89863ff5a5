import type { Change, RecordType } from "#core/records.ts";
import { zone } from "#core/time/zone.ts";
import { accountBlocks } from "./account-blocks.ts";
import type { ApplyContext, ApplyReport, TypeCounts } from "./apply-context.ts";
import { applyDeals } from "./apply-deals.ts";
import { ALL_BLOCKS, markDirty, TARGETS_SCOPE } from "./dirty.ts";
import type { Decision } from "./fold.ts";
import { type PlanContext, planType, type TypePlan } from "./plan-type.ts";
import { RECORD_TABLES } from "./records/tables.ts";
import { settlePipelines } from "./settle-deals.ts";
import { keepStageVersions, loadStageBook } from "./stage-versions.ts";
import type { WriteTx } from "./warehouse.ts";
import { rowsBefore, writeType } from "./write-type.ts";

/** Types that feed every number: a change of theirs makes all blocks dirty. */
const FEEDS_ALL: ReadonlySet<RecordType> = new Set(["stageVersion", "exchangeRate", "product"]);
const PEOPLE: ReadonlySet<RecordType> = new Set(["user", "team", "membership"]);
/** Stored with their stays by applyDeals. */
const DEALS: ReadonlySet<RecordType> = new Set(["deal", "stageEntry"]);

/** Stores a page of changes (law 2: applying it again, or pages in any order, comes to the same rows). Everything that follows from
 *  them – stays, outcomes, superseded versions, dirty blocks – is maintained here, in the caller's transaction. */
export async function applyChanges(tx: WriteTx, context: ApplyContext, changes: readonly Change[]): Promise<ApplyReport> {
  const planContext = planContextOf(context);
  const byType = Map.groupBy(changes, (change) => change.type);
  const plans: TypePlan[] = [];
  const blocks = new Set<string>();
  const add = (more: Iterable<string>): void => {
    for (const block of more) blocks.add(block);
  };
  for (const [type, ofType] of byType) {
    if (DEALS.has(type)) continue;
    const plan = await planType(tx, type, RECORD_TABLES[type], ofType, planContext);
    await writeType(tx, plan, await rowsBefore(tx, plan, planContext), planContext);
    if (FEEDS_ALL.has(type) && plan.decisions.some(isChange)) add([ALL_BLOCKS]);
    if (type === "target" && plan.decisions.some(isChange)) add([TARGETS_SCOPE]);
    if (type === "account") add(await accountBlocks(tx, context.connectionId, plan));
    plans.push(plan);
  }
  const stages = plans.find((plan) => plan.type === "stageVersion");
  const pipelines = stages === undefined ? [] : await keepStageVersions(tx, stages, byType.get("stageVersion") ?? [], context);
  const book = await loadStageBook(tx, context.connectionId, context.stageOverrides);
  const deals = await applyDeals(tx, byType.get("deal") ?? [], byType.get("stageEntry") ?? [], book, context, planContext);
  add(deals.blocks);
  add(await settlePipelines(tx, [...pipelines], book, context));
  await markDirty(tx, blocks, "records", context.now);
  return report([...plans, ...deals.plans]);
}

function planContextOf(context: ApplyContext): PlanContext {
  return {
    connectionId: context.connectionId,
    currency: context.organization.currency,
    dayOf: zone(context.organization.timeZone).dayOf,
    stageOverrides: context.stageOverrides,
    now: context.now,
  };
}

/** A stamp moved by our own write is no change (law 5). */
function isChange(decision: Decision): boolean {
  return decision.kind !== "stamp";
}

function report(plans: readonly TypePlan[]): ApplyReport {
  const counts: Partial<Record<RecordType, TypeCounts>> = {};
  for (const plan of plans) {
    const count = (kind: Decision["kind"]): number => plan.decisions.filter((decision) => decision.kind === kind).length;
    counts[plan.type] = {
      inserted: count("insert"),
      changed: count("change"),
      deleted: count("delete"),
      unchanged: plan.unchanged,
      older: plan.older,
    };
  }
  return {
    counts,
    rejects: plans.flatMap((plan) => plan.rejects),
    replacedCharacters: plans.reduce((sum, plan) => sum + plan.replacedCharacters, 0),
    peopleChanged: plans.some((plan) => PEOPLE.has(plan.type) && plan.decisions.some(isChange)),
  };
}
