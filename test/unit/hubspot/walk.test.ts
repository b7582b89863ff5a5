import fc from "fast-check";
import { expect, test } from "vitest";
import type { RecordPage, WireRecord } from "#connectors/hubspot/decode.ts";
import { type Part, WHOLE } from "#connectors/hubspot/streams/progress.ts";
import { type Batch, walk } from "#connectors/hubspot/streams/walk.ts";

const record = (id: string): WireRecord => ({ id, properties: {}, history: {}, links: {}, isArchived: false });
const numeric = (a: string, b: string): number => (BigInt(a) < BigInt(b) ? -1 : 1);

/** A list as HubSpot serves it: by id, the token is the id of the next record. */
function server(ids: readonly string[], pageSize: number) {
  const sorted = [...ids].sort(numeric);
  const requests: (string | null)[] = [];
  const fetch = async (token: string | null): Promise<RecordPage> => {
    requests.push(token);
    await Promise.resolve();
    const start = token === null ? 0 : sorted.findIndex((id) => BigInt(id) >= BigInt(token));
    const slice = start < 0 ? [] : sorted.slice(start, start + pageSize);
    const after = start < 0 ? null : (sorted[start + pageSize] ?? null);
    return { records: slice.map(record), broken: [], after, total: null };
  };
  return { fetch, requests, lastId: async () => sorted.at(-1) ?? null };
}

async function all(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const list: Batch[] = [];
  for await (const batch of batches) list.push(batch);
  return list;
}

const idsOf = (batches: readonly Batch[]): string[] => batches.flatMap(({ records }) => records.map(({ id }) => id));

const idSet = fc.uniqueArray(
  fc.oneof(
    fc.bigInt({ min: 1n, max: 400n }),
    fc.bigInt({ min: 1n, max: 10n ** 6n }),
    fc.bigInt({ min: 10n ** 16n, max: 10n ** 16n + 3000n }),
  ),
  { maxLength: 300 },
);

test("every record comes exactly once, whatever the ids, page size and number of walkers", async () => {
  await fc.assert(
    fc.asyncProperty(idSet, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 6 }), async (numbers, pageSize, walkers) => {
      const ids = numbers.map(String);
      const { fetch, lastId } = server(ids, pageSize);
      const batches = await all(walk({ parts: [WHOLE], walkers, pageSize, batchSize: 50, fetch, lastId }));
      expect(idsOf(batches).sort(numeric)).toEqual([...ids].sort(numeric));
    }),
    { seed: 11, numRuns: 150 },
  );
});

test("what is covered joins without a gap to the whole list, each stretch naming all its ids", async () => {
  await fc.assert(
    fc.asyncProperty(idSet, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 6 }), async (numbers, pageSize, walkers) => {
      const { fetch, lastId } = server(numbers.map(String), pageSize);
      const batches = await all(walk({ parts: [WHOLE], walkers, pageSize, batchSize: 50, fetch, lastId }));
      const ranges = batches.flatMap(({ covered }) => covered).sort((a, b) => numeric(a.within.after ?? "0", b.within.after ?? "0"));
      expect(ranges[0]?.within.after).toBe("0");
      expect(ranges.at(-1)?.within.upTo).toBeNull();
      for (const [index, { within, ids }] of ranges.entries()) {
        if (index > 0) expect(within.after).toBe(ranges[index - 1]?.within.upTo);
        const inside = numbers.filter((id) => id > BigInt(within.after ?? 0) && (within.upTo === null || id <= BigInt(within.upTo)));
        expect([...ids].sort(numeric)).toEqual(inside.map(String).sort(numeric));
      }
    }),
    { seed: 12, numRuns: 150 },
  );
});

test("resumed from any batch, nothing of the rest is missing", async () => {
  const ids = Array.from({ length: 500 }, (_, index) => String(1000 + index * 7));
  const first = server(ids, 20);
  const whole = await all(walk({ parts: [WHOLE], walkers: 4, pageSize: 20, batchSize: 50, ...first }));
  for (let stop = 1; stop < whole.length; stop += 1) {
    const rest: readonly Part[] = JSON.parse(JSON.stringify(whole[stop - 1]?.rest));
    const again = server(ids, 20);
    const later = await all(walk({ parts: rest, walkers: 4, pageSize: 20, batchSize: 50, ...again }));
    const both = new Set([...idsOf(whole.slice(0, stop)), ...idsOf(later)]);
    expect(both.size).toBe(ids.length);
  }
});

test("splitting costs few requests: within 5 % of full pages on a large even list", async () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => String(10_000_000 + index * 3));
  const { fetch, requests, lastId } = server(ids, 100);
  await all(walk({ parts: [WHOLE], walkers: 4, pageSize: 100, batchSize: 300, fetch, lastId }));
  expect(requests.length).toBeLessThanOrEqual(210);
});

test("ids in two far-apart clusters are still read side by side, at a bounded price", async () => {
  const ids = [
    ...Array.from({ length: 6000 }, (_, index) => String(1000 + index)),
    ...Array.from({ length: 6000 }, (_, index) => String(40_000_000_000_000_000n + BigInt(index))),
  ];
  const { fetch, requests, lastId } = server(ids, 100);
  const batches = await all(walk({ parts: [WHOLE], walkers: 4, pageSize: 100, batchSize: 300, fetch, lastId }));
  expect(new Set(idsOf(batches)).size).toBe(12_000);
  expect(requests.length).toBeLessThanOrEqual(120 + 2 * 48);
});

test("as many pages are under way as there are walkers, while a batch is being stored", async () => {
  const ids = Array.from({ length: 2000 }, (_, index) => String(1000 + index));
  const { fetch, lastId } = server(ids, 50);
  let underWay = 0;
  let most = 0;
  const slow = async (token: string | null): Promise<RecordPage> => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    return await fetch(token);
  };
  await all(walk({ parts: [WHOLE], walkers: 4, pageSize: 50, batchSize: 50, fetch: slow, lastId }));
  expect(most).toBe(4);
});

test("a list in another order is read by its tokens, and nothing is said about what is gone", async () => {
  const fetch = async (token: string | null): Promise<RecordPage> =>
    token === null
      ? { records: ["9", "3"].map(record), broken: [], after: "opaque", total: null }
      : { records: ["5"].map(record), broken: [], after: null, total: null };
  const batches = await all(walk({ parts: [WHOLE], walkers: 4, pageSize: 2, batchSize: 50, fetch, lastId: async () => "9" }));
  expect(idsOf(batches)).toEqual(["9", "3", "5"]);
  expect(batches.flatMap(({ covered }) => covered)).toEqual([]);
});

test("a server that begins elsewhere than asked stops the walk: records could be missing", async () => {
  const ids = Array.from({ length: 100 }, (_, index) => String(1000 + index));
  const { fetch, lastId } = server(ids, 10);
  const ignoring = (token: string | null): Promise<RecordPage> => fetch(token === "1010" ? token : null);
  const outcome = all(walk({ parts: [WHOLE], walkers: 1, pageSize: 10, batchSize: 50, fetch: ignoring, lastId }));
  await expect(outcome).rejects.toMatchObject({ code: "hubspot.page_order", recovery: "abort" });
});

test("records made and deleted while the list is read do no harm to the others", async () => {
  const ids = new Set(Array.from({ length: 400 }, (_, index) => String(1000 + index * 5)));
  const stable = [...ids].filter((id) => Number(id) % 10 === 0);
  let turn = 0;
  const fetch = async (token: string | null): Promise<RecordPage> => {
    turn += 1;
    ids.add(String(3001 + turn));
    ids.delete(String(1005 + turn * 10));
    return await server([...ids], 20).fetch(token);
  };
  const batches = await all(walk({ parts: [WHOLE], walkers: 3, pageSize: 20, batchSize: 50, fetch, lastId: async () => "3000" }));
  const read = new Set(idsOf(batches));
  expect(stable.filter((id) => !read.has(id))).toEqual([]);
});
