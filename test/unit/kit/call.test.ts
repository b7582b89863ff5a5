import { expect, test } from "vitest";
import type { Budget } from "#core/connector.ts";
import { AppError } from "#core/errors.ts";
import { type Log, type LogFields, silentLog } from "#core/log.ts";
import { seededRng } from "#core/rng.ts";
import { unlimitedBudget } from "#kit/budget.ts";
import { type Call, createCaller } from "#kit/call.ts";
import { createLimiter } from "#kit/rate-limit.ts";
import { DEFAULT_RETRY } from "#kit/retry.ts";
import { manualClock } from "../../support/manual-clock.ts";

function setUp(log: Log = silentLog) {
  const clock = manualClock({ auto: true });
  const limiter = createLimiter({ general: { limit: 1000, windowMs: 1000, maxInFlight: 1 } }, clock);
  const classify = (error: unknown): AppError =>
    new AppError({ code: "crm.unavailable", recovery: "retry", message: "Not there.", cause: error });
  const call = createCaller<"general">({ clock, rng: seededRng(1), log, limiter, retry: DEFAULT_RETRY, deadlineMs: 50, classify });
  const request = <T>(send: Call<T, "general">["send"], more: Partial<Call<T, "general">> = {}): Promise<T> =>
    call({ name: "deals.list", lane: "general", budget: unlimitedBudget, signal: new AbortController().signal, send, ...more });
  return { clock, request };
}

test("a failure is classified, and repeated when it may be", async () => {
  const { request } = setUp();
  let calls = 0;
  const answer = await request(() => {
    calls += 1;
    return calls === 1 ? Promise.reject(new Error("ECONNRESET")) : Promise.resolve("ok");
  });
  expect([answer, calls]).toEqual(["ok", 2]);
});

test("each attempt is booked before it is sent; a used-up budget sends nothing", async () => {
  const { request } = setUp();
  let left = 1;
  const budget: Budget = {
    spend: async (count) => {
      if (left < count) throw new AppError({ code: "crm.budget", recovery: "wait", message: "Used up." });
      left -= count;
    },
    observe: () => {},
  };
  let calls = 0;
  const send = (): Promise<never> => {
    calls += 1;
    return Promise.reject(new Error("503"));
  };
  await expect(request(send, { budget })).rejects.toMatchObject({ code: "crm.budget" });
  expect(calls).toBe(1);
});

test("a request that must not be sent twice is not", async () => {
  const { request } = setUp();
  let calls = 0;
  const send = (): Promise<never> => {
    calls += 1;
    return Promise.reject(new Error("ECONNRESET"));
  };
  await expect(request(send, { repeatable: false })).rejects.toMatchObject({ code: "crm.unavailable" });
  expect(calls).toBe(1);
});

test("a silent server ends our wait at the deadline; the place in the limiter is free again", async () => {
  const { request } = setUp();
  let calls = 0;
  const answer = await request(() => {
    calls += 1;
    return calls === 1 ? new Promise<string>(() => {}) : Promise.resolve("second");
  });
  expect(answer).toBe("second");
});

test("a server that stays silent is reported as a deadline", async () => {
  const { request } = setUp();
  const outcome = request(() => new Promise<never>(() => {}), { repeatable: false, deadlineMs: 5 });
  await expect(outcome).rejects.toMatchObject({ code: "crm.deadline", recovery: "retry" });
});

test("an answer that fails after the deadline is nobody's unhandled rejection", async () => {
  const { request } = setUp();
  let fail = (_error: Error): void => {};
  const send = (): Promise<never> =>
    new Promise((_resolve, reject) => {
      fail = reject;
    });
  await expect(request(send, { repeatable: false, deadlineMs: 5 })).rejects.toMatchObject({ code: "crm.deadline" });
  fail(new Error("too late"));
  await new Promise((resolve) => setImmediate(resolve));
});

test("stopping ends a call that is under way", async () => {
  const { request } = setUp();
  const stop = new AbortController();
  const outcome = request(() => new Promise<never>(() => {}), { signal: stop.signal, deadlineMs: 10_000 });
  setImmediate(() => stop.abort());
  await expect(outcome).rejects.toMatchObject({ recovery: "cancelled" });
});

test("repetitions are logged with code and call, never with a body", async () => {
  const lines: LogFields[] = [];
  const { request } = setUp({ ...silentLog, warn: (fields) => lines.push(fields) });
  let calls = 0;
  await request(() => {
    calls += 1;
    return calls === 1 ? Promise.reject(new Error("secret body")) : Promise.resolve(1);
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ call: "deals.list", code: "crm.unavailable", attempt: 1 });
  expect(JSON.stringify(lines)).not.toContain("secret");
});
