import type { RecordType } from "#core/records.ts";
import { type PackedIds, packedIds, type SortedIds } from "./packed-ids.ts";

/** About 100 MB; beyond it the file is read again for each further part. */
export const ID_LIMIT = 4_000_000;

/** The ids seen in one reading, per type, up to a limit. */
export interface IdLedger {
  /** False: it was there already. Beyond the limit every id is taken for new. */
  add(type: RecordType, id: string): boolean;
  overflowed(): boolean;
  /** Those after `after`, in the warehouse's order of text. */
  sorted(type: RecordType, after: string | null): SortedIds;
}

export function idLedger(limit = ID_LIMIT): IdLedger {
  const sets = new Map<RecordType, PackedIds>();
  let size = 0;
  let isOver = false;
  const of = (type: RecordType): PackedIds => {
    const set = sets.get(type) ?? packedIds();
    if (set.size === 0) sets.set(type, set);
    return set;
  };
  return {
    add: (type, id) => {
      const set = of(type);
      if (size >= limit) {
        const isNew = !set.has(id);
        isOver ||= isNew;
        return isNew;
      }
      const isNew = set.add(id);
      if (isNew) size += 1;
      return isNew;
    },
    overflowed: () => isOver,
    sorted: (type, after) => of(type).sorted(after),
  };
}

/** The `limit` smallest ids after a given one, gathered in bounded memory; `isLast` when there are no more. */
export function smallestIds(
  after: string | null,
  limit: number,
): { add(id: string): void; take(): { readonly ids: SortedIds; readonly isLast: boolean } } {
  let gathered = packedIds();
  let isCut = false;
  const cut = (): void => {
    const all = gathered.sorted(after);
    isCut ||= all.length > limit;
    gathered = packedIds();
    for (const id of all.slice(0, limit)) gathered.add(id);
  };
  return {
    add: (id) => {
      gathered.add(id);
      if (gathered.size >= limit * 2) cut();
    },
    take: () => {
      const ids = gathered.sorted(after);
      return {
        ids: { length: Math.min(limit, ids.length), slice: (from, to) => ids.slice(from, Math.min(to, limit)) },
        isLast: !isCut && ids.length <= limit,
      };
    },
  };
}
