import fc from "fast-check";
import { expect, test } from "vitest";
import type { Change, Deal } from "#core/records.ts";
import type { Instant } from "#core/time/instant.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { apply } from "../support/apply.ts";
import { type Content, contentOf } from "../support/content.ts";
import { type DatabaseName, eachDatabase } from "../support/databases.ts";
import {
  account,
  activity,
  at,
  contact,
  deal,
  lead,
  pipeline,
  product,
  salesProcess,
  stageEntry,
  target,
  upserts,
  user,
} from "../support/records.ts";

/** A small company with deals that were edited, moved, re-opened and born closed, in every record type a CRM sends. */
const world: fc.Arbitrary<readonly Change[]> = fc
  .array(
    fc.record({
      id: fc.integer({ min: 1, max: 4 }).map(String),
      version: fc.uniqueArray(fc.integer({ min: 1, max: 27 }), { minLength: 1, maxLength: 3 }),
      stages: fc.array(fc.constantFrom("discovery", "proposal", "negotiation", "won", "lost", "duplicate", "unknown"), { maxLength: 4 }),
      amount: fc.constantFrom("10", "12.345", null, "not a number"),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((deals) => [
    ...upserts("pipeline", [pipeline()]),
    ...upserts("stageVersion", salesProcess()),
    ...upserts("user", [user(), user({ id: "o2" })]),
    ...upserts("account", [account({ sector: "Retail" })]),
    ...upserts("contact", [contact({ name: "Zo\0e \ud800" })]),
    ...upserts("lead", [lead()]),
    ...upserts("product", [product({ amountRaw: "3" })]),
    ...upserts("target", [target()]),
    ...upserts("activity", [activity()]),
    ...unique(deals).flatMap((one) => dealChanges(one)),
  ]);

function unique<T extends { readonly id: string }>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}

function dealChanges(one: { id: string; version: readonly number[]; stages: readonly string[]; amount: string | null }): readonly Change[] {
  const versions = one.version.map(
    (number): Deal =>
      deal({
        id: one.id,
        sourceUpdatedAt: day(number),
        // A version may differ from the one before in its time only.
        name: `version ${number - (number % 2)}`,
        accountId: "acc1",
        stageId: one.stages.at(-1) ?? "discovery",
        amountRaw: one.amount,
      }),
  );
  const entries = one.stages.map((stageId, index) =>
    stageEntry({ dealId: one.id, stageId, enteredAt: day(index * 3 + 1), sequence: index }),
  );
  return [...upserts("deal", versions), ...upserts("stageEntry", entries)];
}

function day(number: number): Instant {
  return at(`2026-03-${String(number).padStart(2, "0")}`);
}

async function applyAll(warehouse: Warehouse, changes: readonly Change[], pageSize: number): Promise<Content> {
  for (let start = 0; start < changes.length; start += pageSize) await apply(warehouse, changes.slice(start, start + pageSize));
  return contentOf(warehouse, ["dirty_scopes"]);
}

const contents = new Map<DatabaseName, Content>();

eachDatabase((name, open) => {
  test("pages in any order, with repeats, come to the same database (law 2)", async () => {
    const cases = world.chain((changes) =>
      fc.record({
        changes: fc.constant(changes),
        mixed: fc.shuffledSubarray([...changes, ...changes], { minLength: changes.length * 2 }),
        pageSize: fc.integer({ min: 1, max: 12 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ changes, mixed, pageSize }) => {
        const straight = await applyAll(await open(), changes, 1000);
        expect(await applyAll(await open(), mixed, pageSize)).toEqual(straight);
      }),
      { numRuns: 8, seed: 11 },
    );
  }, 180_000);

  test("the same records leave the same rows on both databases (law 4)", async () => {
    const [changes] = fc.sample(world, { numRuns: 1, seed: 5 });
    const warehouse = await open();
    await apply(warehouse, changes ?? []);
    await apply(warehouse, [
      ...upserts("deal", [deal({ id: "2", name: "\u{1f600} łąka \uffef", amountRaw: "99.995", sourceUpdatedAt: at("2026-06-01") })]),
      { type: "deal", op: "delete", id: "1" },
      { type: "contact", op: "merge", loser: "c1", winner: "c2" },
    ]);
    const content = await contentOf(warehouse);
    expect(Object.keys(content).length).toBeGreaterThan(12);
    contents.set(name, content);
    for (const other of contents.values()) expect(content).toEqual(other);
  });
});
