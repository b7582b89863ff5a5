import type { Page, Stream } from "#core/connector.ts";
import { AppError } from "#core/errors.ts";
import type { RecordType } from "#core/records.ts";
import { applyChanges } from "#warehouse/apply.ts";
import type { ApplyContext, ApplyReport } from "#warehouse/apply-context.ts";
import { saveCheckpoint } from "#warehouse/cursors.ts";
import { keepRejects, resolveRejects } from "#warehouse/rejects.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";

/** More than this share of a page refused is no longer bad records but a format that was misunderstood. */
const MOST_REJECTED = 0.5;
/** On fewer rejects a share says nothing. */
const FEWEST_REJECTS = 20;

/** Stores a page, its quarantine, its dirty marks and the checkpoint that covers them in one transaction (law 1). */
export async function commitPage(warehouse: Warehouse, stream: Stream, page: Page, context: ApplyContext): Promise<ApplyReport> {
  const { connectionId, now } = context;
  return warehouse.write(async (tx) => {
    const report = await applyChanges(tx, context, page.changes);
    const rejects = [...page.rejects, ...report.rejects];
    refuseIfTooMany(stream, page, rejects.length);
    await keepRejects(tx, connectionId, stream.name, rejects, now);
    await resolveRejects(
      tx,
      connectionId,
      stream.name,
      storedIds(page, new Set(report.rejects.map((reject) => `${reject.type}:${reject.ref}`))),
    );
    await saveCheckpoint(tx, connectionId, stream.name, page.checkpoint, now);
    return { ...report, rejects };
  });
}

function refuseIfTooMany(stream: Stream, page: Page, rejected: number): void {
  if (rejected < FEWEST_REJECTS || rejected <= page.received * MOST_REJECTED) return;
  throw new AppError({
    code: "sync.too_many_rejects",
    recovery: "abort",
    message: `${rejected} of ${page.received} records of a page of '${stream.name}' can't be understood; the page was refused. Check the column or field mapping, then sync again.`,
    details: { stream: stream.name, rejected, received: page.received },
  });
}

function storedIds(page: Page, rejected: ReadonlySet<string>): ReadonlyMap<RecordType, ReadonlySet<string>> {
  const ids = new Map<RecordType, Set<string>>();
  for (const change of page.changes) {
    if (change.op !== "upsert" || rejected.has(`${change.type}:${change.record.id}`)) continue;
    const ofType = ids.get(change.type) ?? new Set();
    ids.set(change.type, ofType.add(change.record.id));
  }
  return ids;
}
