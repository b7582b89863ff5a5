import type { Organization } from "#core/organization.ts";
import type { Instant } from "#core/time/instant.ts";
import { zone } from "#core/time/zone.ts";
import type { PersonLine } from "#kit/people-file.ts";
import { ALL_BLOCKS, markDirty } from "#warehouse/dirty.ts";
import type { PeopleTable } from "#warehouse/schema/people.ts";
import type { WriteTx } from "#warehouse/warehouse.ts";
import { type Identities, identify, type Person, type UserRow } from "./identity.ts";
import { spellChanges } from "./spells.ts";

export interface RebuildDeps {
  readonly organization: Organization;
  readonly matching: "email" | "none";
  /** Lines of people.csv; empty without one. */
  readonly file: readonly PersonLine[];
  readonly now: Instant;
}

export interface RebuildReport {
  readonly people: number;
  readonly changed: number;
  /** People whose managers lead back to themselves. */
  readonly cycles: readonly string[];
}

/** Makes `people` and their history of managers, teams, regions and territories from the users of all connections and people.csv.
 *  Nothing changed: nothing is written. A change of who belongs where marks all results for recomputation. */
export async function rebuildPeople(tx: WriteTx, deps: RebuildDeps): Promise<RebuildReport> {
  const users = await readUsers(tx);
  const today = zone(deps.organization.timeZone).dayOf(deps.now);
  const identities = identify(users, deps.file, { matching: deps.matching, today });
  const linked = await linkUsers(tx, users, identities);
  const changed = await storePeople(tx, identities.people, deps.now);
  const moved = await storeSpells(tx, identities.people, deps.now);
  if (linked + changed + moved > 0) await markDirty(tx, [ALL_BLOCKS], "people changed", deps.now);
  return { people: identities.people.length, changed, cycles: identities.cycles };
}

type StoredUser = UserRow & { readonly person_id: string | null };

async function readUsers(db: WriteTx): Promise<readonly StoredUser[]> {
  const users = await db
    .selectFrom("crm_users")
    .selectAll()
    .where("deleted_seen_at", "is", null)
    .orderBy("connection_id")
    .orderBy("source_id")
    .execute();
  const memberships = await db
    .selectFrom("crm_memberships as member")
    .innerJoin("teams as team", (join) =>
      join.onRef("team.connection_id", "=", "member.connection_id").onRef("team.source_id", "=", "member.team_id"),
    )
    .select(["member.connection_id", "member.user_id", "team.name"])
    .where("member.deleted_seen_at", "is", null)
    .where("team.deleted_seen_at", "is", null)
    .orderBy("member.is_primary", "desc")
    .orderBy("member.connection_id")
    .orderBy("member.source_id")
    .execute();
  const teams = new Map<string, string[]>();
  for (const { connection_id, user_id, name } of memberships) {
    const user = `${connection_id}:${user_id}`;
    teams.set(user, [...(teams.get(user) ?? []), name]);
  }
  return users.map((user) => ({ ...user, teams: teams.get(`${user.connection_id}:${user.source_id}`) ?? [] }));
}

async function linkUsers(tx: WriteTx, users: readonly StoredUser[], { personOf }: Identities): Promise<number> {
  let linked = 0;
  for (const user of users) {
    const person = personOf.get(`${user.connection_id}:${user.source_id}`) ?? null;
    if (person === user.person_id) continue;
    linked += 1;
    await tx
      .updateTable("crm_users")
      .set({ person_id: person })
      .where("connection_id", "=", user.connection_id)
      .where("source_id", "=", user.source_id)
      .execute();
  }
  return linked;
}

async function storePeople(tx: WriteTx, people: readonly Person[], now: Instant): Promise<number> {
  const stored = new Map((await tx.selectFrom("people").selectAll().execute()).map((row) => [row.person_id, row]));
  let changed = 0;
  for (const person of people) {
    const before = stored.get(person.id);
    stored.delete(person.id);
    const row = toRow(person);
    if (before !== undefined && isSame(before, row)) continue;
    changed += 1;
    if (before === undefined) {
      await tx
        .insertInto("people")
        .values({ ...row, first_seen_at: now, changed_seen_at: now })
        .execute();
    } else {
      await tx
        .updateTable("people")
        .set({ ...row, changed_seen_at: now })
        .where("person_id", "=", person.id)
        .execute();
    }
  }
  // Whoever no source knows any more keeps the history and leaves today's denominators (R15).
  for (const gone of [...stored.values()].filter((row) => row.is_active === 1)) {
    changed += 1;
    await tx.updateTable("people").set({ is_active: 0, changed_seen_at: now }).where("person_id", "=", gone.person_id).execute();
  }
  return changed;
}

type PersonRow = Omit<PeopleTable, "first_seen_at" | "changed_seen_at">;

function toRow(person: Person): PersonRow {
  return {
    person_id: person.id,
    email: person.email,
    name: person.name,
    role: person.role,
    segment: person.segment,
    region: person.region,
    territory: person.territory,
    team: person.teams[0] ?? null,
    manager_id: person.managerId,
    language: person.language,
    time_zone: person.timeZone,
    started_on: person.startedOn,
    ended_on: person.endedOn,
    is_active: person.isActive ? 1 : 0,
  };
}

function isSame(before: PeopleTable, row: PersonRow): boolean {
  return (Object.keys(row) as (keyof PersonRow)[]).every((column) => before[column] === row[column]);
}

/** Ends and begins spells so that the present ones say what holds now. */
async function storeSpells(tx: WriteTx, people: readonly Person[], now: Instant): Promise<number> {
  const managers = await presentManagers(tx);
  const members = await presentMembers(tx);
  let moved = 0;
  for (const person of people) {
    moved += await storeManager(tx, person, managers.get(person.id) ?? [], now);
    for (const [kind, wanted] of membershipOf(person)) {
      moved += await storeMembers(tx, { personId: person.id, kind, wanted, present: members.get(`${kind}:${person.id}`) ?? [], now });
    }
  }
  return moved;
}

function membershipOf(person: Person): readonly (readonly [string, readonly string[]])[] {
  const one = (value: string | null): readonly string[] => (value === null ? [] : [value]);
  return [
    ["team", person.teams],
    ["region", one(person.region)],
    ["territory", one(person.territory)],
  ];
}

interface OpenSpell {
  readonly value: string | null;
  readonly from: string;
  readonly to: null;
}

async function presentManagers(db: WriteTx): Promise<Map<string, OpenSpell[]>> {
  const rows = await db.selectFrom("manager_history").selectAll().where("valid_to", "is", null).execute();
  return new Map(rows.map((row) => [row.person_id, [{ value: row.manager_id, from: row.valid_from, to: null }]]));
}

async function presentMembers(db: WriteTx): Promise<Map<string, OpenSpell[]>> {
  const rows = await db.selectFrom("team_members").selectAll().where("valid_to", "is", null).execute();
  const spells = new Map<string, OpenSpell[]>();
  for (const row of rows) {
    const place = `${row.kind}:${row.person_id}`;
    spells.set(place, [...(spells.get(place) ?? []), { value: row.value, from: row.valid_from, to: null }]);
  }
  return spells;
}

async function storeManager(tx: WriteTx, person: Person, present: readonly OpenSpell[], now: Instant): Promise<number> {
  // Nobody above and nobody known before: nothing to remember.
  if (present.length === 0 && person.managerId === null) return 0;
  const { end, begin } = spellChanges(present, [person.managerId]);
  for (const spell of end) {
    await tx
      .updateTable("manager_history")
      .set({ valid_to: now })
      .where("person_id", "=", person.id)
      .where("valid_from", "=", spell.from)
      .execute();
  }
  for (const managerId of begin) {
    // A second change within one instant replaces the first, which never held for any time.
    await tx
      .insertInto("manager_history")
      .values({ person_id: person.id, manager_id: managerId, valid_from: now, valid_to: null })
      .onConflict((conflict) => conflict.columns(["person_id", "valid_from"]).doUpdateSet({ manager_id: managerId, valid_to: null }))
      .execute();
  }
  return end.length + begin.length;
}

async function storeMembers(
  tx: WriteTx,
  change: {
    readonly personId: string;
    readonly kind: string;
    readonly wanted: readonly string[];
    readonly present: readonly OpenSpell[];
    readonly now: Instant;
  },
): Promise<number> {
  const { end, begin } = spellChanges(change.present, change.wanted);
  const place = { person_id: change.personId, kind: change.kind };
  for (const spell of end) {
    await tx
      .updateTable("team_members")
      .set({ valid_to: change.now })
      .where("person_id", "=", place.person_id)
      .where("kind", "=", place.kind)
      .where("value", "=", spell.value ?? "")
      .where("valid_from", "=", spell.from)
      .execute();
  }
  for (const value of begin) {
    await tx
      .insertInto("team_members")
      .values({ ...place, value: value ?? "", valid_from: change.now, valid_to: null })
      .onConflict((conflict) => conflict.columns(["person_id", "kind", "value", "valid_from"]).doUpdateSet({ valid_to: null }))
      .execute();
  }
  return end.length + begin.length;
}
