import { createHash } from "node:crypto";
import type { Checkpoint, Page, Stream, StreamContext } from "#core/connector.ts";
import { zone } from "#core/time/zone.ts";
import { fileError } from "#kit/csv-file.ts";
import { fromCheckpoint, type Position, toCheckpoint } from "./checkpoint.ts";
import { identify, sameContent, sameStamps, stillTheSame } from "./identity.ts";
import { ID_LIMIT, idLedger } from "./ids.ts";
import type { StreamPlan } from "./plan.ts";
import { csvSource, type FileSet, formatOf } from "./read.ts";
import { type Reading, rowPages } from "./rows.ts";
import { sweepPages } from "./sweep.ts";

/** A stream over the files of its plan: all rows, then a sweep for rows that are gone. Files that have not changed are not opened.
 *  A run that was stopped goes on at its row; the rows before it are read again without being sent, which rebuilds what the
 *  reading has to remember. */
export function fileStream(plan: StreamPlan, set: FileSet, idLimit = ID_LIMIT): Stream {
  return {
    name: plan.name,
    mode: "snapshot",
    emits: plan.emits,
    after: plan.after,
    read: (from, context) => read(plan, set, from, context, idLimit),
  };
}

async function* read(
  plan: StreamPlan,
  set: FileSet,
  from: Checkpoint | null,
  context: StreamContext,
  idLimit: number,
): AsyncGenerator<Page, void, void> {
  const before = from === null ? null : fromCheckpoint(from);
  const start = await positionNow(plan, set, before);
  if (start.done) {
    if (before !== null && !sameStamps(before.files, start.files)) yield lastPage(start);
    return;
  }
  const reading = startReading(plan, set, context, idLimit);
  yield* rowPages(reading, start);
  if (context.signal.aborted) return;
  refuseNoRows(reading);
  await stillTheSame(start.files);
  const end: Position = { ...start, rows: reading.counts.rows };
  if (isSweepWanted(reading)) yield* sweepPages(reading, end);
  if (!context.signal.aborted) yield lastPage({ ...end, sweep: null, done: true });
}

/** Where the last reading stopped, when its files and settings are still the same; else the start. */
async function positionNow(plan: StreamPlan, set: FileSet, before: Position | null): Promise<Position> {
  const settings = settingsKey(plan, set);
  const files = await Promise.all(plan.files.map((kind, index) => identify(csvSource(set, kind).path, before?.files[index])));
  const isSame = before !== null && before.settings === settings && sameContent(before.files, files);
  return isSame ? { ...before, files } : { settings, files, rows: 0, sweep: null, done: false };
}

function startReading(plan: StreamPlan, set: FileSet, context: StreamContext, idLimit: number): Reading {
  const { timeZone, currency } = set.organization;
  const today = zone(timeZone).dayOf(context.clock.now());
  const sources = () => plan.sources({ today, currency });
  return { plan, set, context, sources, ledger: idLedger(idLimit), idLimit, counts: { rows: 0, ownRows: 0, unidentified: 0 } };
}

const lastPage = (position: Position): Page => ({ changes: [], rejects: [], checkpoint: toCheckpoint(position), received: 0 });

/** A file without rows is more often a failed export than a company without deals: it must not delete everything. */
function refuseNoRows({ plan, set, counts }: Reading): void {
  if (plan.own === null || counts.ownRows > 0) return;
  const advice = "export it again, or take it out of the configuration";
  throw fileError(csvSource(set, plan.own).path, "file.no_rows", `has a header but no rows; nothing was read or deleted: ${advice}`);
}

/** A row whose id can't be read may be any of those that seem to be gone. */
function isSweepWanted({ plan, set, context, counts }: Reading): boolean {
  if (plan.sweeps.length === 0 || formatOf(set.files, plan.own ?? "deals").missingRows === "keep") return false;
  if (counts.unidentified === 0) return true;
  context.log.warn(
    { stream: plan.name, rows: counts.unidentified },
    "rows without a readable id: no record is taken for deleted this time",
  );
  return false;
}

/** Other settings of these files, another zone or currency: other records from the same rows. Order counts, as it does under `stages`. */
function settingsKey(plan: StreamPlan, set: FileSet): string {
  const files = plan.files.map((kind) => [kind, set.files[kind]]);
  const { timeZone, currency } = set.organization;
  const text = JSON.stringify({ files, stages: set.files.deals.stages, timeZone, currency });
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}
