/** Fewest people a result may be about with `people.level: team` (product promise 5). */
export const SMALLEST_GROUP = 5;

export interface Group {
  readonly name: string;
  readonly members: ReadonlySet<string>;
}

/** The groups that may be shown: each has at least five members, and none leaves fewer than five when taken from another shown
 *  one that holds it (else the difference of two results would be about those few). Pure. */
export function showableGroups(groups: readonly Group[]): readonly Group[] {
  const bySize = [...groups].sort((a, b) => b.members.size - a.members.size || (a.name < b.name ? -1 : 1));
  const shown: Group[] = [];
  for (const group of bySize) {
    if (group.members.size < SMALLEST_GROUP) continue;
    if (shown.every((larger) => !isRevealing(larger.members, group.members))) shown.push(group);
  }
  return shown;
}

function isRevealing(larger: ReadonlySet<string>, smaller: ReadonlySet<string>): boolean {
  const rest = larger.difference(smaller).size;
  const overlap = larger.intersection(smaller).size;
  return overlap > 0 && rest > 0 && rest < SMALLEST_GROUP;
}
