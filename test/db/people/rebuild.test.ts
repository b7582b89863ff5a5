import { expect, test } from "vitest";
import type { Organization } from "#core/organization.ts";
import type { CrmUser } from "#core/records.ts";
import type { Instant } from "#core/time/instant.ts";
import { rebuildPeople } from "#people/rebuild.ts";
import { applyChanges } from "#warehouse/apply.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { eachDatabase } from "../../support/databases.ts";

const JANUARY = "2026-01-10T08:00:00.000Z" as Instant;
const MARCH = "2026-03-10T08:00:00.000Z" as Instant;
const organization: Organization = {
  name: "Acme",
  timeZone: "Europe/Warsaw",
  currency: "EUR",
  language: "en",
  periods: { fiscalYearStartMonth: 1, weekStartsOn: 1 },
  calendar: { holidays: new Set(), workingDays: new Set([1, 2, 3, 4, 5]), opensAt: 540, closesAt: 1020 },
};
const user = (id: string, over: Partial<CrmUser> = {}): CrmUser => ({
  ...{ id, sourceUpdatedAt: null, name: id, email: `${id}@acme.example`, managerId: null, managerName: null, teamName: null },
  ...{ region: null, territory: null, role: null, active: true, isPerson: true, startedOn: null, endedOn: null, otherIds: [] },
  ...over,
});

async function see(warehouse: Warehouse, users: readonly CrmUser[], now: Instant) {
  return warehouse.write(async (tx) => {
    await applyChanges(
      tx,
      { connectionId: "hs", organization, stageOverrides: {}, historyBasis: "native", now },
      users.map((record) => ({ type: "user", op: "upsert", record })),
    );
    await tx.deleteFrom("dirty_scopes").execute();
    return rebuildPeople(tx, { organization, matching: "email", file: [], now });
  });
}
const managers = (warehouse: Warehouse) =>
  warehouse.read((db) =>
    db
      .selectFrom("manager_history")
      .select(["manager_id", "valid_from", "valid_to"])
      .where("person_id", "=", "ana@acme.example")
      .orderBy("valid_from")
      .execute(),
  );
const dirty = (warehouse: Warehouse) => warehouse.read((db) => db.selectFrom("dirty_scopes").selectAll().execute());

eachDatabase((_name, open) => {
  test("a person gets a manager, then another: both are remembered with their time", async () => {
    const warehouse = await open();
    await see(warehouse, [user("ana", { managerId: "ben" }), user("ben"), user("eva")], JANUARY);
    await see(warehouse, [user("ana", { managerId: "eva" })], MARCH);
    expect(await managers(warehouse)).toEqual([
      { manager_id: "ben@acme.example", valid_from: JANUARY, valid_to: MARCH },
      { manager_id: "eva@acme.example", valid_from: MARCH, valid_to: null },
    ]);
    expect(await dirty(warehouse)).toHaveLength(1);
  });

  test("nothing new, nothing written, nothing to recompute (law 5)", async () => {
    const warehouse = await open();
    const users = [user("ana", { managerId: "ben", teamName: "North" }), user("ben")];
    await see(warehouse, users, JANUARY);
    const before = await warehouse.read((db) => db.selectFrom("people").selectAll().orderBy("person_id").execute());
    expect(await see(warehouse, users, MARCH)).toEqual({ people: 2, changed: 0, cycles: [] });
    expect(await warehouse.read((db) => db.selectFrom("people").selectAll().orderBy("person_id").execute())).toEqual(before);
    expect(await dirty(warehouse)).toEqual([]);
  });

  test("two changes within one instant leave the last", async () => {
    const warehouse = await open();
    await see(warehouse, [user("ana", { managerId: "ben", teamName: "North" }), user("ben")], JANUARY);
    await see(warehouse, [user("ana", { managerId: null, teamName: "South" })], JANUARY);
    await see(warehouse, [user("ana", { managerId: "ben", teamName: "North" })], JANUARY);
    expect(await managers(warehouse)).toEqual([{ manager_id: "ben@acme.example", valid_from: JANUARY, valid_to: null }]);
    const teams = await warehouse.read((db) => db.selectFrom("team_members").select(["value"]).where("valid_to", "is", null).execute());
    expect(teams).toEqual([{ value: "North" }]);
  });

  test("a user who disappears keeps history and is no longer active", async () => {
    const warehouse = await open();
    await see(warehouse, [user("ana")], JANUARY);
    await warehouse.write(async (tx) => {
      const context = { connectionId: "hs", organization, stageOverrides: {}, historyBasis: "native", now: MARCH } as const;
      await applyChanges(tx, context, [{ type: "user", op: "delete", id: "ana" }]);
      await rebuildPeople(tx, { organization, matching: "email", file: [], now: MARCH });
    });
    const people = await warehouse.read((db) => db.selectFrom("people").select(["person_id", "is_active"]).execute());
    expect(people).toEqual([{ person_id: "ana@acme.example", is_active: 0 }]);
  });
});
