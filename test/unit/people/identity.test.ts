import fc from "fast-check";
import { expect, test } from "vitest";
import type { PersonLine } from "#kit/people-file.ts";
import { identify, type UserRow } from "#people/identity.ts";

const user = (id: string, over: Partial<UserRow> = {}): UserRow => ({
  ...{ connection_id: "hs", source_id: id, name: null, email: null, manager_source_id: null, manager_name: null, team_name: null },
  ...{ region: null, territory: null, role: null, active: 1, is_person: 1, started_on: null, ended_on: null, other_ids: "[]", teams: [] },
  ...over,
});
const line = (email: string, over: Partial<PersonLine> = {}): PersonLine => ({
  ...{ email, name: null, managerEmail: null, team: null, role: null, segment: null, territory: null },
  ...{ startedOn: null, endedOn: null, language: null, timeZone: null, sourceIds: [] },
  ...over,
});
const rules = { matching: "email", today: "2026-06-30" } as const;
const of = (users: readonly UserRow[], file: readonly PersonLine[] = []) => {
  const found = identify(users, file, rules);
  return { ...found, byId: new Map(found.people.map((person) => [person.id, person])) };
};

test("users of two CRMs with one e-mail, however written, are one person", () => {
  const { people, personOf } = of([
    user("1", { email: "Ana@Acme.example", name: "Ana" }),
    user("005", { connection_id: "sf", email: "ana@acme.example", role: "AE" }),
  ]);
  expect(people).toMatchObject([{ id: "ana@acme.example", name: "Ana", role: "AE" }]);
  expect([...personOf.values()]).toEqual(["ana@acme.example", "ana@acme.example"]);
});

test("without matching they stay apart", () => {
  const users = [user("1", { email: "a@x.example" }), user("2", { connection_id: "sf", email: "a@x.example" })];
  expect(identify(users, [], { ...rules, matching: "none" }).people.map((person) => person.id)).toEqual(["hs:1", "sf:2"]);
});

test("a user without e-mail is known by connection and id; a queue is nobody", () => {
  const { personOf } = of([user("7"), user("8", { is_person: 0, email: "queue@acme.example" })]);
  expect([...personOf]).toEqual([
    ["hs:7", "hs:7"],
    ["hs:8", null],
  ]);
});

test("people.csv wins, names users by source id and brings people no CRM knows", () => {
  const { byId, personOf } = of(
    [user("Ana Diaz", { connection_id: "export", name: "Ana Diaz", manager_name: "Old Boss", team_name: "North" })],
    [
      line("ana@acme.example", {
        managerEmail: "boss@acme.example",
        team: "South",
        sourceIds: [{ connectionId: "export", id: "Ana Diaz" }],
      }),
      line("boss@acme.example", { name: "The Boss" }),
    ],
  );
  expect(personOf.get("export:Ana Diaz")).toBe("ana@acme.example");
  expect(byId.get("ana@acme.example")).toMatchObject({ managerId: "boss@acme.example", teams: ["South"], name: "Ana Diaz" });
  expect(byId.get("boss@acme.example")).toMatchObject({ name: "The Boss", isActive: true });
});

test("a manager is found by id, by another id of that user, by name, else becomes a person of that name", () => {
  const { byId } = of([
    user("boss", { email: "boss@acme.example", name: "Zofia Łęcka", other_ids: '["u9"]' }),
    user("1", { manager_source_id: "boss" }),
    user("2", { manager_source_id: "u9" }),
    user("3", { manager_name: "zofia łęcka" }),
    user("4", { manager_name: "Nobody Known" }),
  ]);
  expect(["hs:1", "hs:2", "hs:3"].map((id) => byId.get(id)?.managerId)).toEqual(Array(3).fill("boss@acme.example"));
  expect(byId.get("hs:4")?.managerId).toBe("hs:Nobody Known");
  expect(byId.get("hs:Nobody Known")).toMatchObject({ name: "Nobody Known", managerId: null, email: null });
});

test("whoever left is not active from the day after the last one", () => {
  const { byId } = of([
    user("1", { ended_on: "2026-06-29" }),
    user("2", { ended_on: "2026-06-30" }),
    user("3", { active: 0 }),
    user("4", { email: "x@acme.example", active: 0 }),
    user("5", { connection_id: "sf", email: "x@acme.example", active: 1 }),
  ]);
  expect(["hs:1", "hs:2", "hs:3", "x@acme.example"].map((id) => byId.get(id)?.isActive)).toEqual([false, true, false, true]);
});

test("managers in a circle, and one's own manager, are cut; those below keep theirs", () => {
  const { byId, cycles } = of([
    user("a", { manager_source_id: "b" }),
    user("b", { manager_source_id: "c" }),
    user("c", { manager_source_id: "a" }),
    user("d", { manager_source_id: "a" }),
    user("e", { manager_source_id: "e" }),
  ]);
  expect(cycles).toEqual(["hs:a", "hs:b", "hs:c"]);
  expect(["a", "b", "c", "d", "e"].map((id) => byId.get(`hs:${id}`)?.managerId)).toEqual([null, null, null, "hs:a", null]);
});

test("whatever managers say, every chain ends", () => {
  const ids = fc.integer({ min: 0, max: 7 }).map(String);
  fc.assert(
    fc.property(fc.array(fc.tuple(ids, ids), { maxLength: 12 }), (pairs) => {
      const { byId } = of(pairs.map(([id, manager]) => user(id, { manager_source_id: manager })));
      for (const person of byId.values()) {
        let steps = 0;
        for (let above = person.managerId; above !== null && steps < 20; above = byId.get(above)?.managerId ?? null) steps += 1;
        expect(steps).toBeLessThan(20);
      }
    }),
  );
});
