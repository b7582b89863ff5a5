import { expect, test } from "vitest";
import { type RoutePerson, routeOwner } from "#alerts/route.ts";

const person = (personId: string, change: Partial<RoutePerson> = {}): RoutePerson => ({
  ...{ personId, name: personId, email: `${personId}@acme.example`, managerId: null, isActive: true, language: null, timeZone: null },
  ...change,
});
const route = (owner: string | null, people: readonly RoutePerson[], suspended: readonly string[] = []) => {
  const found = routeOwner(owner, { people: new Map(people.map((each) => [each.personId, each])), suspended: new Set(suspended) });
  return found.to === "manager" ? found.address : found.why;
};
const mia = person("mia");
const ann = person("ann", { managerId: "mia" });

test.each([
  ["the owner's manager", "ann", [ann, mia], "mia@acme.example"],
  ["no owner", null, [ann, mia], "no_owner"],
  ["an owner nobody knows", "zoe", [ann, mia], "owner_unknown"],
  ["an owner who has left", "ann", [{ ...ann, isActive: false }, mia], "owner_inactive"],
  ["an owner without a manager", "mia", [ann, mia], "no_manager"],
  ["a manager nobody knows", "ann", [ann], "no_manager"],
  ["a manager who has left", "ann", [ann, { ...mia, isActive: false }], "manager_inactive"],
  ["a manager without an address", "ann", [ann, { ...mia, email: null }], "manager_no_address"],
  ["a manager with an empty address", "ann", [ann, { ...mia, email: " " }], "manager_no_address"],
  ["a person who manages themselves", "ann", [{ ...ann, managerId: "ann" }], "cycle"],
  ["two who manage each other", "ann", [ann, { ...mia, managerId: "ann" }], "cycle"],
  [
    "a ring further up does not touch those below it",
    "ann",
    [ann, { ...mia, managerId: "max" }, person("max", { managerId: "mia" })],
    "mia@acme.example",
  ],
] as const)("%s", (_name, owner, people, expected) => {
  expect(route(owner, people)).toBe(expected);
});

test("an address that refuses mail, however it is written", () => {
  expect(route("ann", [ann, { ...mia, email: "Mia@Acme.example" }], ["mia@acme.example"])).toBe("address_suspended");
});
