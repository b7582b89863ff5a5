import type { PersonLine } from "#kit/people-file.ts";

/** A user of one CRM, as far as it tells who somebody is. */
export interface UserRow {
  readonly connection_id: string;
  readonly source_id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly manager_source_id: string | null;
  readonly manager_name: string | null;
  readonly team_name: string | null;
  readonly region: string | null;
  readonly territory: string | null;
  readonly role: string | null;
  readonly active: number;
  readonly is_person: number;
  readonly started_on: string | null;
  readonly ended_on: string | null;
  readonly other_ids: string;
  /** Teams the CRM lists the user in, the primary one first. */
  readonly teams: readonly string[];
}

/** One real person, made from all users that are this person; people.csv wins field by field. */
export interface Person {
  /** Lower-cased e-mail, else `connection:id`. */
  readonly id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly role: string | null;
  readonly segment: string | null;
  readonly region: string | null;
  readonly territory: string | null;
  /** Primary first. */
  readonly teams: readonly string[];
  readonly managerId: string | null;
  readonly language: string | null;
  readonly timeZone: string | null;
  readonly startedOn: string | null;
  readonly endedOn: string | null;
  readonly isActive: boolean;
}

export interface Identities {
  readonly people: readonly Person[];
  /** `connection:id` of a user → person; null for queues and other owners that are no persons. */
  readonly personOf: ReadonlyMap<string, string | null>;
  /** People whose managers lead back to themselves: their manager is left out. */
  readonly cycles: readonly string[];
}

export interface IdentityRules {
  /** `none`: users of several CRMs stay apart though their e-mails are equal. */
  readonly matching: "email" | "none";
  /** Local day of now: who has left is no longer active. */
  readonly today: string;
}

const key = (connectionId: string, id: string): string => `${connectionId}:${id}`;

/** Joins users of all connections to people (R13, A17). Users MUST come in a fixed order: the first to say something wins. Pure. */
export function identify(users: readonly UserRow[], file: readonly PersonLine[], rules: IdentityRules): Identities {
  const personOf = new Map(users.map((user) => [key(user.connection_id, user.source_id), personIdOf(user, file, rules)]));
  const members = new Map<string, UserRow[]>();
  for (const user of users) {
    const id = personOf.get(key(user.connection_id, user.source_id));
    if (id !== null && id !== undefined) members.set(id, [...(members.get(id) ?? []), user]);
  }
  const lines = new Map(file.map((line) => [line.email, line]));
  for (const line of file) if (!members.has(line.email)) members.set(line.email, []);

  const find = managerFinder(users, personOf);
  const people = new Map<string, Person>();
  for (const [id, own] of members) people.set(id, merge(id, own, lines.get(id), find, rules));
  for (const [id, name] of managersWithoutUser(people, users)) people.set(id, nameOnly(id, name));
  return { people: [...people.values()].map((person) => breakCycle(person, people)), personOf, cycles: cyclesIn(people) };
}

function personIdOf(user: UserRow, file: readonly PersonLine[], rules: IdentityRules): string | null {
  if (user.is_person === 0) return null;
  const own = key(user.connection_id, user.source_id);
  const line = file.find(({ sourceIds }) => sourceIds.some(({ connectionId, id }) => key(connectionId, id) === own));
  if (line !== undefined) return line.email;
  const email = user.email?.trim().toLowerCase();
  if (email === undefined || email === "") return own;
  return rules.matching === "email" ? email : own;
}

type FindManager = (user: UserRow) => string | null;

/** A manager by id in the same CRM, else by name (first in the same connection), else a person known by that name only. */
function managerFinder(users: readonly UserRow[], personOf: ReadonlyMap<string, string | null>): FindManager {
  const byId = new Map<string, string>();
  const byName = new Map<string, string>();
  for (const user of users) {
    const person = personOf.get(key(user.connection_id, user.source_id));
    if (person === null || person === undefined) continue;
    for (const id of [...(JSON.parse(user.other_ids) as string[]), user.source_id]) byId.set(key(user.connection_id, id), person);
    for (const name of namesOf(user)) if (!byName.has(name)) byName.set(name, person);
  }
  return (user) => {
    if (user.manager_source_id !== null) {
      const found = byId.get(key(user.connection_id, user.manager_source_id));
      if (found !== undefined) return found;
    }
    if (user.manager_name === null) return null;
    const name = user.manager_name.toLowerCase();
    return byName.get(key(user.connection_id, name)) ?? byName.get(name) ?? key(user.connection_id, user.manager_name);
  };
}

/** What others may call the user, in small letters: within the connection and anywhere. */
function namesOf(user: UserRow): readonly string[] {
  return [user.name, user.source_id]
    .filter((name) => name !== null)
    .map((name) => name.toLowerCase())
    .flatMap((name) => [key(user.connection_id, name), name]);
}

function merge(id: string, users: readonly UserRow[], line: PersonLine | undefined, find: FindManager, rules: IdentityRules): Person {
  const first = <T>(pick: (user: UserRow) => T | null): T | null => {
    for (const user of users) {
      const value = pick(user);
      if (value !== null) return value;
    }
    return null;
  };
  const endedOn = line?.endedOn ?? first((user) => user.ended_on);
  const manager = line?.managerEmail ?? first(find);
  return {
    id,
    email: line?.email ?? first((user) => user.email)?.toLowerCase() ?? null,
    name: line?.name ?? first((user) => user.name),
    role: line?.role ?? first((user) => user.role),
    segment: line?.segment ?? null,
    region: first((user) => user.region),
    territory: line?.territory ?? first((user) => user.territory),
    teams: teamsOf(users, line),
    managerId: manager === id ? null : manager,
    language: line?.language ?? null,
    timeZone: line?.timeZone ?? null,
    startedOn: line?.startedOn ?? first((user) => user.started_on),
    endedOn,
    isActive: isAtWork(users) && (endedOn === null || endedOn >= rules.today),
  };
}

function teamsOf(users: readonly UserRow[], line: PersonLine | undefined): readonly string[] {
  if (line !== undefined && line.team !== null) return [line.team];
  return [...new Set(users.flatMap((user) => [...user.teams, ...(user.team_name === null ? [] : [user.team_name])]))];
}

/** Somebody only people.csv knows is at work until the file says otherwise. */
function isAtWork(users: readonly UserRow[]): boolean {
  return users.length === 0 || users.some((user) => user.active === 1);
}

/** Managers that no user and no line of people.csv stands for: known by e-mail or `connection:name` alone. */
function managersWithoutUser(people: ReadonlyMap<string, Person>, users: readonly UserRow[]): ReadonlyMap<string, string | null> {
  const names = new Map(
    users.flatMap((user) => (user.manager_name === null ? [] : [[key(user.connection_id, user.manager_name), user.manager_name] as const])),
  );
  const missing = new Map<string, string | null>();
  for (const { managerId } of people.values()) {
    if (managerId !== null && !people.has(managerId)) missing.set(managerId, names.get(managerId) ?? null);
  }
  return missing;
}

function nameOnly(id: string, name: string | null): Person {
  return {
    ...{ id, name, email: name === null ? id : null, role: null, segment: null, region: null, territory: null, teams: [] },
    ...{ managerId: null, language: null, timeZone: null, startedOn: null, endedOn: null, isActive: true },
  };
}

function cyclesIn(people: ReadonlyMap<string, Person>): readonly string[] {
  return [...people.keys()].filter((id) => isInCycle(id, people)).sort();
}

function isInCycle(id: string, people: ReadonlyMap<string, Person>): boolean {
  const seen = new Set<string>();
  for (let above = people.get(id)?.managerId ?? null; above !== null && !seen.has(above); above = people.get(above)?.managerId ?? null) {
    if (above === id) return true;
    seen.add(above);
  }
  return false;
}

/** In a cycle nobody can be told to stand above the other, so all of it loses its managers. */
function breakCycle(person: Person, people: ReadonlyMap<string, Person>): Person {
  return isInCycle(person.id, people) ? { ...person, managerId: null } : person;
}
