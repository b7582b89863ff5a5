import type { Organization } from "#core/organization.ts";
import { addDays, type Day, dayFromNumber } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";
import { dealKeys } from "#warehouse/facts/deal-keys.ts";
import { type DealHistory, readDeals } from "#warehouse/facts/deals.ts";
import { accountNames, seenAfter } from "#warehouse/facts/names.ts";
import { readReference } from "#warehouse/facts/reference.ts";
import { wonStayLengths } from "#warehouse/facts/stay-lengths.ts";
import { num } from "#warehouse/num.ts";
import type { ReadDb } from "#warehouse/warehouse.ts";
import { percentileOfCounts } from "./estimators/percentile.ts";
import { buildReference, type Reference } from "./reference.ts";
import { asOfAt } from "./request.ts";
import { dealAt } from "./state.ts";

/** How an open deal moves against what is usual for deals that were won (catalogue §3, `stale_deal`). */
export interface DealPace {
  readonly connectionId: string;
  readonly dealId: string;
  readonly name: string | null;
  readonly ownerPersonId: string | null;
  readonly managerPersonId: string | null;
  readonly accountName: string | null;
  readonly pipelineId: string;
  readonly stageId: string;
  readonly stageLabel: string;
  /** In the deal's own currency. */
  readonly amountMinor: number | null;
  readonly currency: string;
  readonly enteredOn: Day;
  /** `recorded` by the CRM, `observed` by us, `created`: no stage history, counted from creation. */
  readonly basis: string;
  readonly daysInStage: number;
  /** Median settled stay of won deals in this pipeline and stage over 12 months; null: too few of them. */
  readonly typicalDays: number | null;
  /** Stays behind `typicalDays`. */
  readonly sampleSize: number;
  readonly thresholdDays: number;
  readonly isStuck: boolean;
  /** First day on which it was stuck; null while it is not. */
  readonly stuckSince: Day | null;
}

export interface PaceRule {
  /** Stuck above this many times the typical stay. Default 2. */
  readonly multiplier?: number;
  /** Never stuck at or under this many days. Default 7. */
  readonly minimumDays?: number;
  /** Fewer settled stays than this: `guardDays` instead of the typical stay. Default 10. */
  readonly guardStays?: number;
  /** Default 30. */
  readonly guardDays?: number;
}

/** Days in a stage above which a deal counts as stuck. Pure. */
export function paceThreshold(typicalDays: number | null, sampleSize: number, rule: PaceRule = {}): number {
  const { multiplier = 2, minimumDays = 7, guardStays = 10, guardDays = 30 } = rule;
  if (typicalDays === null || sampleSize < guardStays) return guardDays;
  return Math.max(multiplier * typicalDays, minimumDays);
}

export interface PaceQuestion extends PaceRule {
  readonly asOf: Instant;
  readonly organization: Organization;
}

/** Every open deal with a known or assumed stay, slowest first by how far it is over its threshold, then by id. */
export async function dealPaces(db: ReadDb, question: PaceQuestion): Promise<readonly DealPace[]> {
  const reference = buildReference(await readReference(db), question.organization);
  const { day } = asOfAt(question.asOf, question.organization);
  const typical = await typicalStays(db, dayFromNumber(day));
  const isLatest = !(await seenAfter(db, question.asOf));
  const keys = isLatest ? await dealKeys(db, { open: true, closed: [], created: [], stayed: [] }) : undefined;
  const changes = isLatest ? ["owner"] : ["owner", "amount", "currency", "closeDay"];
  const found: { pace: Omit<DealPace, "accountName">; accountId: string | null }[] = [];
  for await (const page of readDeals(db, { stays: true, changes }, keys)) {
    for (const history of page) {
      const running = runningStay(history, question.asOf, isLatest, reference);
      if (running === null) continue;
      const typicalHere = typical.get(stageKey(running.deal.connectionId, running.pipelineId, running.stageId));
      found.push({ pace: paceOf(running, typicalHere, day, question, reference), accountId: running.deal.accountId });
    }
  }
  const wanted = found.flatMap(({ pace, accountId }) => (accountId === null ? [] : [{ connectionId: pace.connectionId, id: accountId }]));
  const names = await accountNames(db, wanted);
  return found
    .map(({ pace, accountId }) => ({ ...pace, accountName: names.get(`${pace.connectionId}:${accountId}`) ?? null }))
    .sort(bySlowness);
}

type Counts = Map<number, number>;

/** Lengths of settled stays of won deals that ended in the twelve months before the day. */
async function typicalStays(db: ReadDb, day: Day): Promise<ReadonlyMap<string, Counts>> {
  const yearBefore = addDays(day, -365);
  const stages = new Map<string, Counts>();
  for (const row of await wonStayLengths(db, yearBefore, day)) {
    const key = stageKey(row.connection_id, row.pipeline_id, row.stage_id);
    const counts = stages.get(key) ?? new Map<number, number>();
    stages.set(key, counts.set(row.days, (counts.get(row.days) ?? 0) + num(row.times)));
  }
  return stages;
}

function stageKey(connectionId: string, pipelineId: string, stageId: string): string {
  return [connectionId, pipelineId, stageId].join("\u001f");
}

interface RunningStay {
  readonly deal: NonNullable<ReturnType<typeof dealAt>>["state"];
  readonly pipelineId: string;
  readonly stageId: string;
  readonly enteredDay: number;
  readonly basis: string;
  readonly ownerId: string | null;
}

/** Where an open deal is and since when; without stage history it is taken to be there since its creation. */
function runningStay(history: DealHistory, asOf: Instant, isLatest: boolean, reference: Reference): RunningStay | null {
  const dated = dealAt(history, asOf, isLatest, reference);
  if (dated === null || dated.state.outcome !== "open") return null;
  const { state: deal } = dated;
  const stay = deal.stays.at(-1);
  const ownerId = dated.ownerAt(asOf);
  if (stay !== undefined) {
    return { deal, pipelineId: stay.pipelineId, stageId: stay.stageId, enteredDay: stay.enteredDay, basis: stay.basis, ownerId };
  }
  if (deal.createdDay === null) return null;
  const stageId = deal.stageId === "" ? history.row.stage_id : deal.stageId;
  return { deal, pipelineId: deal.pipelineId, stageId, enteredDay: deal.createdDay, basis: "created", ownerId };
}

function paceOf(
  running: RunningStay,
  typical: Counts | undefined,
  day: number,
  rule: PaceRule,
  reference: Reference,
): Omit<DealPace, "accountName"> {
  const { deal } = running;
  const credit = reference.creditOf(reference.personOf(deal.connectionId, running.ownerId), day);
  const sampleSize = [...(typical ?? new Map<number, number>()).values()].reduce((sum, times) => sum + times, 0);
  const isKnown = sampleSize >= (rule.guardStays ?? 10);
  const typicalDays = isKnown && typical !== undefined ? percentileOfCounts(typical, 0.5) : null;
  const thresholdDays = paceThreshold(typicalDays, sampleSize, rule);
  const daysInStage = day - running.enteredDay;
  const isStuck = daysInStage > thresholdDays;
  return {
    connectionId: deal.connectionId,
    dealId: deal.dealId,
    name: deal.name,
    ownerPersonId: credit.personId,
    managerPersonId: credit.managerId,
    pipelineId: running.pipelineId,
    stageId: running.stageId,
    stageLabel: reference.stage(deal.connectionId, running.pipelineId, running.stageId)?.label ?? running.stageId,
    amountMinor: deal.amountMinor,
    currency: deal.currency,
    enteredOn: dayFromNumber(running.enteredDay),
    basis: running.basis,
    daysInStage,
    typicalDays,
    sampleSize,
    thresholdDays,
    isStuck,
    stuckSince: isStuck ? dayFromNumber(running.enteredDay + Math.floor(thresholdDays) + 1) : null,
  };
}

function bySlowness(a: DealPace, b: DealPace): number {
  const over = b.daysInStage - b.thresholdDays - (a.daysInStage - a.thresholdDays);
  if (over !== 0) return over;
  if (a.connectionId !== b.connectionId) return a.connectionId < b.connectionId ? -1 : 1;
  return a.dealId < b.dealId ? -1 : 1;
}
