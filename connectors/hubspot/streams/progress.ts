import type { Checkpoint } from "#core/connector.ts";
import { AppError } from "#core/errors.ts";
import type { JsonValue } from "#core/json.ts";
import { type Instant, msOf } from "#core/time/instant.ts";
import { nextWindow, type WindowRules } from "#kit/window.ts";

/** A stretch of ids still to be listed: those in `(after, upTo]` (null: to the end). */
export interface Part {
  readonly after: string;
  /** HubSpot's own token for the next page; null: none yet, the stretch begins behind `after`. */
  readonly token: string | null;
  readonly upTo: string | null;
}

/** What a stream is in the middle of. */
export type Task =
  /** Every record by id; what is not there any more is told. */
  | { readonly kind: "list"; readonly startedAt: Instant; readonly parts: readonly Part[]; readonly seen: number }
  /** Every deleted record: HubSpot has no filter for them. */
  | { readonly kind: "archived"; readonly startedAt: Instant; readonly token: string | null }
  /** Records changed within a closed window, walked by id. */
  | { readonly kind: "search"; readonly from: Instant; readonly to: Instant; readonly after: string };

/** Where a stream of records stands. `cursor`: every change up to then is stored. */
export interface Progress {
  readonly cursor: Instant | null;
  readonly listedAt: Instant | null;
  readonly archivedAt: Instant | null;
  /** Records the last full list found. */
  readonly size: number;
  readonly task: Task | null;
}

export interface Schedule extends WindowRules {
  readonly archivedEveryMs: number;
  readonly sweepEveryMs: number;
}

const VERSION = 1;
const START: Progress = { cursor: null, listedAt: null, archivedAt: null, size: 0, task: null };
export const WHOLE: Part = { after: "0", token: null, upTo: null };

export function progressOf(checkpoint: Checkpoint | null): Progress {
  if (checkpoint === null) return START;
  checkVersion(checkpoint, VERSION);
  return checkpoint.data as unknown as Progress;
}

export function checkpointOf(progress: Progress): Checkpoint {
  return { v: VERSION, data: progress as unknown as JsonValue };
}

/** A checkpoint of another version is refused, never guessed. */
export function checkVersion(checkpoint: Checkpoint, known: number): void {
  if (checkpoint.v === known) return;
  throw new AppError({
    code: "hubspot.checkpoint",
    recovery: "abort",
    message: `A stream of this HubSpot connection stopped in form ${checkpoint.v}, this program knows form ${known}. Use the newer program or sync with --full.`,
    details: { found: checkpoint.v, known },
  });
}

/** What to do next, each kind at most once a run: the list when there is none or it is due again, then the deleted, then what changed. */
export function nextTask(progress: Progress, now: Instant, schedule: Schedule, done: ReadonlySet<Task["kind"]>): Task | null {
  if (progress.task !== null) return progress.task;
  if (!done.has("list") && (progress.cursor === null || isDue(progress.listedAt, now, schedule.sweepEveryMs))) {
    return { kind: "list", startedAt: now, parts: [WHOLE], seen: 0 };
  }
  if (!done.has("archived") && isDue(progress.archivedAt, now, schedule.archivedEveryMs)) {
    return { kind: "archived", startedAt: now, token: null };
  }
  if (done.has("search") || progress.cursor === null) return null;
  const window = nextWindow(progress.cursor, now, schedule);
  return window === null ? null : { kind: "search", ...window, after: "0" };
}

function isDue(last: Instant | null, now: Instant, everyMs: number): boolean {
  return last === null || msOf(now) - msOf(last) >= everyMs;
}

/** The task's end. The cursor moves on only, never back. */
export function finished(progress: Progress, task: Task): Progress {
  const open = { ...progress, task: null };
  switch (task.kind) {
    case "list":
      return { ...open, listedAt: task.startedAt, size: task.seen, cursor: later(progress.cursor, task.startedAt) };
    case "archived":
      return { ...open, archivedAt: task.startedAt };
    case "search":
      return { ...open, cursor: later(progress.cursor, task.to) };
  }
}

function later(a: Instant | null, b: Instant): Instant {
  return a !== null && a > b ? a : b;
}

/** Below this many, search is always good enough. */
const LIST_FROM = 5000;

/** After a mass update the list is cheaper than search: twice the rate, and read from the database, not the index. */
export function shouldList(total: number | null, size: number): boolean {
  return total !== null && total > LIST_FROM && total > size / 2;
}
