import { type Day, daysBetween } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";
import type { StageBook } from "./stage-book.ts";

/** How a deal came into a stage. Closing, re-opening and moves from or to unknown stages are neither forward nor backward. */
export type Direction = "first" | "forward" | "backward" | "close" | "reopen" | "handover" | "unknown";

export interface StageLogRow {
  readonly id: string;
  readonly pipelineId: string;
  readonly stageId: string;
  readonly enteredAt: Instant;
  readonly sequence: number;
  /** `recorded`, `observed` or `created`. */
  readonly basis: string;
}

export interface Stay {
  readonly ordinal: number;
  readonly pipelineId: string;
  readonly stageId: string;
  readonly enteredAt: Instant;
  readonly enteredDay: Day;
  readonly leftAt: Instant | null;
  readonly leftDay: Day | null;
  readonly direction: Direction;
  readonly basis: string;
  /** Calendar days; null while running or when the start is assumed. */
  readonly days: number | null;
}

export interface StaySummary {
  /** Oldest first. */
  readonly stays: readonly Stay[];
  /** R10: start of the closing that still holds, where the CRM recorded it; null while open. A move between two closed stages
   *  of the same outcome is no new closing. */
  readonly closedAt: Instant | null;
  readonly reopenCount: number;
  /** The first known stage was a closed one: no cycle can be measured. */
  readonly bornClosed: boolean;
}

/** From here on an instant is a sentinel ("still current") and no moment (R17). */
const SENTINEL = "2050-01-01T00:00:00.000Z";

/** Stays of one deal from its stage log, in whatever order the rows come (R16). Pure; `dayOf` is the organisation's zone. */
export function deriveStays(log: readonly StageLogRow[], book: StageBook, dayOf: (instant: Instant) => Day): StaySummary {
  const starts = stageStarts(log);
  const stays: Stay[] = [];
  let closing: StageLogRow | null = null;
  let closedAs: string | null = null;
  let reopenCount = 0;
  let bornClosed = false;
  starts.forEach((row, index) => {
    const stage = book.at(row.pipelineId, row.stageId, row.enteredAt);
    const outcome = stage?.outcome ?? "open";
    if (index === 0) bornClosed = outcome !== "open";
    if (closedAs !== null && outcome === "open") reopenCount += 1;
    if (outcome === "open") closing = null;
    else if (outcome !== closedAs) closing = row;
    closedAs = outcome === "open" ? null : outcome;
    stays.push(stay(row, starts[index + 1] ?? null, index, directionOf(starts[index - 1] ?? null, row, book), dayOf));
  });
  return { stays, closedAt: recordedAt(closing), reopenCount, bornClosed };
}

/** The rows that begin a stay: a run of rows with one stage is one stay, sentinels are none. */
function stageStarts(log: readonly StageLogRow[]): readonly StageLogRow[] {
  const rows = log.filter((row) => row.enteredAt < SENTINEL).sort(byTime);
  return rows.filter((row, index) => {
    const previous = rows[index - 1];
    return previous === undefined || previous.stageId !== row.stageId || previous.pipelineId !== row.pipelineId;
  });
}

function byTime(a: StageLogRow, b: StageLogRow): number {
  if (a.enteredAt !== b.enteredAt) return a.enteredAt < b.enteredAt ? -1 : 1;
  if (a.sequence !== b.sequence) return a.sequence - b.sequence;
  return a.id < b.id ? -1 : 1;
}

/** Where we only saw the deal closed between two readings, its close date is nearer the truth than our reading. */
function recordedAt(closing: StageLogRow | null): Instant | null {
  return closing !== null && closing.basis === "recorded" ? closing.enteredAt : null;
}

function stay(row: StageLogRow, next: StageLogRow | null, index: number, direction: Direction, dayOf: (instant: Instant) => Day): Stay {
  const enteredDay = dayOf(row.enteredAt);
  const leftDay = next === null ? null : dayOf(next.enteredAt);
  return {
    ordinal: index + 1,
    pipelineId: row.pipelineId,
    stageId: row.stageId,
    enteredAt: row.enteredAt,
    enteredDay,
    leftAt: next?.enteredAt ?? null,
    leftDay,
    direction,
    basis: row.basis,
    days: leftDay === null || row.basis === "created" ? null : daysBetween(enteredDay, leftDay),
  };
}

/** By the order of stages when the deal moved. */
function directionOf(from: StageLogRow | null, to: StageLogRow, book: StageBook): Direction {
  if (from === null) return "first";
  if (from.pipelineId !== to.pipelineId) return "handover";
  const before = book.at(from.pipelineId, from.stageId, to.enteredAt);
  const after = book.at(to.pipelineId, to.stageId, to.enteredAt);
  if (before === null || after === null) return "unknown";
  if (after.outcome !== "open") return "close";
  if (before.outcome !== "open") return "reopen";
  if (after.order === before.order) return "unknown";
  return after.order > before.order ? "forward" : "backward";
}
