import { beforeEach, describe, expect, test } from "vitest";
import type { Writer } from "#core/connector.ts";
import type { Automation } from "#core/records.ts";
import type { DealPace } from "#metrics/deal-pace.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { applyWriteback } from "#writeback/apply.ts";
import { storeAutomations } from "#writeback/automations.ts";
import { decideHeld, setWritebackMode } from "#writeback/mode.ts";
import { makePlan } from "#writeback/planned.ts";
import type { ApplyPoint } from "#writeback/send.ts";
import { putSync } from "../../support/alerts.ts";
import { eachDatabase } from "../../support/databases.ts";
import { acme } from "../../support/mail.ts";
import { type ManualClock, manualClock } from "../../support/manual-clock.ts";
import { pace } from "../../support/paces.ts";
import { applyDeps, type FakeCrm, fakeCrm, trouble } from "../../support/writeback.ts";

const HOUR = 3_600_000;

eachDatabase((_name, open) => {
  let warehouse: Warehouse;
  let clock: ManualClock;
  let crm: FakeCrm;
  let paces: readonly DealPace[];
  type Change = Parameters<typeof applyDeps>[4];
  const deps = (change?: Change) => applyDeps(warehouse, clock, crm, () => paces, change);
  const apply = (change?: Change) => applyWriteback(deps(change));
  const mode = (value: "live" | "trial" | "preview") => warehouse.write((tx) => setWritebackMode(tx, "hs", value, "pat", clock.now()));
  const deals = (count: number) => Array.from({ length: count }, (_, index) => pace({ dealId: `d${String(index).padStart(3, "0")}` }));
  const left = async () => (await makePlan(deps())).plan.items.map((item) => item.id);
  const rowStates = async () => {
    const rows = await warehouse.read((db) => db.selectFrom("writeback_changes").select(["record_id", "state"]).execute());
    return Object.fromEntries(
      [...Map.groupBy(rows, (row) => row.state)].map(([state, group]) => [state, new Set(group.map((row) => row.record_id)).size]),
    );
  };
  const runStates = async () =>
    (await warehouse.read((db) => db.selectFrom("writeback_runs").select("state").orderBy("made_at").orderBy("run_id").execute())).map(
      (row) => row.state,
    );

  beforeEach(async () => {
    warehouse = await open();
    clock = manualClock({ start: "2026-06-02T06:30:00.000Z", auto: true });
    crm = fakeCrm();
    paces = deals(3);
    await putSync(warehouse, clock.now());
    await mode("live");
  });

  test("writes what changed, and nothing the second time", async () => {
    expect(await apply()).toMatchObject({ state: "done", sent: { calls: 1, ok: 3, rejected: 0 } });
    expect(crm.values.get("d000")).toEqual({
      ...{ stuck_since: "2026-06-01", stage_entered_on: "2026-05-03", typical_days: 14 },
      as_of: "2026-06-02T06:30:00.000Z",
    });
    expect(await apply()).toMatchObject({ state: "nothing" });
    expect(crm.calls).toHaveLength(1);
    paces = [pace({ dealId: "d000", isStuck: false, stuckSince: null }), ...paces.slice(1)];
    expect(await apply()).toMatchObject({ state: "done", sent: { calls: 1, ok: 1 } });
    expect(crm.calls[1]).toEqual([{ target: "deal", id: "d000", values: { stuck_since: null } }]);
  });

  test("in preview nothing is written or stored", async () => {
    await mode("preview");
    expect(await apply()).toMatchObject({ state: "preview", planned: { plan: { counts: { changed: 3 } } } });
    await mode("live");
    expect(await apply({ settings: { mode: "preview" } })).toMatchObject({ state: "preview" });
    expect([crm.calls, await runStates()]).toEqual([[], []]);
  });

  test("the first apply after go-live writes 20 records and holds the rest until somebody approves", async () => {
    await mode("trial");
    paces = deals(50);
    expect(await apply()).toMatchObject({ state: "held", sent: { ok: 20 }, held: 30 });
    expect(await apply()).toMatchObject({ state: "held", sent: { ok: 0 }, held: 30 });
    expect(crm.values.size).toBe(20);
    await clock.advance(HOUR);
    await warehouse.write((tx) => decideHeld(tx, "hs", { approve: true, by: "sam", comment: "looks right", now: clock.now() }));
    expect(await apply()).toMatchObject({ state: "done", sent: { ok: 30 } });
    expect(await apply()).toMatchObject({ state: "nothing" });
    expect(await runStates()).toEqual(["approved", "done"]);
    const decided = await warehouse.read((db) =>
      db.selectFrom("writeback_runs").selectAll().where("state", "=", "approved").executeTakeFirst(),
    );
    expect(decided).toMatchObject({ decided_by: "sam", comment: "looks right" });
  });

  test("a rejected plan is not written; the next one is limited again", async () => {
    await mode("trial");
    paces = deals(50);
    await apply();
    await clock.advance(HOUR);
    await warehouse.write((tx) => decideHeld(tx, "hs", { approve: false, by: "sam", comment: null, now: clock.now() }));
    expect(await apply()).toMatchObject({ state: "held", sent: { ok: 20 }, held: 10 });
  });

  test("a small first apply needs no approval", async () => {
    await mode("trial");
    expect(await apply()).toMatchObject({ state: "done", held: 0 });
    paces = deals(50);
    expect(await apply({ settings: { breaker: { records: 5000, percent: 100 } } })).toMatchObject({ state: "done", sent: { ok: 47 } });
  });

  test("a plan that changes far more than usual is held before its first record", async () => {
    paces = deals(50);
    await apply();
    const before = crm.calls.length;
    paces = paces.map((each) => ({ ...each, typicalDays: 40 }));
    await clock.advance(HOUR);
    expect(await apply()).toMatchObject({
      state: "held",
      sent: { calls: 0 },
      held: 50,
      planned: { breaker: expect.stringContaining("100 %") },
    });
    expect(crm.calls).toHaveLength(before);
    await warehouse.write((tx) => decideHeld(tx, "hs", { approve: true, by: "sam", comment: null, now: clock.now() }));
    expect(await apply()).toMatchObject({ state: "done", sent: { ok: 50 } });
  });

  test.each([["failed"], ["partial"]])("nothing is written after a %s sync", async (state) => {
    await clock.advance(HOUR);
    await putSync(warehouse, clock.now(), state);
    expect(await apply()).toMatchObject({ state: "stale", stopped: { code: "writeback.stale_data" } });
    expect(crm.calls).toEqual([]);
  });

  test("nothing is written from data that are too old, or of a connection never synced", async () => {
    await clock.advance(27 * HOUR);
    expect(await apply()).toMatchObject({ state: "stale" });
    expect(await applyWriteback({ ...deps(), connectionId: "sf" })).toMatchObject({ state: "preview" });
  });

  describe("one record is refused", () => {
    test("the others are confirmed; it stays due though its values don't change", async () => {
      crm.refusals.set("d001", { errors: [trouble("crm.bad_value", "skip")], forever: false });
      expect(await apply()).toMatchObject({ state: "partial", sent: { ok: 2, rejected: 1 } });
      expect(await left()).toEqual(["d001"]);
      expect(await apply()).toMatchObject({ state: "done", sent: { ok: 1 } });
      expect(await left()).toEqual([]);
    });

    test("refused three times with the same values it is parked, until they change", async () => {
      crm.refusals.set("d001", { errors: [trouble("crm.bad_value", "skip")], forever: true });
      const found = [];
      for (let run = 0; run < 4; run += 1) found.push((await apply()).sent);
      expect(found).toMatchObject([{ ok: 2, rejected: 1 }, { rejected: 1 }, { parked: 1 }, { calls: 0 }]);
      expect((await makePlan(deps())).plan.counts.parked).toBe(1);
      crm.refusals.clear();
      paces = paces.map((each) => ({ ...each, typicalDays: 30 }));
      expect(await apply({ settings: { breaker: { records: 5000, percent: 100 } } })).toMatchObject({ state: "done", sent: { ok: 3 } });
    });

    test("a record that is gone is never tried again", async () => {
      crm.refusals.set("d001", { errors: [trouble("hubspot.record_gone", "skip")], forever: true });
      expect(await apply()).toMatchObject({ sent: { ok: 2, gone: 1 } });
      expect(await apply()).toMatchObject({ state: "nothing", planned: { plan: { counts: { gone: 1 } } } });
    });

    test("a lock is waited for and tried again in smaller calls; it never parks", async () => {
      paces = deals(8);
      crm.refusals.set("d003", { errors: [trouble("crm.locked", "retry")], forever: true });
      for (let run = 0; run < 5; run += 1) await apply();
      expect(crm.values.size).toBe(7);
      expect((await makePlan(deps())).plan.counts).toMatchObject({ parked: 0, changed: 1 });
      expect(crm.calls.filter((call) => call.some((item) => item.id === "d003"))).toHaveLength(15);
      expect(clock.slept.length).toBeGreaterThan(5);
    });
  });

  describe("a call fails as a whole", () => {
    test("without a name: halved down to the culprit, the others are written", async () => {
      paces = deals(10);
      crm.failures.push((batch) => (batch.some((item) => item.id === "d006") ? trouble("crm.invalid", "skip") : null));
      expect(await apply()).toMatchObject({ state: "partial", sent: { ok: 9, rejected: 1 } });
      expect(crm.calls.length).toBeLessThanOrEqual(9);
      expect(await left()).toEqual(["d006"]);
    });

    test("everything refused: stops instead of asking for each record of the plan", async () => {
      paces = deals(500);
      crm.failures.push(() => trouble("crm.invalid", "skip"));
      expect(await apply({ batch: 100 })).toMatchObject({ state: "failed", stopped: { code: "crm.invalid" } });
      expect(crm.calls.length).toBeLessThan(140);
    });

    test.each([
      ["quota", "wait"],
      ["login", "reauth"],
      ["scope", "configure"],
    ] as const)("%s: stops, and what was not sent comes with the next run", async (name, recovery) => {
      paces = deals(25);
      crm.failures.push(() => null);
      crm.failures.splice(0, 1, (batch) => (batch[0]?.id === "d010" ? trouble(`crm.${name}`, recovery) : null));
      expect(await apply()).toMatchObject({ state: "partial", sent: { ok: 10 }, stopped: { code: `crm.${name}` } });
      expect(await left()).toHaveLength(15);
      crm.failures.length = 0;
      expect(await apply({ settings: { breaker: { records: 5000, percent: 100 } } })).toMatchObject({ state: "done", sent: { ok: 15 } });
      expect(await rowStates()).toEqual({ ok: 25, skipped: 15 });
    });

    test("a busy CRM is waited for, then written", async () => {
      crm.failures.push(trouble("crm.busy", "retry"), trouble("crm.busy", "retry"));
      expect(await apply()).toMatchObject({ state: "done", sent: { ok: 3, calls: 4 } });
    });
  });

  test("a field the CRM can't take is left out with its remedy, the others are written", async () => {
    crm.missing.add("typical_days");
    expect(await apply()).toMatchObject({ state: "done", fieldsLeftOut: [{ name: "typical_days", remedy: "Grant it." }] });
    expect(Object.keys(crm.values.get("d000") ?? {}).toSorted()).toEqual(["as_of", "stage_entered_on", "stuck_since"]);
    crm.missing.clear();
    expect(await apply({ settings: { breaker: { records: 5000, percent: 100 } } })).toMatchObject({ state: "done", sent: { ok: 3 } });
    for (const name of ["stuck_since", "stage_entered_on", "typical_days", "as_of"]) crm.missing.add(name);
    paces = deals(4);
    await expect(apply()).rejects.toMatchObject({ code: "writeback.fields_missing", recovery: "configure" });
  });

  describe("the process dies", () => {
    test.each([
      ["stored", 0],
      ["sending", 0],
      ["answered", 1],
      ["recorded", 1],
    ] as const)("when %s: nothing is lost, no record is written more than once more", async (point, calls) => {
      paces = deals(25);
      let reached = 0;
      const die = (at: ApplyPoint): void => {
        reached += at === point ? 1 : 0;
        if (at === point && reached === 1) throw new Error("killed");
      };
      await expect(apply({ at: die })).rejects.toThrow("killed");
      expect(crm.calls).toHaveLength(calls);
      expect(await runStates()).toEqual(["applying"]);
      await clock.advance(1000);
      expect(await apply({ settings: { breaker: { records: 5000, percent: 100 } } })).toMatchObject({ state: "done" });
      expect(await runStates()).toEqual(["crashed", "done"]);
      expect(crm.values.size).toBe(25);
      const times = Map.groupBy(crm.calls.flat(), (item) => item.id);
      expect(Math.max(...[...times.values()].map((list) => list.length))).toBeLessThanOrEqual(2);
      expect(await left()).toEqual([]);
    });
  });

  test("to a file: everything goes into one file, is confirmed, and a file that can't be written confirms nothing", async () => {
    const written: (readonly string[])[] = [];
    let isFull = true;
    const write = async ({ plan }: { readonly plan: { readonly items: readonly { readonly id: string }[] } }): Promise<string> => {
      if (isFull) throw new Error("disk full");
      written.push(plan.items.map((item) => item.id));
      return "out.csv";
    };
    const toFile = () => applyWriteback({ ...deps({ batch: 0 }), outlet: { kind: "file", write } });
    await mode("trial");
    paces = deals(30);
    await expect(toFile()).rejects.toThrow("disk full");
    isFull = false;
    await clock.advance(1000);
    expect(await toFile()).toMatchObject({ state: "held", sent: { ok: 20, calls: 1 }, held: 10, file: "out.csv" });
    await clock.advance(1000);
    await warehouse.write((tx) => decideHeld(tx, "hs", { approve: true, by: "sam", comment: null, now: clock.now() }));
    expect(await toFile()).toMatchObject({ state: "done", sent: { ok: 10 } });
    expect(await toFile()).toMatchObject({ state: "nothing", file: null });
    expect(written.map((ids) => ids.length)).toEqual([20, 10]);
  });

  test("there is nothing to approve where nothing is held", async () => {
    const deciding = warehouse.write((tx) => decideHeld(tx, "hs", { approve: true, by: "sam", comment: null, now: clock.now() }));
    await expect(deciding).rejects.toMatchObject({ code: "writeback.nothing_held" });
  });

  test("a plan names what the CRM runs on its deals, as last seen", async () => {
    const automation = (id: string, change: Partial<Automation> = {}): Automation => ({
      ...{ id, sourceUpdatedAt: null, object: "Opportunity", kind: "flow", name: `Flow ${id}`, active: true },
      ...change,
    });
    const context = { connectionId: "hs", organization: acme, now: clock.now() };
    const seen = [automation("1"), automation("2", { active: false }), automation("3", { kind: "trigger", name: "Sync" })];
    await warehouse.write((tx) => storeAutomations(tx, seen, context));
    expect((await makePlan(deps())).automations).toEqual([
      { kind: "flow", name: "Flow 1" },
      { kind: "trigger", name: "Sync" },
    ]);
    await clock.advance(HOUR);
    await warehouse.write((tx) =>
      storeAutomations(tx, [automation("3", { kind: "trigger", name: "Sync" })], { ...context, now: clock.now() }),
    );
    expect((await makePlan(deps())).automations).toEqual([{ kind: "trigger", name: "Sync" }]);
  });

  test("a call that says nothing about a record confirms nothing of it", async () => {
    const { writer } = crm;
    const write: Writer["write"] = async (batch, signal) => (await writer.write(batch, signal)).slice(0, 2);
    const report = await applyWriteback({ ...deps(), outlet: { kind: "crm", writer: { ...writer, write } } });
    expect(report.sent).toMatchObject({ ok: 3 });
    expect(crm.calls.map((call) => call.length)).toEqual([3, 1]);
  });

  test("told to stop, it stops between calls and stays resumable", async () => {
    paces = deals(25);
    const stop = new AbortController();
    const at = (point: ApplyPoint): void => {
      if (point === "recorded") stop.abort();
    };
    expect(await applyWriteback({ ...deps({ at }), signal: stop.signal })).toMatchObject({ state: "partial", sent: { ok: 10, calls: 1 } });
    expect(await left()).toHaveLength(15);
  });

  test("a row that is not where it should be stops everything", async () => {
    const broken: Warehouse = {
      ...warehouse,
      write: (fn) =>
        warehouse.write(async (tx) => {
          const result = await fn(tx);
          await tx.updateTable("writeback_changes").set({ state: "ok" }).where("record_id", "=", "d001").execute();
          return result;
        }),
    };
    await expect(applyWriteback({ ...deps(), warehouse: broken })).rejects.toMatchObject({ code: "writeback.illegal_move" });
    expect(crm.calls).toEqual([]);
  });
});
