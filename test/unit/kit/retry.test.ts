import { expect, test } from "vitest";
import { AppError, RECOVERY, type Recovery } from "#core/errors.ts";
import { seededRng } from "#core/rng.ts";
import { type RetryPolicy, waitBeforeRetry, withRetry } from "#kit/retry.ts";
import { manualClock } from "../../support/manual-clock.ts";

const policy: RetryPolicy = { attempts: 4, totalMs: 60_000, baseMs: 1000, capMs: 8000 };
const failure = (recovery: Recovery, retryAfterMs?: number): AppError =>
  new AppError({ code: "test.failure", recovery, message: "Failed.", retryAfterMs });

test.each(RECOVERY.filter((recovery) => recovery !== "retry"))("an error of recovery %s is not repeated", async (recovery) => {
  const clock = manualClock({ auto: true });
  let calls = 0;
  const run = (): Promise<never> => {
    calls += 1;
    return Promise.reject(failure(recovery));
  };
  const deps = { policy, clock, rng: seededRng(1), signal: new AbortController().signal };
  await expect(withRetry(run, deps)).rejects.toMatchObject({ code: "test.failure" });
  expect(calls).toBe(1);
  expect(clock.slept).toEqual([]);
});

test("a passing failure is repeated until it succeeds, and each wait is told", async () => {
  const clock = manualClock({ auto: true });
  const told: number[] = [];
  const answer = await withRetry((attempt) => (attempt < 3 ? Promise.reject(failure("retry")) : Promise.resolve(attempt)), {
    policy,
    clock,
    rng: seededRng(1),
    signal: new AbortController().signal,
    onRetry: (_error, _attempt, waitMs) => told.push(waitMs),
  });
  expect(answer).toBe(3);
  expect(clock.slept).toEqual(told);
  expect(told).toHaveLength(2);
});

test("attempts are bounded, and the last error comes out as it was", async () => {
  const last = failure("retry");
  let calls = 0;
  const run = (): Promise<never> => {
    calls += 1;
    return Promise.reject(calls === 4 ? last : failure("retry"));
  };
  const clock = manualClock({ auto: true });
  await expect(withRetry(run, { policy, clock, rng: seededRng(1), signal: new AbortController().signal })).rejects.toBe(last);
  expect(calls).toBe(4);
  expect(clock.slept).toHaveLength(3);
});

test("an error nobody classified is thrown at once, even a TypeError", async () => {
  const clock = manualClock({ auto: true });
  const broken = new TypeError("undefined is not a function");
  const run = (): Promise<never> => Promise.reject(broken);
  await expect(withRetry(run, { policy, clock, rng: seededRng(1), signal: new AbortController().signal })).rejects.toBe(broken);
  expect(clock.slept).toEqual([]);
});

test("back-off doubles up to its cap with jitter in its upper half", () => {
  const waits = [1, 2, 3, 4, 5].map((attempt) => waitBeforeRetry(failure("retry"), attempt, 0, { ...policy, attempts: 9 }, () => 0));
  expect(waits).toEqual([500, 1000, 2000, 4000, 4000]);
  expect(waitBeforeRetry(failure("retry"), 1, 0, policy, () => 1)).toBe(1000);
});

test("the server's own wish replaces the back-off and is never undercut", () => {
  expect(waitBeforeRetry(failure("retry", 10_000), 3, 0, policy, () => 0)).toBe(10_000);
  expect(waitBeforeRetry(failure("retry", 10_000), 3, 0, policy, () => 1)).toBe(11_000);
});

test("a wait that would end after the total is not begun", () => {
  expect(waitBeforeRetry(failure("retry", 5000), 1, 55_000, policy, () => 0)).toBe(5000);
  expect(waitBeforeRetry(failure("retry", 5001), 1, 55_000, policy, () => 0)).toBeNull();
});

test("stopping ends a wait at once, and no further attempt is made", async () => {
  const clock = manualClock();
  const stop = new AbortController();
  let calls = 0;
  const run = (): Promise<never> => {
    calls += 1;
    return Promise.reject(failure("retry", 5000));
  };
  const outcome = withRetry(run, { policy, clock, rng: seededRng(1), signal: stop.signal });
  outcome.catch(() => {});
  await clock.advance(100);
  stop.abort();
  await expect(outcome).rejects.toMatchObject({ recovery: "cancelled" });
  expect(calls).toBe(1);
});

test("nothing is sent when it was stopped before", async () => {
  const stop = new AbortController();
  stop.abort();
  const run = (): Promise<never> => Promise.reject(new Error("must not run"));
  const outcome = withRetry(run, { policy, clock: manualClock(), rng: seededRng(1), signal: stop.signal });
  await expect(outcome).rejects.toMatchObject({ recovery: "cancelled" });
});
