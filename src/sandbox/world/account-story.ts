import { chanceFor, happens, pick, whole } from "../chance.ts";
import { DAY_MS } from "./company.ts";
import { accountName, jobTitle, personName } from "./names.ts";
import { instantAt, type Setting, slotMs } from "./setting.ts";
import type { Account, Contact, Happening, Side } from "./types.ts";

/** Eleven deals for five accounts; whole numbers, so that the two directions below agree. */
const DEALS = 11;
const ACCOUNTS = 5;
const PLACES = [
  { region: "EMEA", country: "Poland", currency: "EUR" },
  { region: "EMEA", country: "Deutschland", currency: "EUR" },
  { region: "EMEA", country: "España", currency: "EUR" },
  { region: "AMER", country: "United States", currency: "USD" },
  { region: "AMER", country: "Québec, Canada", currency: "USD" },
  { region: "APAC", country: "日本", currency: "JPY" },
  { region: "APAC", country: "대한민국", currency: "USD" },
] as const;
const SECTORS = ["medical", "retail", "software", "entertainment", "marketing", "technology", "finance", "employment"] as const;

/** What deals need to know of their account. */
export interface AccountPlan {
  readonly key: string;
  readonly number: number;
  readonly sides: readonly Side[];
  readonly currency: string;
  readonly segment: "small" | "mid" | "large";
  readonly contactKeys: readonly string[];
}

/** The account that a deal of this number is with; neighbours in time share accounts. */
export function accountOfDeal(dealNumber: number): number {
  return Math.floor((dealNumber * ACCOUNTS) / DEALS);
}

function firstDealOf(accountNumber: number): number {
  return Math.ceil((accountNumber * DEALS) / ACCOUNTS);
}

export function isFirstDealOfAccount(dealNumber: number): boolean {
  return firstDealOf(accountOfDeal(dealNumber)) === dealNumber;
}

export function accountPlan(setting: Setting, number: number): AccountPlan {
  const rng = chanceFor(setting.seed, "account", number);
  const roll = rng.next();
  const sides: readonly Side[] =
    setting.layout !== "split" ? [setting.layout] : roll < 0.54 ? ["one"] : roll < 0.92 ? ["two"] : ["one", "two"];
  const size = rng.next();
  // The second CRM came with the Asian and American business.
  const places = sides.length === 2 ? PLACES : PLACES.filter((place) => (place.region === "EMEA") === (sides[0] === "one"));
  const place = happens(rng, 0.85) ? pick(rng, places) : pick(rng, PLACES);
  return {
    key: `account-${number}`,
    number,
    sides,
    currency: place.currency,
    segment: size < 0.5 ? "small" : size < 0.85 ? "mid" : "large",
    contactKeys: Array.from({ length: whole(rng, 1, 3) }, (_, index) => `contact-${number}-${index}`),
  };
}

/** The account and its contacts enter the CRM some time before its first deal. */
export function accountStory(setting: Setting, number: number): readonly Happening[] {
  const plan = accountPlan(setting, number);
  const rng = chanceFor(setting.seed, "account-story", number);
  // In the order of numbers, so that a parent is always there before its daughter.
  const enteredMs = slotMs(setting, firstDealOf(number)) - 75 * DAY_MS;
  const place = PLACES.find((each) => each.currency === plan.currency) ?? PLACES[0];
  const account: Account = {
    key: plan.key,
    name: accountName(rng, number),
    domain: `company${number}.example`,
    sector: pick(rng, SECTORS),
    region: place.region,
    country: place.country,
    parentKey: number > 20 && number % 19 === 0 ? parentOf(setting, number, plan.sides) : null,
    ownerKey: null,
    employees: { small: whole(rng, 3, 49), mid: whole(rng, 50, 499), large: whole(rng, 500, 20_000) }[plan.segment],
  };
  const base = { sides: plan.sides, by: null };
  const contacts = plan.contactKeys.map((key, index): Happening => {
    const contact: Contact = {
      key,
      ...personName(rng),
      email: `person${index}@company${number}.example`,
      phone: `+48 555 ${String(100_000 + ((number * 7 + index) % 900_000))}`,
      title: jobTitle(rng),
      accountKey: plan.key,
      ownerKey: null,
      lifecycleStage: index === 0 ? "lead" : "subscriber",
    };
    return { ...base, what: "contact", at: instantAt(enteredMs + (index + 1) * 60_000), contact };
  });
  return [{ ...base, what: "account", at: instantAt(enteredMs), account }, ...contacts];
}

function parentOf(setting: Setting, number: number, sides: readonly Side[]): string | null {
  const parent = accountPlan(setting, number - 7);
  return sides.every((side) => parent.sides.includes(side)) ? parent.key : null;
}
