import type { Credit, TargetFact } from "#core/facts.ts";
import type { Dimension } from "#core/metric.ts";
import { currencyExponent, isCurrency, toMinor } from "#core/money.ts";
import type { ReadDb } from "#warehouse/warehouse.ts";
import { NONE } from "./dimensions.ts";
import type { Reference } from "./reference.ts";
import type { Window } from "./windows.ts";

/** Every target that was not deleted, in the organisation's currency at the rate of its first day. */
export async function readTargets(db: ReadDb, reference: Reference): Promise<readonly TargetFact[]> {
  const rows = await db
    .selectFrom("targets")
    .select(["connection_id", "source_id", "who", "metric", "period_start", "period_end", "value_raw", "unit"])
    .where("deleted_seen_at", "is", null)
    .orderBy("connection_id")
    .orderBy("source_id")
    .execute();
  return rows.map((row) => {
    const startDay = reference.dayNumber(row.period_start);
    return {
      who: holderOf(row.who, reference),
      metric: row.metric,
      startDay,
      endDay: reference.dayNumber(row.period_end),
      ...amountOf(row.value_raw, row.unit, startDay, reference),
    };
  });
}

/** `team:NAME` and `company` stay; a user of a CRM or an e-mail becomes the person. */
function holderOf(who: string, reference: Reference): string {
  if (who === "company" || who.startsWith("team:")) return who;
  if (who.includes("@")) return who.toLowerCase();
  const colon = who.indexOf(":");
  return colon < 0 ? who : (reference.personOf(who.slice(0, colon), who.slice(colon + 1)) ?? who);
}

function amountOf(raw: string, unit: string, day: number, reference: Reference): Pick<TargetFact, "value" | "unit"> {
  const code = unit.toUpperCase();
  if (isCurrency(code)) {
    const minor = toMinor(raw, currencyExponent(code));
    return { value: minor.state === "ok" ? reference.convert(minor.minor, code, day) : null, unit: "money" };
  }
  const number = Number(raw);
  if (!Number.isFinite(number)) return { value: null, unit: "count" };
  return unit === "percent" ? { value: number / 100, unit: "ratio" } : { value: number, unit: "count" };
}

/** Whose targets make up the target of which group, in one window. */
export interface TargetGroup {
  /** Values of the dimensions asked for. */
  readonly values: readonly string[];
  readonly facts: readonly TargetFact[];
}

/** Targets by group (catalogue 2.8, settled readings): own target first, else the members'. A target of somebody with direct reports is
 *  the team's and never enters the sum of members; the company's is its own, else the sum of its teams, else of its members. */
export function targetGroups(
  targets: readonly TargetFact[],
  by: readonly Dimension[],
  where: ReadonlyMap<Dimension, ReadonlySet<string>>,
  window: Window,
  reference: Reference,
): readonly TargetGroup[] {
  const inWindow = applicable(targets, window);
  const holders = new Map([...Map.groupBy(inWindow, (target) => target.who)].map(([who, own]) => [who, own]));
  const day = Math.min(window.end - 1, window.asOf.day);
  const people = peopleAt(holders, reference, day);
  const dimensions = new Set([...by, ...where.keys()]);
  if (dimensions.size === 0) return [{ values: [], facts: companyTargets(holders, people) }];
  const groups = new Map<string, { values: readonly string[]; members: Person[] }>();
  for (const person of people) {
    if (![...where].every(([name, wanted]) => wanted.has(dimensionOf(name, person)))) continue;
    const values = by.map((name) => dimensionOf(name, person));
    const key = values.join("\u001f");
    const group = groups.get(key) ?? { values, members: [] };
    group.members.push(person);
    groups.set(key, group);
  }
  const only = dimensions.size === 1 ? [...dimensions][0] : undefined;
  const named = only === "team" || only === "manager" ? only : undefined;
  addNamed(groups, holders, by, where, named);
  return [...groups.values()].map(({ values, members }) => {
    const name = named === undefined ? undefined : (values[0] ?? [...(where.get(named) ?? [])][0]);
    if (dimensions.has("rep")) return { values, facts: members.flatMap((member) => member.own) };
    if (named === "team" && name !== undefined) return { values, facts: teamTargets(name, members, holders) };
    return { values, facts: (named === "manager" && name !== undefined ? holders.get(name) : undefined) ?? membersTargets(members) };
  });
}

interface Person {
  readonly personId: string;
  readonly credit: Credit;
  readonly own: readonly TargetFact[];
  readonly isManager: boolean;
}

/** Targets for exactly the window; where somebody has none, shorter ones of equal length that fill it without gap. */
function applicable(targets: readonly TargetFact[], window: Window): readonly TargetFact[] {
  const chosen: TargetFact[] = [];
  const byHolder = Map.groupBy(targets, (target) => `${target.who}\u001f${target.metric}`);
  for (const own of byHolder.values()) {
    const exact = own.filter((target) => target.startDay === window.start && target.endDay === window.end);
    const last = exact.at(-1);
    if (last !== undefined) chosen.push(last);
    else chosen.push(...tiling(own, window));
  }
  return chosen;
}

/** The fewest consecutive targets that fill the window exactly; none if there is a gap. */
function tiling(own: readonly TargetFact[], window: Window): readonly TargetFact[] {
  const inside = own.filter((target) => target.startDay >= window.start && target.endDay <= window.end);
  const tiles: TargetFact[] = [];
  let at = window.start;
  while (at < window.end) {
    const here = at;
    const next = inside.filter((target) => target.startDay === here).reduce<TargetFact | null>(longer, null);
    if (next === null || next.endDay <= here) return [];
    tiles.push(next);
    at = next.endDay;
  }
  return tiles;
}

function longer(a: TargetFact | null, b: TargetFact): TargetFact {
  return a === null || b.endDay >= a.endDay ? b : a;
}

function peopleAt(holders: ReadonlyMap<string, readonly TargetFact[]>, reference: Reference, day: number): readonly Person[] {
  const known = new Set(reference.people.map((person) => person.personId));
  const ids = [...known, ...[...holders.keys()].filter((who) => !known.has(who) && who !== "company" && !who.startsWith("team:"))];
  const credits = ids.map((personId) => ({ personId, credit: reference.creditOf(personId, day) }));
  const managers = new Set(credits.map(({ credit }) => credit.managerId));
  return credits.map(({ personId, credit }) => ({ personId, credit, own: holders.get(personId) ?? [], isManager: managers.has(personId) }));
}

function dimensionOf(name: Dimension, person: Person): string {
  const { credit } = person;
  const values: Readonly<Record<string, string | null>> = {
    rep: person.personId,
    manager: credit.managerId,
    team: credit.team,
    region: credit.region,
    territory: credit.territory,
  };
  return values[name] ?? NONE;
}

/** Teams and managers that have a target but, so far, no member. */
function addNamed(
  groups: Map<string, { values: readonly string[]; members: Person[] }>,
  holders: ReadonlyMap<string, readonly TargetFact[]>,
  by: readonly Dimension[],
  where: ReadonlyMap<Dimension, ReadonlySet<string>>,
  named: "team" | "manager" | undefined,
): void {
  if (named !== "team") return;
  for (const who of holders.keys()) {
    const name = who.startsWith("team:") ? who.slice(5) : null;
    if (name === null || where.get("team")?.has(name) === false) continue;
    const values = by.length === 0 ? [] : [name];
    if (!groups.has(values.join("\u001f"))) groups.set(values.join("\u001f"), { values, members: [] });
  }
}

function membersTargets(members: readonly Person[]): readonly TargetFact[] {
  return members.filter((member) => !member.isManager).flatMap((member) => member.own);
}

function companyTargets(holders: ReadonlyMap<string, readonly TargetFact[]>, people: readonly Person[]): readonly TargetFact[] {
  const own = holders.get("company");
  if (own !== undefined) return own;
  const sellers = people.filter((person) => !person.isManager);
  const teams = new Set(sellers.map((person) => person.credit.team));
  for (const who of holders.keys()) if (who.startsWith("team:")) teams.add(who.slice(5));
  return [...teams].flatMap((team) => {
    const members = sellers.filter((person) => person.credit.team === team);
    return team === null ? membersTargets(members) : teamTargets(team, members, holders);
  });
}

/** The team's own target, else the one of the person all its members report to, else the members'. */
function teamTargets(team: string, members: readonly Person[], holders: ReadonlyMap<string, readonly TargetFact[]>): readonly TargetFact[] {
  const own = holders.get(`team:${team}`);
  if (own !== undefined) return own;
  const managers = new Set(members.filter((member) => !member.isManager).map((member) => member.credit.managerId));
  const [manager] = managers;
  const ofManager = managers.size === 1 && manager !== null && manager !== undefined ? holders.get(manager) : undefined;
  return ofManager ?? membersTargets(members);
}
