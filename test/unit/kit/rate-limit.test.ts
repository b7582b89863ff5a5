import fc from "fast-check";
import { expect, test } from "vitest";
import { createLimiter } from "#kit/rate-limit.ts";
import { type ManualClock, manualClock } from "../../support/manual-clock.ts";

const lanes = { general: { limit: 190, windowMs: 10_000 }, search: { limit: 5, windowMs: 1000 } };
const open = new AbortController().signal;

/** Starts as many calls as the limiter lets pass until the clock has moved on by `ms`. */
async function starts(
  clock: ManualClock,
  limiter: ReturnType<typeof createLimiter<"general" | "search">>,
  lane: "general" | "search",
  ms: number,
) {
  const at: number[] = [];
  const stop = new AbortController();
  const keepGoing = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const release = await limiter.acquire(lane, stop.signal);
      at.push(clock.monotonicMs());
      release();
    }
  };
  const worker = keepGoing();
  await clock.advance(ms);
  stop.abort();
  await worker.catch(() => {});
  return at;
}

const busiest = (at: readonly number[], windowMs: number): number =>
  Math.max(...at.map((start) => at.filter((time) => time >= start && time < start + windowMs).length));

test("no window of ten seconds sees more than its limit, and at least 85 % of it is used", async () => {
  const clock = manualClock();
  const at = await starts(clock, createLimiter(lanes, clock), "general", 60_000);
  expect(busiest(at, 10_000)).toBeLessThanOrEqual(190);
  expect(at.length).toBeGreaterThan(6 * 190 * 0.85);
});

test("starts are smoothed: after the first burst they keep their distance", async () => {
  const clock = manualClock();
  const at = await starts(clock, createLimiter(lanes, clock), "general", 20_000);
  const gaps = at.slice(20).map((time, index) => time - (at[index + 19] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(40);
});

test("search has its own allowance of five a second", async () => {
  const clock = manualClock();
  const limiter = createLimiter(lanes, clock);
  const at = await starts(clock, limiter, "search", 10_000);
  expect(busiest(at, 1000)).toBeLessThanOrEqual(5);
  expect(at.length).toBeGreaterThan(44);
});

test("whatever the limit and the moments of asking, a window never holds more than the limit", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 100, max: 10_000 }),
      fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 60 }),
      async (limit, windowMs, pauses) => {
        const clock = manualClock();
        const limiter = createLimiter({ general: { limit, windowMs } }, clock);
        const at: number[] = [];
        const waiting = [];
        for (const pause of pauses) {
          if (pause > 800) await clock.advance(pause);
          waiting.push(limiter.acquire("general", open).then(() => at.push(clock.monotonicMs())));
        }
        await clock.advance(windowMs * 70);
        await Promise.all(waiting);
        expect(at).toHaveLength(pauses.length);
        expect(busiest(at, windowMs)).toBeLessThanOrEqual(limit);
      },
    ),
    { numRuns: 40, seed: 7 },
  );
});

test("callers are served in the order they came", async () => {
  const clock = manualClock();
  const limiter = createLimiter({ search: { limit: 2, windowMs: 1000 } }, clock);
  const order: number[] = [];
  const all = [1, 2, 3, 4].map((who) => limiter.acquire("search", open).then(() => order.push(who)));
  await clock.advance(10_000);
  await Promise.all(all);
  expect(order).toEqual([1, 2, 3, 4]);
});

test("a pause holds everybody back, on one lane or on all", async () => {
  const clock = manualClock();
  const limiter = createLimiter(lanes, clock);
  limiter.pause(5000);
  limiter.pause(9000, "search");
  const at: Record<string, number> = {};
  const calls = (["general", "search"] as const).map((lane) =>
    limiter.acquire(lane, open).then(() => {
      at[lane] = clock.monotonicMs();
    }),
  );
  await clock.advance(20_000);
  await Promise.all(calls);
  expect(at).toEqual({ general: 5000, search: 9000 });
});

test("who is stopped while waiting leaves the queue at once and holds nobody up", async () => {
  const clock = manualClock();
  const limiter = createLimiter({ search: { limit: 1, windowMs: 1000 } }, clock);
  const stop = new AbortController();
  await limiter.acquire("search", open);
  const first = limiter.acquire("search", open);
  const second = limiter.acquire("search", stop.signal);
  const third = limiter.acquire("search", open);
  stop.abort();
  await expect(second).rejects.toMatchObject({ recovery: "cancelled" });
  await clock.advance(5000);
  await expect(Promise.all([first, third])).resolves.toHaveLength(2);
});

test("only so many are under way at once, and each end lets one in", async () => {
  const clock = manualClock();
  const limiter = createLimiter({ general: { limit: 1000, windowMs: 1000, maxInFlight: 2 } }, clock);
  const releases = [await limiter.acquire("general", open), await limiter.acquire("general", open)];
  let entered = false;
  const third = limiter.acquire("general", open).then((release) => {
    entered = true;
    return release;
  });
  await clock.advance(1000);
  expect(entered).toBe(false);
  releases[0]?.();
  releases[0]?.();
  await third;
  expect(entered).toBe(true);
});

test("a lower limit in a reply is kept to, a higher one is not taken", async () => {
  const clock = manualClock();
  const limiter = createLimiter(lanes, clock);
  limiter.observe("general", { limit: 100, windowMs: 10_000, remaining: 90 });
  expect(busiest(await starts(clock, limiter, "general", 40_000), 10_000)).toBeLessThanOrEqual(100);
  limiter.observe("general", { limit: 5000, windowMs: 10_000, remaining: 4000 });
  expect(busiest(await starts(clock, limiter, "general", 40_000), 10_000)).toBeLessThanOrEqual(190);
});

test("an almost empty window makes room for the others who use it", async () => {
  const clock = manualClock();
  const limiter = createLimiter(lanes, clock);
  limiter.observe("general", { limit: 190, windowMs: 10_000, remaining: 2 });
  let at = 0;
  const call = limiter.acquire("general", open).then(() => {
    at = clock.monotonicMs();
  });
  await clock.advance(3000);
  await call;
  expect(at).toBe(1000);
});
