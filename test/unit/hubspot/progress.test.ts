import { expect, test } from "vitest";
import {
  checkpointOf,
  finished,
  nextTask,
  type Progress,
  progressOf,
  type Schedule,
  shouldList,
  type Task,
} from "#connectors/hubspot/streams/progress.ts";
import type { Instant } from "#core/time/instant.ts";

const at = (text: string): Instant => `2026-06-${text}:00.000Z` as Instant;
const schedule: Schedule = { overlapMs: 600_000, settleMs: 60_000, archivedEveryMs: 6 * 3_600_000, sweepEveryMs: 7 * 86_400_000 };
const none = new Set<Task["kind"]>();
const idle: Progress = { cursor: at("30T11:00"), listedAt: at("29T00:00"), archivedAt: at("30T10:00"), size: 1000, task: null };

test("a new stream begins with the list", () => {
  expect(nextTask(progressOf(null), at("30T12:00"), schedule, none)).toEqual({
    kind: "list",
    startedAt: at("30T12:00"),
    parts: [{ after: "0", token: null, upTo: null }],
    seen: 0,
  });
});

test("what was begun is finished first, whatever is due", () => {
  const task: Task = { kind: "search", from: at("30T10:00"), to: at("30T11:00"), after: "77" };
  expect(nextTask({ ...idle, task, listedAt: null }, at("30T12:00"), schedule, none)).toBe(task);
});

test("deleted records, then changes: each once a run", () => {
  const now = at("30T17:00");
  expect(nextTask(idle, now, schedule, none)?.kind).toBe("archived");
  expect(nextTask(idle, now, schedule, new Set(["archived"]))).toEqual({
    kind: "search",
    from: at("30T10:50"),
    to: at("30T16:59"),
    after: "0",
  });
  expect(nextTask(idle, now, schedule, new Set(["archived", "search"]))).toBeNull();
});

test("after its interval everything is listed again", () => {
  expect(nextTask({ ...idle, listedAt: at("20T00:00") }, at("30T12:00"), schedule, none)?.kind).toBe("list");
});

test("the cursor never goes back: a list begun before the last window ends behind it", () => {
  const task: Task = { kind: "list", startedAt: at("30T10:00"), parts: [], seen: 1200 };
  expect(finished(idle, task)).toEqual({ ...idle, listedAt: at("30T10:00"), size: 1200 });
  expect(finished(idle, { ...task, startedAt: at("30T11:30") }).cursor).toBe(at("30T11:30"));
});

test("a checkpoint survives being stored", () => {
  const stored = JSON.parse(JSON.stringify(checkpointOf(idle)));
  expect(progressOf(stored)).toEqual(idle);
});

test("search goes over to the list only when most records changed", () => {
  expect(shouldList(25_000, 30_000)).toBe(true);
  expect(shouldList(25_000, 1_000_000)).toBe(false);
  expect(shouldList(4000, 1000)).toBe(false);
  expect(shouldList(null, 0)).toBe(false);
});
