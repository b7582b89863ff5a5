import type { AppError } from "#core/errors.ts";
import type { RecordType } from "#core/records.ts";
import type { TypeCounts } from "#warehouse/apply-context.ts";

export interface StreamReport {
  readonly stream: string;
  /** `blocked`: one it builds on did not end well. `stopped`: told to stop between pages. */
  readonly state: "ok" | "failed" | "blocked" | "stopped";
  readonly pages: number;
  /** Records the source sent. */
  readonly received: number;
  readonly rejected: number;
  readonly replacedCharacters: number;
  readonly counts: Readonly<Partial<Record<RecordType, TypeCounts>>>;
  readonly error: AppError | null;
}

export interface SyncReport {
  readonly connectionId: string;
  /** `partial`: some streams or records did not go through; `failed`: nothing did. */
  readonly state: "ok" | "partial" | "failed";
  readonly streams: readonly StreamReport[];
  /** Users, teams or memberships changed: `rebuildPeople` is due. */
  readonly peopleChanged: boolean;
  /** How long the connection is best left alone: its daily share or the CRM's own limit is used up. */
  readonly retryAfterMs: number | null;
}

const NONE: TypeCounts = { inserted: 0, changed: 0, deleted: 0, unchanged: 0, older: 0 };

/** Counts of two pages together. */
export function addCounts(a: StreamReport["counts"], b: StreamReport["counts"]): StreamReport["counts"] {
  const sum: Partial<Record<RecordType, TypeCounts>> = { ...a };
  for (const [type, counts] of Object.entries(b) as [RecordType, TypeCounts][]) {
    const before = sum[type] ?? NONE;
    sum[type] = {
      inserted: before.inserted + counts.inserted,
      changed: before.changed + counts.changed,
      deleted: before.deleted + counts.deleted,
      unchanged: before.unchanged + counts.unchanged,
      older: before.older + counts.older,
    };
  }
  return sum;
}

/** What the streams of a connection come to. Pure. */
export function syncReport(connectionId: string, streams: readonly StreamReport[], peopleChanged: boolean): SyncReport {
  const isWhole = streams.every((stream) => stream.state === "ok" && stream.rejected === 0);
  const isNothing = streams.length > 0 && streams.every((stream) => stream.state !== "ok" && stream.pages === 0);
  const waits = streams.flatMap((stream) => (stream.error?.recovery === "wait" ? [stream.error.retryAfterMs ?? 0] : []));
  return {
    connectionId,
    state: isWhole ? "ok" : isNothing ? "failed" : "partial",
    streams,
    peopleChanged,
    retryAfterMs: waits.length === 0 ? null : Math.max(...waits),
  };
}
