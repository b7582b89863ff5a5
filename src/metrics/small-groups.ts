import type { Dimension, Value } from "#core/metric.ts";
import { type Group, showableGroups } from "#people/level.ts";
import { NONE } from "./dimensions.ts";
import type { Reference } from "./reference.ts";
import type { QueryContext, Question } from "./request.ts";
import { noData } from "./values.ts";

const OF_PEOPLE: readonly Dimension[] = ["team", "manager", "region", "territory"];
const EVERYBODY = "everybody";
const CHOSEN = "chosen";

/** With `people.level: team`: whether results of the group may be shown, by membership as of the question's day. A group needs five
 *  people, and five have to remain where it is taken from a larger one that is shown. Otherwise everything may be. */
export function mayShow(
  question: Pick<Question, "by" | "where" | "asOf">,
  reference: Reference,
  context: QueryContext,
): (by: Readonly<Record<Dimension, string>>) => boolean {
  const by = question.by.filter((name) => OF_PEOPLE.includes(name));
  const where = [...question.where].filter(([name]) => OF_PEOPLE.includes(name));
  if (context.peopleLevel !== "team" || by.length + where.length === 0) return () => true;
  const people = reference.people
    .filter((person) => person.isActive)
    .map(({ personId }) => ({ personId, values: valuesOf(personId, question, reference) }));
  const chosen = people.filter(({ values }) => where.every(([name, wanted]) => wanted.has(values[name] ?? NONE)));
  const keyOf = (values: Readonly<Record<Dimension, string | null>>): string =>
    `group:${by.map((name) => values[name] ?? NONE).join("\u001f")}`;
  const groups: Group[] = [...Map.groupBy(chosen, ({ values }) => keyOf(values))].map(([name, own]) => ({ name, members: idsOf(own) }));
  const all = [{ name: EVERYBODY, members: idsOf(people) }, { name: CHOSEN, members: idsOf(chosen) }, ...groups];
  const shown = new Set(showableGroups(all).map((group) => group.name));
  return (values) => shown.has(CHOSEN) && (by.length === 0 || shown.has(keyOf(values)));
}

/** What stands in the place of a value that may not be shown: nothing that could be subtracted from another. */
export const HIDDEN: Value = noData("small_group");

function idsOf(people: readonly { readonly personId: string }[]): ReadonlySet<string> {
  return new Set(people.map((person) => person.personId));
}

function valuesOf(personId: string, question: Pick<Question, "asOf">, reference: Reference): Readonly<Record<Dimension, string | null>> {
  const credit = reference.creditOf(personId, question.asOf.day);
  return { team: credit.team, manager: credit.managerId, region: credit.region, territory: credit.territory };
}
