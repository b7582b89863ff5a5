import type { Checkpoint, Page, Reject } from "#core/connector.ts";
import type { Change } from "#core/records.ts";
import type { Mapped } from "../decode.ts";

/** A page is closed with the record that reaches this; one record with all its changes is never split. */
const FULL_PAGE = 1_800;

/** Cuts a batch of `count` records into pages, made one after the other: a page's checkpoint stands behind its last record.
 *  An empty batch is a page too: its checkpoint moves on. */
export function* cutPages(
  count: number,
  partOf: (index: number) => Mapped,
  checkpointAfter: (count: number) => Checkpoint,
): Generator<Page, void, void> {
  let changes: Change[] = [];
  let rejects: Reject[] = [];
  let start = 0;
  for (let index = 0; index < count; index += 1) {
    const part = partOf(index);
    changes.push(...part.changes);
    rejects.push(...part.rejects);
    if (index === count - 1 || changes.length + rejects.length < FULL_PAGE) continue;
    yield { changes, rejects, checkpoint: checkpointAfter(index + 1), received: index + 1 - start };
    changes = [];
    rejects = [];
    start = index + 1;
  }
  yield { changes, rejects, checkpoint: checkpointAfter(count), received: count - start };
}
