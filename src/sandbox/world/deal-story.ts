import type { Rng } from "#core/rng.ts";
import { addDays, type Day } from "#core/time/day.ts";
import { msOf } from "#core/time/instant.ts";
import { between, chanceFor, happens, logNormal, pick } from "../chance.ts";
import { DAY_MS, dayOf } from "./company.ts";
import { amountText, type DealPlan } from "./deal-plan.ts";
import { nextStep } from "./names.ts";
import { PEOPLE } from "./people.ts";
import type { StageHabit } from "./pipelines.ts";
import { atWork, instantAt, type Setting } from "./setting.ts";
import type { Deal, DealFields, Happening } from "./types.ts";

/** A stretch in one stage, for whoever tells what was done during it. */
export interface Stay {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stageIndex: number;
  readonly isStuck: boolean;
}

export interface DealStory {
  readonly happenings: readonly Happening[];
  readonly stays: readonly Stay[];
  readonly isWon: boolean;
}

const LOSS_REASONS = ["Price", "Competitor", "No budget", "No decision", "Missing feature", "Lost contact"] as const;
/** Even the strangest deal ends. */
const MOST_STAYS = 24;

interface Telling {
  readonly plan: DealPlan;
  readonly rng: Rng;
  readonly happenings: Happening[];
  readonly stays: Stay[];
  /** As of the last thing told. */
  now: DealFields;
  ms: number;
}

/** The whole life of a deal, beyond the anchor too: a pure function of setting and plan. */
export function dealStory(setting: Setting, plan: DealPlan): DealStory {
  const rng = chanceFor(setting.seed, "deal-story", plan.number);
  const telling = begin(plan, rng);
  if (plan.duplicateOf !== null) {
    const winnerKey = `deal-${plan.duplicateOf}`;
    tell(telling, plan.createdMs + between(rng, 2, 9) * DAY_MS, { what: "deal_merged", loserKey: plan.key, winnerKey });
    return { happenings: telling.happenings, stays: [], isWon: false };
  }
  live(telling);
  if (stageOf(telling).outcome === "lost" && happens(rng, 0.04) && telling.stays.length < MOST_STAYS) {
    reopen(telling);
    live(telling);
  }
  const isWon = stageOf(telling).outcome === "won";
  if (!isWon && happens(rng, 0.015)) tell(telling, telling.ms + between(rng, 1, 20) * DAY_MS, { what: "deal_deleted", dealKey: plan.key });
  return { happenings: withHandOver(setting, plan, telling.happenings), stays: telling.stays, isWon };
}

function begin(plan: DealPlan, rng: Rng): Telling {
  const stages = plan.pipeline.stages;
  const bornClosed = plan.duplicateOf === null && happens(rng, 0.02);
  const first = (bornClosed ? stages.find((stage) => stage.outcome === "won") : stages[0]) ?? stages[0];
  if (first === undefined) throw new RangeError(`Pipeline '${plan.pipeline.key}' has no stages.`);
  const createdDay = dayOf(instantAt(plan.createdMs));
  const fields: DealFields = {
    name: `${plan.account.number % 17 === 3 ? "Σ " : ""}Deal ${plan.number} – ${plan.source} / ${plan.pipeline.label}`,
    ownerKey: plan.owner.key,
    pipelineKey: plan.pipeline.key,
    stageKey: first.key,
    amount: plan.amount === null ? null : amountText(rng, plan.amount, plan.currency),
    currency: plan.currency,
    closeDay: bornClosed ? createdDay : happens(rng, 0.04) ? null : monthEnd(addDays(createdDay, Math.round(between(rng, 40, 85)))),
    forecast: first.forecast,
    nextStep: bornClosed ? null : nextStep(rng),
    lossReason: null,
  };
  const deal: Deal = {
    ...fields,
    key: plan.key,
    externalId: plan.account.sides.length === 2 ? `BW-${String(plan.number).padStart(6, "0")}` : null,
    accountKey: plan.account.key,
    contactKeys: plan.account.contactKeys,
    source: plan.source,
    segment: plan.account.segment,
    isNewBusiness: plan.pipeline.key === "new-business",
    items: plan.items,
    leadKey: plan.hasLead ? `lead-of-${plan.key}` : null,
  };
  const telling: Telling = { plan, rng, happenings: [], stays: [], now: fields, ms: plan.createdMs };
  tell(telling, plan.createdMs, { what: "deal", deal });
  return telling;
}

/** Stays and moves until a closed stage is reached. */
function live(telling: Telling): void {
  while (stageOf(telling).outcome === "open") {
    const { rng, plan } = telling;
    const habits = plan.owner.habits;
    const stage = stageOf(telling);
    const stageIndex = plan.pipeline.stages.indexOf(stage);
    const isStuck = happens(rng, habits.stuck);
    const days = logNormal(rng, stage.medianDays * habits.pace, 0.48) * (isStuck ? between(rng, 4, 9) : 1);
    const fromMs = telling.ms;
    const toMs = Math.max(fromMs + 60_000, atWork(fromMs + Math.max(0.02, days) * DAY_MS));
    during(telling, fromMs, toMs);
    telling.stays.push({ fromMs, toMs, stageIndex, isStuck });
    const next = telling.stays.length >= MOST_STAYS ? closing(telling, "lost") : whereNext(telling, stageIndex);
    move(telling, toMs, next);
  }
}

/** What is edited in the middle of a stay: amount, close date, next step. */
function during(telling: Telling, fromMs: number, toMs: number): void {
  const { rng, plan } = telling;
  const moments = [rng.next(), rng.next(), rng.next()].sort((a, b) => a - b).map((share) => atWork(fromMs + share * (toMs - fromMs)));
  const [first = fromMs, second = fromMs, third = fromMs] = moments;
  const { amount, closeDay } = telling.now;
  if (happens(rng, 0.14))
    change(telling, first, {
      amount:
        amount === null ? amountText(rng, 9_000, plan.currency) : amountText(rng, Number(amount) * between(rng, 0.8, 1.12), plan.currency),
    });
  const expected = dayOf(instantAt(second));
  if (closeDay !== null && closeDay < expected && happens(rng, plan.owner.habits.tidies))
    change(telling, second, { closeDay: monthEnd(addDays(expected, Math.round(between(rng, 10, 40)))) });
  if (happens(rng, 0.18)) change(telling, third, { nextStep: nextStep(rng) });
}

function whereNext(telling: Telling, index: number): StageHabit {
  const { rng, plan } = telling;
  const stages = plan.pipeline.stages;
  const stage = stageOf(telling);
  const openCount = stages.filter((each) => each.outcome === "open").length;
  const { opening, closing: closes } = plan.owner.habits;
  const skill = index < openCount / 2 ? opening : closes;
  if (happens(rng, Math.min(0.97, stage.advance * skill))) {
    const skipped = index + 2 < openCount && happens(rng, 0.06) ? 2 : 1;
    return index + skipped >= openCount ? closing(telling, "won") : (stages[index + skipped] ?? stage);
  }
  const roll = rng.next();
  const back = stages[index - 1];
  if (roll < 0.14 && back !== undefined) return back;
  return roll < 0.2 ? closing(telling, "disqualified") : closing(telling, "lost");
}

function closing(telling: Telling, outcome: "won" | "lost" | "disqualified"): StageHabit {
  const stages = telling.plan.pipeline.stages;
  const found = stages.find((stage) => stage.outcome === outcome) ?? stages.find((stage) => stage.outcome === "lost");
  if (found === undefined) throw new RangeError(`Pipeline '${telling.plan.pipeline.key}' has no closed stage.`);
  return found;
}

function move(telling: Telling, ms: number, stage: StageHabit): void {
  const { rng } = telling;
  const isClosed = stage.outcome !== "open";
  const day = dayOf(instantAt(ms));
  change(telling, ms, {
    stageKey: stage.key,
    forecast: stage.forecast,
    ...(isClosed ? { closeDay: happens(rng, 0.9) ? day : addDays(day, -Math.round(between(rng, 1, 3))), nextStep: null } : {}),
    ...(stage.outcome === "lost" && happens(rng, 0.85) ? { lossReason: pick(rng, LOSS_REASONS) } : {}),
  });
}

/** A lost deal comes back to life in an earlier stage. */
function reopen(telling: Telling): void {
  const { rng, plan } = telling;
  const stages = plan.pipeline.stages.filter((stage) => stage.outcome === "open");
  const ms = atWork(telling.ms + between(rng, 8, 70) * DAY_MS);
  const stage = stages[Math.max(0, stages.length - 2)];
  if (stage === undefined || ms <= telling.ms) return;
  change(telling, ms, {
    stageKey: stage.key,
    forecast: stage.forecast,
    closeDay: monthEnd(addDays(dayOf(instantAt(ms)), 30)),
    lossReason: null,
  });
}

/** The owner's last moment in the company; null for those who stay. */
export function ownerLeavesMs(setting: Setting, plan: DealPlan): number | null {
  return plan.owner.leftDaysAgo === null ? null : msOf(setting.anchor) - plan.owner.leftDaysAgo * DAY_MS;
}

/** Who gets the open deals of an owner who leaves; null: this one is forgotten and stays with the leaver. */
export function heirOf(plan: DealPlan): string | null {
  if (plan.number % 6 === 0) return null;
  const { managerKey } = plan.owner;
  const heirs = PEOPLE.filter(
    (person) =>
      person.managerKey === managerKey &&
      person.kind === "rep" &&
      person.leftDaysAgo === null &&
      plan.account.sides.every((side) => person.sides.includes(side)),
  );
  return heirs[plan.number % Math.max(1, heirs.length)]?.key ?? managerKey;
}

/** When its owner leaves the company, most open deals go to a colleague the next day. */
function withHandOver(setting: Setting, plan: DealPlan, told: readonly Happening[]): readonly Happening[] {
  const leftMs = ownerLeavesMs(setting, plan);
  const heir = heirOf(plan);
  const last = told[told.length - 1];
  if (leftMs === null || heir === null || last === undefined) return told;
  const isOpenThen = plan.createdMs < leftMs && msOf(last.at) > leftMs + DAY_MS;
  if (!isOpenThen) return told;
  const at = instantAt(leftMs + DAY_MS);
  const handOver: Happening = {
    what: "deal_change",
    at,
    sides: plan.account.sides,
    by: plan.owner.managerKey,
    dealKey: plan.key,
    set: { ownerKey: heir },
  };
  const position = told.findIndex((each) => each.at > at);
  const later = told.slice(position).map((each) => (each.by === plan.owner.key ? { ...each, by: heir } : each));
  return [...told.slice(0, position), handOver, ...later];
}

function stageOf(telling: Telling): StageHabit {
  const found = telling.plan.pipeline.stages.find((stage) => stage.key === telling.now.stageKey);
  if (found === undefined) throw new RangeError(`The world has no stage '${telling.now.stageKey}'.`);
  return found;
}

function change(telling: Telling, ms: number, set: Partial<DealFields>): void {
  telling.now = { ...telling.now, ...set };
  tell(telling, ms, { what: "deal_change", dealKey: telling.plan.key, set });
}

type Untimed<T> = T extends unknown ? Omit<T, "at" | "sides" | "by"> : never;

function tell(telling: Telling, ms: number, happening: Untimed<Happening>): void {
  // Two edits never share a millisecond unless somebody wants them to: time moves on at least a little.
  telling.ms = telling.happenings.length === 0 ? ms : Math.max(ms, telling.ms + 1_000);
  const { account, owner } = telling.plan;
  telling.happenings.push({ ...happening, at: instantAt(telling.ms), sides: account.sides, by: owner.kind === "queue" ? null : owner.key });
}

function monthEnd(day: Day): Day {
  const first = `${day.slice(0, 7)}-01` as Day;
  return addDays(`${addDays(first, 32).slice(0, 7)}-01` as Day, -1);
}
