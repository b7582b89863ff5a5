import { between, chanceFor, happens, pick, weighted } from "../chance.ts";
import { accountOfDeal, accountPlan } from "./account-story.ts";
import { DAY_MS } from "./company.ts";
import type { DealPlan } from "./deal-plan.ts";
import { personName } from "./names.ts";
import { PEOPLE } from "./people.ts";
import { arrivalMs, atWork, instantAt, type Setting } from "./setting.ts";
import type { Happening, Lead, LeadStatus, LifecycleStage } from "./types.ts";

const SOURCES = ["Website", "Trade fair", "Webinar", "Referral", "Cold list"] as const;

type Part =
  | { readonly ms: number; readonly lifecycle: LifecycleStage }
  | { readonly ms: number; readonly status: LeadStatus; readonly dealKey: string | null };

/** When the lead of a deal that has one was created. */
export function leadCreatedMs(setting: Setting, plan: DealPlan): number {
  return atWork(plan.createdMs - between(chanceFor(setting.seed, "lead-age", plan.key), 2, 45) * DAY_MS);
}

/** The lead a deal came from: created some weeks before, worked, converted when the deal begins. */
export function convertedLeadStory(setting: Setting, plan: DealPlan): readonly Happening[] {
  if (!plan.hasLead) return [];
  const rng = chanceFor(setting.seed, "lead", plan.key);
  const createdMs = leadCreatedMs(setting, plan);
  const at = (share: number): number => createdMs + share * (plan.createdMs - createdMs);
  const contactKey = plan.account.contactKeys[0] ?? "";
  const lead: Lead = {
    key: `lead-of-${plan.key}`,
    contactKey,
    ...personName(rng),
    email: `person0@company${plan.account.number}.example`,
    companyName: `Company ${plan.account.number}`,
    ownerKey: plan.owner.key,
    source: plan.source,
    status: "new",
  };
  const parts: readonly Part[] = [
    ...(happens(rng, 0.85) ? [{ ms: at(0.1), lifecycle: "mql" as const }] : []),
    { ms: at(0.3), status: "attempting", dealKey: null },
    { ms: at(0.6), status: "connected", dealKey: null },
    { ms: at(0.8), lifecycle: "sql" },
    { ms: plan.createdMs + 1_000, status: "qualified", dealKey: plan.key },
    { ms: plan.createdMs + 2_000, lifecycle: "opportunity" },
  ];
  return told(lead, createdMs, parts, plan.account.sides, plan.owner.key);
}

/** A lead that came to nothing (or not yet), of a person at an account of about that time. */
export function looseLeadStory(setting: Setting, number: number): readonly Happening[] {
  const rng = chanceFor(setting.seed, "loose-lead", number);
  const createdMs = arrivalMs(setting, number, rng.next());
  const account = accountPlan(setting, accountOfDeal(number));
  const owners = PEOPLE.filter(
    (person) =>
      person.kind === "rep" &&
      person.leftDaysAgo === null &&
      person.startedDaysAgo >= 500 &&
      account.sides.every((side) => person.sides.includes(side)),
  );
  const owner = happens(rng, 0.07) ? null : weighted(rng, owners, (person) => person.habits.load);
  const contactKey = `contact-loose-${number}`;
  const name = personName(rng);
  const email = `visitor${number}@company${account.number}.example`;
  const lead: Lead = {
    key: `lead-${number}`,
    contactKey,
    ...name,
    email,
    companyName: `Company ${account.number}`,
    ownerKey: owner?.key ?? null,
    source: pick(rng, SOURCES),
    status: "new",
  };
  const contact: Happening = {
    what: "contact",
    at: instantAt(createdMs - 60_000),
    sides: account.sides,
    by: null,
    contact: {
      key: contactKey,
      ...name,
      email,
      phone: "",
      title: "",
      accountKey: account.key,
      ownerKey: owner?.key ?? null,
      lifecycleStage: "lead",
    },
  };
  return [contact, ...told(lead, createdMs, looseParts(rng.next(), owner !== null, createdMs), account.sides, owner?.key ?? null)];
}

function looseParts(fate: number, isOwned: boolean, createdMs: number): readonly Part[] {
  const on = (days: number): number => atWork(createdMs + days * DAY_MS + 3_600_000);
  const mql: readonly Part[] = fate > 0.45 ? [{ ms: on(1), lifecycle: "mql" }] : [];
  if (!isOwned || fate < 0.2) return mql;
  const tried: readonly Part[] = [...mql, { ms: on(2 + fate * 3), status: "attempting", dealKey: null }];
  if (fate < 0.5) return [...tried, { ms: on(20 + fate * 20), status: "unqualified", dealKey: null }];
  return [
    ...tried,
    { ms: on(6 + fate * 4), status: "connected", dealKey: null },
    { ms: on(25 + fate * 30), status: "unqualified", dealKey: null },
  ];
}

function told(lead: Lead, createdMs: number, parts: readonly Part[], sides: Happening["sides"], by: string | null): readonly Happening[] {
  let ms = createdMs;
  return [
    { what: "lead", at: instantAt(createdMs), sides, by, lead },
    ...parts.map((part): Happening => {
      ms = Math.max(ms + 1_000, part.ms);
      const base = { at: instantAt(ms), sides, by };
      return "lifecycle" in part
        ? { ...base, what: "lifecycle", contactKey: lead.contactKey, stage: part.lifecycle }
        : { ...base, what: "lead_status", leadKey: lead.key, status: part.status, dealKey: part.dealKey };
    }),
  ];
}
