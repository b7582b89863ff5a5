import type { Checkpoint, Page, Reject } from "#core/connector.ts";
import type { Change } from "#core/records.ts";
import type { Mapped } from "../decode.ts";

/** A page is closed with the record that reaches this; one record with all its changes is never split. */
const FULL_PAGE = 1_800;

/** Cuts what a batch became into pages: one part per record, in order; a page's checkpoint stands behind its last record.
 *  An empty batch is a page too: its checkpoint moves on. */
export function* cutPages(parts: readonly Mapped[], checkpointAfter: (count: number) => Checkpoint): Generator<Page, void, void> {
  let changes: Change[] = [];
  let rejects: Reject[] = [];
  let start = 0;
  for (const [index, part] of parts.entries()) {
    changes.push(...part.changes);
    rejects.push(...part.rejects);
    const isLast = index === parts.length - 1;
    if (isLast || changes.length + rejects.length < FULL_PAGE) continue;
    yield { changes, rejects, checkpoint: checkpointAfter(index + 1), received: index + 1 - start };
    changes = [];
    rejects = [];
    start = index + 1;
  }
  yield { changes, rejects, checkpoint: checkpointAfter(parts.length), received: parts.length - start };
}
