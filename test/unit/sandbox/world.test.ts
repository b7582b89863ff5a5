import { describe, expect, test } from "vitest";
import { addDays } from "#core/time/day.ts";
import { type Instant, instantFromMs, msOf, parseInstant } from "#core/time/instant.ts";
import type { Deal, DealFields, Happening } from "#sandbox/world/types.ts";
import { makeWorld, type World } from "#sandbox/world.ts";

const ANCHOR = "2026-06-30T12:00:00.000Z" as Instant;
const later = (days: number): Instant => instantFromMs(msOf(ANCHOR) + days * 86_400_000);
const all = (world: World, until = ANCHOR): readonly Happening[] => [...world.happenings(null, until)];

interface Seen {
  readonly deal: Deal;
  readonly now: DealFields;
  readonly told: readonly Happening[];
}

/** The key a happening introduces, if any. */
function makes(each: Happening): string | null {
  switch (each.what) {
    case "account":
      return each.account.key;
    case "contact":
      return each.contact.key;
    case "lead":
      return each.lead.key;
    case "deal":
      return each.deal.key;
    case "activity":
      return each.activity.key;
    default:
      return null;
  }
}

/** The keys it refers to. */
function needs(each: Happening): readonly string[] {
  const keys = (): readonly (string | null)[] => {
    switch (each.what) {
      case "account":
        return [each.account.parentKey];
      case "contact":
        return [each.contact.accountKey];
      case "lifecycle":
        return [each.contactKey];
      case "lead":
        return [each.lead.contactKey];
      case "lead_status":
        return [each.leadKey, each.dealKey];
      case "deal":
        return [each.deal.accountKey, each.deal.leadKey, ...each.deal.contactKeys];
      case "deal_change":
      case "deal_deleted":
        return [each.dealKey];
      case "deal_merged":
        return [each.loserKey, each.winnerKey];
      case "activity":
        return [...each.activity.dealKeys, ...each.activity.contactKeys, each.activity.accountKey, each.activity.leadKey];
      case "activity_change":
        return [each.activityKey];
    }
  };
  return keys().filter((key) => key !== null);
}

function dealsOf(happenings: readonly Happening[]): ReadonlyMap<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const each of happenings) {
    if (each.what === "deal") seen.set(each.deal.key, { deal: each.deal, now: each.deal, told: [each] });
    if (each.what === "deal_change") {
      const before = seen.get(each.dealKey);
      if (before === undefined) throw new Error(`${each.dealKey} changed before it began`);
      seen.set(each.dealKey, { ...before, now: { ...before.now, ...each.set }, told: [...before.told, each] });
    }
  }
  return seen;
}

const world = makeWorld({ seed: 7, anchor: ANCHOR, deals: 600 });
const told = all(world);
const deals = dealsOf(told);
const stages = new Map(
  world.company.pipelines.flatMap((pipeline) => pipeline.stages.map((stage) => [`${pipeline.key}/${stage.key}`, stage] as const)),
);
const stageOf = (fields: DealFields) => stages.get(`${fields.pipelineKey}/${fields.stageKey}`);

describe("one seed, one company", () => {
  test("the same options tell the same story", () => {
    expect(all(makeWorld({ seed: 7, anchor: ANCHOR, deals: 120 }))).toEqual(all(makeWorld({ seed: 7, anchor: ANCHOR, deals: 120 })));
  });

  test("another seed tells another one", () => {
    expect(all(makeWorld({ seed: 8, anchor: ANCHOR, deals: 60 }))).not.toEqual(all(makeWorld({ seed: 7, anchor: ANCHOR, deals: 60 })));
  });

  test("living on changes nothing of the past: the next days are what a later look adds", () => {
    const small = makeWorld({ anchor: ANCHOR, deals: 150 });
    const sorted = (happenings: readonly Happening[]): readonly string[] => happenings.map((each) => JSON.stringify(each)).sort();
    const added = [...small.happenings(ANCHOR, later(10))];
    expect(added.length).toBeGreaterThan(20);
    expect(sorted([...all(small), ...added])).toEqual(sorted(all(small, later(10))));
    expect(new Set(added.map((each) => each.what))).toContain("deal");
  });
});

describe("a story that holds together", () => {
  test("a record is told, and dated, before what refers to it, in the CRMs that see both", () => {
    const dense = all(makeWorld({ seed: 3, anchor: ANCHOR, deals: 3_000, activitiesPerDeal: 4 }));
    const known = new Map<string, Happening>();
    const missing: string[] = [];
    for (const each of dense) {
      for (const key of needs(each)) {
        const found = known.get(key);
        if (found === undefined || found.at > each.at || !each.sides.every((side) => found.sides.includes(side)))
          missing.push(`${makes(each)} needs ${key}`);
      }
      const key = makes(each);
      if (key !== null) known.set(key, each);
    }
    expect(missing).toEqual([]);
  });

  test("keys are unique", () => {
    const keys = told.map(makes).filter((key) => key !== null);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("instants are well formed and a deal's changes follow one another", () => {
    for (const each of told) expect(parseInstant(each.at)).toBe(each.at);
    for (const { told: life } of deals.values()) {
      const moments = life.map((each) => each.at);
      expect(moments).toEqual([...moments].sort());
      expect(new Set(moments).size).toBe(moments.length);
    }
  });

  test("every stage, owner and currency exists, and the owner works in the deal's CRMs", () => {
    const people = new Map(world.company.people.map((person) => [person.key, person]));
    for (const { deal, now, told: life } of deals.values()) {
      expect(stageOf(now), now.stageKey).toBeDefined();
      expect(world.company.currencies).toContain(now.currency);
      const owner = people.get(now.ownerKey ?? "");
      expect(
        life[0]?.sides.every((side) => owner?.sides.includes(side)),
        deal.key,
      ).toBe(true);
    }
  });

  test("JPY amounts have no decimals, others at most two", () => {
    for (const { now } of deals.values()) {
      if (now.amount !== null) expect(now.amount).toMatch(now.currency === "JPY" ? /^\d+$/ : /^\d+(\.\d{1,2})?$/);
    }
  });

  test("every currency has a rate for every month of the story", () => {
    const months = (currency: string) => world.company.rates.filter((rate) => rate.currency === currency).map((rate) => rate.from);
    expect(months("USD")).toEqual(months("JPY"));
    expect(months("USD")[0]! < addDays("2026-06-30" as never, -456)).toBe(true);
  });
});

describe("what the numbers are to show", () => {
  const outcomes = [...deals.values()].map((each) => stageOf(each.now)?.outcome);
  const count = (outcome: string): number => outcomes.filter((each) => each === outcome).length;
  const lives = [...deals.values()].map((each) =>
    each.told.flatMap((one) =>
      one.what === "deal" ? [one.deal.stageKey] : one.what === "deal_change" && one.set.stageKey ? [one.set.stageKey] : [],
    ),
  );
  const order = ["meeting", "qualified", "demo", "proposal", "contract", "won"];
  const moves = lives
    .flatMap((life) => life.slice(1).map((to, index) => [order.indexOf(life[index]!), order.indexOf(to)] as const))
    .filter(([from, to]) => from >= 0 && to >= 0);

  test("about a third of the closed deals are won", () => {
    const rate = count("won") / (count("won") + count("lost"));
    expect(rate).toBeGreaterThan(0.25);
    expect(rate).toBeLessThan(0.36);
  });

  test("deals go back, skip stages, come back from the lost, and are born closed", () => {
    expect(moves.some(([from, to]) => to < from)).toBe(true);
    expect(moves.some(([from, to]) => to > from + 1)).toBe(true);
    expect(lives.some((life) => life.indexOf("lost") >= 0 && life.indexOf("lost") < life.length - 1)).toBe(true);
    expect(lives.some((life) => life.length === 1 && ["won", "renewed"].includes(life[0]!))).toBe(true);
  });

  test("open deals are stuck, one rep has far more of them than any other", () => {
    const open = [...deals.values()].filter((each) => stageOf(each.now)?.outcome === "open");
    const load = Object.entries(Object.groupBy(open, (each) => each.now.ownerKey ?? "")).map(
      ([key, list]) => [key, list?.length ?? 0] as const,
    );
    const [first, second] = load.sort((a, b) => b[1] - a[1]);
    expect(first?.[0]).toBe("rep-dmitri");
    expect(first![1]).toBeGreaterThan(1.5 * second![1]);
    const quietDays = open.map(
      (each) =>
        (msOf(ANCHOR) - msOf(each.told.findLast((one) => one.what === "deal" || (one.what === "deal_change" && one.set.stageKey))!.at)) /
        86_400_000,
    );
    expect(quietDays.filter((days) => days > 60).length).toBeGreaterThan(5);
  });

  test("some deals are in both CRMs under one number, all others in one without", () => {
    const both = [...deals.values()].filter((each) => each.told[0]?.sides.length === 2);
    expect(both.length).toBeGreaterThan(10);
    expect([...deals.values()].every((each) => (each.deal.externalId !== null) === (each.told[0]?.sides.length === 2))).toBe(true);
  });

  test("three currencies, amounts missing on some deals, names that need escaping", () => {
    expect(new Set([...deals.values()].map((each) => each.now.currency))).toEqual(new Set(["EUR", "USD", "JPY"]));
    expect([...deals.values()].some((each) => each.now.amount === null)).toBe(true);
    const names = told.flatMap((each) => (each.what === "account" ? [each.account.name] : []));
    for (const part of ["<", '"', "=", "株", "👩", "\u200b"])
      expect(
        names.some((name) => name.includes(part)),
        part,
      ).toBe(true);
  });

  test("every layout but `split` puts everything into one CRM", () => {
    const single = all(makeWorld({ anchor: ANCHOR, deals: 40, layout: "one" }));
    expect(new Set(single.map((each) => each.sides.join("+")))).toEqual(new Set(["one"]));
    const begun = single.filter((each) => each.what === "deal").length;
    expect(begun).toBeGreaterThanOrEqual(40);
  });
});
