import fc from "fast-check";
import { expect, test } from "vitest";
import { fold, type Known, type Operation } from "#warehouse/fold.ts";

const NOW = "2026-06-30T12:00:00.000Z";
const nothing: Known = { present: new Map(), merged: new Map(), tombstones: new Map() };
const upsert = (id: string, updatedAt: string | null, hash: string): Operation => ({
  op: "upsert",
  id,
  updatedAt,
  hash,
  row: { value: hash },
});
const stored = (hash: string, updatedAt: string | null, deletedAt: string | null = null): Known => ({
  ...nothing,
  present: new Map([["1", { hash, updatedAt, deletedAt }]]),
});
const decide = (operations: readonly Operation[], known: Known = nothing) =>
  fold(operations, known, NOW).decisions.map((decision) => [decision.kind, decision.hash, decision.updatedAt, decision.deletedAt]);

test("two versions on one page come to the newer one, in either order", () => {
  const versions = [upsert("1", "2026-01-01", "a"), upsert("1", "2026-01-02", "b")];
  expect(decide(versions)).toEqual([["insert", "b", "2026-01-02", null]]);
  expect(decide(versions.toReversed())).toEqual([["insert", "b", "2026-01-02", null]]);
});

test("equal content with a newer time is a stamp, with the same time nothing", () => {
  expect(decide([upsert("1", "2026-01-02", "a")], stored("a", "2026-01-01"))).toEqual([["stamp", "a", "2026-01-02", null]]);
  expect(decide([upsert("1", "2026-01-01", "a")], stored("a", "2026-01-01"))).toEqual([]);
});

test("a record without a time of its own is taken as it comes", () => {
  expect(decide([upsert("1", null, "b")], stored("a", null))).toEqual([["change", "b", null, null]]);
});

test("a deletion holds until a version that is newer than it", () => {
  expect(decide([{ op: "delete", id: "1" }], stored("a", "2026-01-01"))).toEqual([["delete", "a", "2026-01-01", NOW]]);
  const deleted = stored("a", "2026-01-01", "2026-02-01");
  expect(decide([{ op: "delete", id: "1" }], deleted)).toEqual([]);
  expect(decide([upsert("1", "2026-01-15", "b")], deleted)).toEqual([["change", "b", "2026-01-15", "2026-02-01"]]);
  expect(decide([upsert("1", "2026-02-02", "a")], deleted)).toEqual([["change", "a", "2026-02-02", null]]);
  expect(decide([upsert("1", null, "a")], stored("a", null, "2026-02-01"))).toEqual([["change", "a", null, null]]);
});

test("a deletion that comes before its record is remembered", () => {
  const folded = fold([{ op: "delete", id: "1" }], nothing, NOW);
  expect([folded.unknownDeletes, folded.decisions]).toEqual([["1"], []]);
  const buried = { ...nothing, tombstones: new Map([["1", "2026-02-01"]]) };
  expect(decide([upsert("1", "2026-01-01", "a")], buried)).toEqual([["insert", "a", "2026-01-01", "2026-02-01"]]);
  expect(decide([upsert("1", "2026-03-01", "a")], buried)).toEqual([["insert", "a", "2026-03-01", null]]);
});

test("a record that was merged away never comes back, whatever arrives later", () => {
  const merged = { ...stored("a", "2026-01-01", "2026-02-01"), merged: new Map([["1", "2"]]) };
  expect(decide([upsert("1", "2026-03-01", "b"), { op: "restore", id: "1" }], merged)).toEqual([
    ["change", "b", "2026-03-01", "2026-02-01"],
  ]);
  expect(decide([upsert("1", "2026-03-01", "b")], { ...nothing, merged: new Map([["1", "2"]]) })).toEqual([
    ["insert", "b", "2026-03-01", NOW],
  ]);
});

test("a sweep that lists a deleted record brings it back", () => {
  const folded = fold([{ op: "restore", id: "1" }], stored("a", "2026-01-01", "2026-02-01"), NOW);
  expect(folded.decisions).toMatchObject([{ kind: "change", row: null, deletedAt: null }]);
});

test("any order of versions, with repeats, over any pages, ends in the newest (law 2)", () => {
  const versions = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 });
  const history = versions.chain((numbers) =>
    fc.record({
      order: fc
        .shuffledSubarray([...numbers, ...numbers], { minLength: numbers.length })
        .filter((order) => order.includes(Math.max(...numbers))),
      page: fc.integer({ min: 1, max: 4 }),
    }),
  );
  fc.assert(
    fc.property(history, ({ order, page }) => {
      let known = nothing;
      for (let start = 0; start < order.length; start += page) {
        // Every third version has the content of the one before: only its time is news.
        const operations = order
          .slice(start, start + page)
          .map((number) => upsert("1", String(number + 100), `content ${number - (number % 3)}`));
        for (const { hash, updatedAt, deletedAt } of fold(operations, known, NOW).decisions) {
          known = { ...nothing, present: new Map([["1", { hash, updatedAt, deletedAt }]]) };
        }
      }
      const newest = Math.max(...order);
      expect(known.present.get("1")).toEqual({
        hash: `content ${newest - (newest % 3)}`,
        updatedAt: String(newest + 100),
        deletedAt: null,
      });
    }),
    { seed: 7 },
  );
});
