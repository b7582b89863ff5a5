import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Instant } from "#core/time/instant.ts";
import { instantFromMs } from "#core/time/instant.ts";
import type { FieldValue } from "#core/writeback.ts";
import { translator } from "#i18n/translate.ts";
import { planCsv } from "#writeback/csv.ts";
import type { DesiredRecord } from "#writeback/desired.ts";
import { desiredDeals } from "#writeback/desired.ts";
import { AS_OF, DEAL_FIELD_NAMES, dealFields, normalise } from "#writeback/fields.ts";
import { type PlanInput, planWriteback, recordKey, type SentValues, valuesDigest, type WritebackPlan } from "#writeback/plan.ts";
import { CHANGE_STATES, statesBefore } from "#writeback/state.ts";
import { pace } from "../../support/paces.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 5, 2, 6, 30);
const at = (day: number): Instant => instantFromMs(START + day * DAY);
const fields = dealFields(DEAL_FIELD_NAMES, translator("en", "UTC"));
const record = (
  id: string,
  values: Partial<Record<"stuck_since" | "stage_entered_on" | "typical_days", FieldValue>> = {},
): DesiredRecord => ({
  ...{ target: "deal", id },
  values: { stuck_since: null, stage_entered_on: "2026-05-03", typical_days: 14, ...values },
});
const input = (change: Partial<PlanInput> = {}): PlanInput => ({
  ...{ connectionId: "hs", desired: [record("1")], sent: new Map(), failures: new Map(), fields, asOf: at(0), now: at(0) },
  ...{ refreshDays: 7, batch: 100 },
  ...change,
});
/** What the CRM holds after it took a plan. */
function confirmed(plan: WritebackPlan, before: ReadonlyMap<string, SentValues> = new Map()): ReadonlyMap<string, SentValues> {
  const after = new Map(before);
  for (const item of plan.items) {
    const values = Object.fromEntries(item.changes.map((change) => [change.field, change.new]));
    after.set(recordKey(item), { ...after.get(recordKey(item)), ...values });
  }
  return after;
}
const changesOf = (plan: WritebackPlan) => plan.items.map((item) => `${item.id} ${item.reason}: ${item.changes.map((each) => each.field)}`);

test("a first plan sends what there is, with its as-of, and clears nothing that was never set", () => {
  const plan = planWriteback(input());
  expect(plan.items).toEqual([
    {
      ...{ target: "deal", id: "1", reason: "change" },
      changes: [
        { field: "stage_entered_on", old: null, new: "2026-05-03" },
        { field: "typical_days", old: null, new: 14 },
        { field: AS_OF, old: null, new: "2026-06-02T06:30:00.000Z" },
      ],
    },
  ]);
  expect(plan.counts).toEqual({ records: 1, changed: 1, heartbeats: 0, unchanged: 0, parked: 0, gone: 0 });
  expect(plan.byField).toEqual({
    as_of: { set: 1, cleared: 0 },
    stage_entered_on: { set: 1, cleared: 0 },
    typical_days: { set: 1, cleared: 0 },
  });
});

test("a record with nothing to say is left alone", () => {
  const nothing = record("1", { stage_entered_on: null, typical_days: null });
  expect(planWriteback(input({ desired: [nothing] })).items).toEqual([]);
});

test("unchanged input makes no call, at a later moment of the same day, too", () => {
  const sent = confirmed(planWriteback(input()));
  expect(planWriteback(input({ sent, asOf: instantFromMs(START + 3_600_000) })).items).toEqual([]);
});

test("what is no longer so is cleared", () => {
  const sent = confirmed(planWriteback(input({ desired: [record("1", { stuck_since: "2026-06-01" })] })));
  const plan = planWriteback(input({ sent }));
  expect(plan.items[0]?.changes).toContainEqual({ field: "stuck_since", old: "2026-06-01", new: null });
  expect(plan.byField["stuck_since"]).toEqual({ set: 0, cleared: 1 });
});

describe("minimum change of a number", () => {
  const sent = confirmed(planWriteback(input()));

  test("a small move alone is no reason to write", () => {
    expect(planWriteback(input({ sent, desired: [record("1", { typical_days: 15 })] })).items).toEqual([]);
    expect(changesOf(planWriteback(input({ sent, desired: [record("1", { typical_days: 16 })] })))).toEqual(["1 change: typical_days"]);
  });

  test("it goes along with another change", () => {
    const desired = [record("1", { typical_days: 15, stuck_since: "2026-06-01" })];
    expect(changesOf(planWriteback(input({ sent, desired, asOf: at(1) })))).toEqual(["1 change: stuck_since,typical_days,as_of"]);
  });

  test("appearing and vanishing always count", () => {
    expect(planWriteback(input({ sent, desired: [record("1", { typical_days: null })] })).items).toHaveLength(1);
  });

  test("small moves in one direction add up against what was sent", () => {
    let holds = sent;
    const written: number[] = [];
    for (let typical = 15; typical <= 20; typical += 1) {
      const plan = planWriteback(input({ sent: holds, desired: [record("1", { typical_days: typical })] }));
      holds = confirmed(plan, holds);
      if (plan.items.length > 0) written.push(typical);
    }
    expect(written).toEqual([16, 18, 20]);
  });
});

describe("heartbeat", () => {
  const desired = Array.from({ length: 700 }, (_, index) => record(String(index)));

  test("every record is confirmed once in refreshDays, spread evenly, and never by the calendar alone more often", () => {
    let sent = confirmed(planWriteback(input({ desired })));
    const perDay: number[] = [];
    for (let day = 1; day <= 21; day += 1) {
      const plan = planWriteback(input({ desired, sent, asOf: at(day) }));
      expect(plan.items.every((item) => item.reason === "heartbeat" && item.changes.length === 1)).toBe(true);
      perDay.push(plan.items.length);
      sent = confirmed(plan, sent);
      expect(planWriteback(input({ desired, sent, asOf: at(day) })).items).toEqual([]);
    }
    const week = (from: number): number => perDay.slice(from, from + 7).reduce((sum, count) => sum + count, 0);
    expect([week(0), week(7), week(14)]).toEqual([700, 700, 700]);
    expect(Math.max(...perDay)).toBeLessThan(150);
  });
});

test("what the CRM refused too often waits until the values change; what is gone stays out", () => {
  const key = "deal/1";
  const parked = new Map([[key, { valuesDigest: valuesDigest(record("1")), times: 3, state: "parked" as const }]]);
  expect(planWriteback(input({ failures: parked })).counts).toMatchObject({ parked: 1, changed: 0 });
  expect(planWriteback(input({ failures: parked, desired: [record("1", { typical_days: 20 })] })).counts).toMatchObject({
    parked: 0,
    changed: 1,
  });
  const gone = new Map([[key, { valuesDigest: "", times: 1, state: "gone" as const }]]);
  expect(planWriteback(input({ failures: gone })).counts).toMatchObject({ gone: 1, changed: 0 });
});

test("values are compared as the CRM keeps them", () => {
  const spec = (name: string) => fields.find((field) => field.spec.name === name)!.spec;
  expect(normalise(14.4, spec("typical_days"))).toBe(14);
  expect(normalise(-0.2, spec("typical_days"))).toBe(0);
  expect(normalise(Number.NaN, spec("typical_days"))).toBeNull();
  expect(normalise("2026-06-02T06:30:15.987Z", spec(AS_OF))).toBe("2026-06-02T06:30:15.000Z");
  expect(normalise("", { target: "deal", name: "t", label: "", description: "", type: "text" })).toBeNull();
  expect(normalise("😀😀😀", { target: "deal", name: "t", label: "", description: "", type: "text", maxLength: 2 })).toBe("😀😀");
  const options = [{ value: "A", label: "a" }];
  expect(normalise("B", { target: "deal", name: "t", label: "", description: "", type: "picklist", options })).toBeNull();
});

test("desired values name dates and typical values, never elapsed days; an assumed start is not written as a fact", () => {
  const paces = [
    pace({ dealId: "1" }),
    pace({ dealId: "2", basis: "created", daysInStage: 5, typicalDays: null }),
    pace({ connectionId: "sf", dealId: "3" }),
  ];
  expect(desiredDeals(paces, "hs")).toEqual([
    { target: "deal", id: "1", values: { stuck_since: "2026-06-01", stage_entered_on: "2026-05-03", typical_days: 14 } },
    { target: "deal", id: "2", values: { stuck_since: null, stage_entered_on: null, typical_days: null } },
  ]);
});

test("the same plan has the same digest; any other value another one", () => {
  const plan = planWriteback(input());
  expect(planWriteback(input({ now: at(3) })).digest).toBe(plan.digest);
  expect(planWriteback(input({ desired: [record("1", { typical_days: 20 })] })).digest).not.toBe(plan.digest);
  expect(planWriteback(input({ connectionId: "sf" })).digest).not.toBe(plan.digest);
});

test("cost is told in calls", () => {
  const desired = Array.from({ length: 250 }, (_, index) => record(String(index)));
  expect(planWriteback(input({ desired })).cost).toEqual({ calls: 3 });
});

test("law 5: whatever the values and whatever was sent, a confirmed plan leaves nothing to do, and order does not matter", () => {
  const day = fc.constantFrom(null, "2026-05-01", "2026-05-02");
  const values = fc.record({
    stuck_since: day,
    stage_entered_on: day,
    typical_days: fc.option(fc.double({ min: 0, max: 90, noNaN: true })),
  });
  const world = fc.dictionary(fc.stringMatching(/^[a-z0-9]{1,6}$/), values, { maxKeys: 20 });
  const toRecords = (data: Record<string, DesiredRecord["values"]>): DesiredRecord[] =>
    Object.entries(data).map(([id, found]) => ({ target: "deal", id, values: found }));
  fc.assert(
    fc.property(world, world, fc.integer({ min: 0, max: 30 }), (first, second, days) => {
      const sent = confirmed(planWriteback(input({ desired: toRecords(first) })));
      const desired = toRecords(second);
      const plan = planWriteback(input({ desired, sent, asOf: at(days) }));
      expect(planWriteback(input({ desired: desired.toReversed(), sent, asOf: at(days) }))).toEqual(plan);
      const after = confirmed(plan, sent);
      expect(planWriteback(input({ desired, sent: after, asOf: at(days) })).items).toEqual([]);
      for (const item of plan.items) {
        expect(item.changes.length).toBeGreaterThan(0);
        for (const change of item.changes) expect(change.new).not.toBe(change.old);
      }
    }),
    { seed: 11, numRuns: 200 },
  );
});

describe("states of a row", () => {
  test("only the moves of the outbox are legal", () => {
    const legal = CHANGE_STATES.flatMap((to) => statesBefore(to).map((from) => `${from} → ${to}`));
    expect(legal.toSorted()).toEqual(
      [
        ...["pending → sending", "pending → skipped", "sending → ok", "sending → rejected", "sending → retry", "sending → parked"],
        ...["retry → sending", "retry → skipped"],
      ].toSorted(),
    );
  });
});

describe("CSV for an import", () => {
  test("holds the id and the fields that change anywhere, with the full values of each record", () => {
    const desired = [record("1", { stuck_since: "2026-06-01" }), record("2")];
    const sent = confirmed(planWriteback(input({ desired: [record("1"), record("2"), record("3")] })));
    const plan = planWriteback(input({ desired: [...desired, record("3")], sent, asOf: at(1) }));
    const onlyFirst = { ...plan, items: plan.items.filter((item) => item.reason === "change") };
    expect(planCsv(onlyFirst, desired, fields, "opportunity_id")).toBe(
      "opportunity_id,Stuck since,Scorekeeper as of\r\n1,2026-06-01,2026-06-03T06:30:00.000Z\r\n",
    );
  });

  test("an id that looks like a formula, or holds quotes, is made harmless", () => {
    const desired = [record('=1+"1"'), record("a,b")];
    const csv = planCsv(planWriteback(input({ desired })), desired, fields, "id");
    expect(csv.split("\r\n")).toEqual([
      "id,Stage entered on,Typical days in stage,Scorekeeper as of",
      `"'=1+""1""",2026-05-03,14,2026-06-02T06:30:00.000Z`,
      `"a,b",2026-05-03,14,2026-06-02T06:30:00.000Z`,
      "",
    ]);
  });
});
