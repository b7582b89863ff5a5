import type { Dimension } from "#core/metric.ts";
import type { ReadDb } from "#warehouse/warehouse.ts";
import { NONE } from "./dimensions.ts";
import type { Reference } from "./reference.ts";
import type { Question } from "./request.ts";

const OF_PEOPLE: readonly Dimension[] = ["rep", "team", "manager", "region", "territory"];

/** Groups of everybody who owns deals and is still there, so that nobody without results is left out of a list of reps or teams (R2).
 *  Only where every dimension asked for is one of people. */
export async function knownMembers(db: ReadDb, question: Question, reference: Reference): Promise<readonly (readonly string[])[]> {
  const names = [...question.by, ...question.where.keys()];
  if (question.by.length === 0 || !names.every((name) => OF_PEOPLE.includes(name))) return [];
  const owners = await db
    .selectFrom("deals")
    .select(["connection_id", "owner_id"])
    .distinct()
    .where("deleted_seen_at", "is", null)
    .execute();
  const sellers = new Set(owners.map((owner) => reference.personOf(owner.connection_id, owner.owner_id)));
  const there = reference.people.filter((person) => person.isActive && sellers.has(person.personId));
  const groups = new Map<string, readonly string[]>();
  for (const { personId } of there) {
    const credit = reference.creditOf(personId, question.asOf.day);
    const all: Readonly<Record<string, string | null>> = {
      rep: personId,
      team: credit.team,
      manager: credit.managerId,
      region: credit.region,
      territory: credit.territory,
    };
    const isWanted = [...question.where].every(([name, wanted]) => wanted.has(all[name] ?? NONE));
    const values = question.by.map((name) => all[name] ?? NONE);
    if (isWanted) groups.set(values.join("\u001f"), values);
  }
  return [...groups.values()];
}
