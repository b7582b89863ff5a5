import type { Page } from "#core/connector.ts";
import type { RecordType } from "#core/records.ts";
import { type Position, toCheckpoint } from "./checkpoint.ts";
import { smallestIds } from "./ids.ts";
import type { SortedIds } from "./packed-ids.ts";
import { readSources } from "./read.ts";
import { idOf, type Reading } from "./rows.ts";

const PAGE_IDS = 5_000;

/** Pages that list every id of the files in order: what is stored and not listed is gone. */
export async function* sweepPages(reading: Reading, start: Position): AsyncGenerator<Page, void, void> {
  const first = start.sweep ?? { type: 0, after: null };
  for (const [index, type] of reading.plan.sweeps.entries()) {
    if (index < first.type) continue;
    const from = index === first.type ? first.after : null;
    for await (const { ids, after, upTo } of idRanges(reading, type, from)) {
      const sweep = upTo === null ? { type: index + 1, after: null } : { type: index, after: upTo };
      yield {
        changes: [{ type, op: "present", ids, within: { order: "text", after, upTo } }],
        rejects: [],
        checkpoint: toCheckpoint({ ...start, sweep }),
        received: 0,
      };
      if (reading.context.signal.aborted) return;
    }
  }
}

interface Range {
  readonly ids: readonly string[];
  readonly after: string | null;
  readonly upTo: string | null;
}

/** All ids after `from` in ranges that leave no gap; the last one is open upwards. */
async function* idRanges(reading: Reading, type: RecordType, from: string | null): AsyncGenerator<Range, void, void> {
  let after = from;
  for (let isLast = false; !isLast; ) {
    const part = await idsAfter(reading, type, after);
    if (part === null) return;
    isLast = part.isLast;
    let start = 0;
    do {
      const ids = part.ids.slice(start, start + PAGE_IDS);
      start += PAGE_IDS;
      const upTo = isLast && start >= part.ids.length ? null : (ids.at(-1) ?? null);
      yield { ids, after, upTo };
      after = upTo;
    } while (start < part.ids.length);
  }
}

/** From memory; where there were more than memory should hold, the files are read again for the next part. Null when aborted. */
async function idsAfter(
  reading: Reading,
  type: RecordType,
  after: string | null,
): Promise<{ readonly ids: SortedIds; readonly isLast: boolean } | null> {
  const { ledger, context, set, idLimit } = reading;
  if (!ledger.overflowed()) return { ids: ledger.sorted(type, after), isLast: true };
  const smallest = smallestIds(after, idLimit);
  for await (const batch of readSources(set, reading.sources(), type, context.signal)) {
    for (const row of batch) {
      for (const change of row.changes) if (change.type === type) smallest.add(idOf(change));
    }
  }
  return context.signal.aborted ? null : smallest.take();
}
