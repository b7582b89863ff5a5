import type { Rng } from "#core/rng.ts";
import { msOf } from "#core/time/instant.ts";
import { between, chanceFor, happens, logNormal, pick, weighted, whole } from "../chance.ts";
import { type AccountPlan, accountOfDeal, accountPlan } from "./account-story.ts";
import { DAY_MS } from "./company.ts";
import { PEOPLE, type PersonHabit } from "./people.ts";
import { PIPELINES, type PipelineHabit } from "./pipelines.ts";
import { arrivalMs, type Setting } from "./setting.ts";
import type { DealItem, Side } from "./types.ts";

/** What is settled about a deal before it begins. */
export interface DealPlan {
  readonly key: string;
  readonly number: number;
  readonly createdMs: number;
  readonly account: AccountPlan;
  readonly owner: PersonHabit;
  readonly pipeline: PipelineHabit;
  readonly currency: string;
  readonly amount: number | null;
  readonly items: readonly DealItem[];
  readonly source: string;
  /** Another deal of this number that it repeats by mistake, and is merged into later. */
  readonly duplicateOf: number | null;
  readonly hasLead: boolean;
}

const SOURCES = ["Website", "Referral", "Trade fair", "Outbound", "Partner", "Webinar"] as const;
/** Rough price of one unit of home currency, good enough to make amounts. */
const ROUGH_RATE: Readonly<Record<string, number>> = { EUR: 1, USD: 1.09, JPY: 163 };
const DUPLICATE_EVERY = 90;

export function dealPlan(setting: Setting, number: number): DealPlan {
  const duplicateOf = number % DUPLICATE_EVERY === 41 && accountOfDeal(number) === accountOfDeal(number - 1) ? number - 1 : null;
  const rng = chanceFor(setting.seed, "deal", number);
  const createdMs = arrivalMs(setting, number, rng.next() * 0.9);
  if (duplicateOf !== null)
    return { ...dealPlan(setting, duplicateOf), key: `deal-${number}`, number, createdMs, duplicateOf, hasLead: false };
  const account = accountPlan(setting, accountOfDeal(number));
  const pipeline = weighted(rng, PIPELINES, (each) => each.share);
  const owner = weighted(
    rng,
    candidates(setting, account.sides, createdMs),
    (each) => each.habits.load * (each.sides.length > account.sides.length ? HALF : 1),
  );
  const homeAmount = happens(rng, 0.06)
    ? null
    : logNormal(rng, pipeline.medianAmount * owner.habits.size * SEGMENT_SIZE[account.segment], 0.6);
  const rate = ROUGH_RATE[account.currency] ?? 1;
  return {
    key: `deal-${number}`,
    number,
    createdMs,
    account,
    owner,
    pipeline,
    currency: account.currency,
    amount: homeAmount === null ? null : homeAmount * rate,
    items: items(rng, homeAmount, rate, account.currency),
    source: pick(rng, SOURCES),
    duplicateOf: null,
    hasLead: pipeline.key === "new-business" && happens(rng, 0.6),
  };
}

/** Whoever works in both CRMs gets half of their deals from each. */
const HALF = 0.5;
const SEGMENT_SIZE = { small: 0.6, mid: 1.1, large: 2.4 } as const;

/** Reps (and the queue) with a user in every CRM the account is in, working there at that moment. */
function candidates(setting: Setting, sides: readonly Side[], ms: number): readonly PersonHabit[] {
  const daysAgo = (msOf(setting.anchor) - ms) / DAY_MS;
  return PEOPLE.filter(
    (person) =>
      (person.kind === "rep" || person.kind === "queue") &&
      sides.every((side) => person.sides.includes(side)) &&
      person.startedDaysAgo >= daysAgo &&
      (person.leftDaysAgo === null || person.leftDaysAgo < daysAgo),
  );
}

const CATALOGUE = [
  { productKey: "probe-s", price: 550 },
  { productKey: "probe-pro", price: 4_821 },
  { productKey: "probe-max", price: 5_482 },
  { productKey: "flow-basic", price: 1_096 },
  { productKey: "flow-plus", price: 3_393 },
  { productKey: "lab-500", price: 26_768 },
] as const;

/** Line items that about make up the amount; two deals in five have none. */
function items(rng: Rng, homeAmount: number | null, rate: number, currency: string): readonly DealItem[] {
  if (homeAmount === null || happens(rng, 0.4)) return [];
  const count = whole(rng, 1, 3);
  return Array.from({ length: count }, () => {
    const product = pick(rng, CATALOGUE);
    const unitPrice = product.price * rate * between(rng, 0.85, 1);
    return {
      productKey: product.productKey,
      quantity: Math.max(1, Math.round(homeAmount / count / product.price)),
      unitPrice: currency === "JPY" ? Math.round(unitPrice) : Math.round(unitPrice * 100) / 100,
    };
  });
}

/** An amount as people and programs leave it: whole, with cents, sometimes rounded to hundreds. */
export function amountText(rng: Rng, amount: number, currency: string): string {
  const style = rng.next();
  if (currency === "JPY" || style < 0.3) return String(Math.max(1, Math.round(amount)));
  if (style < 0.8) return String(Math.max(100, Math.round(amount / 100) * 100));
  return amount.toFixed(2);
}
