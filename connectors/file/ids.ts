import type { RecordType } from "#core/records.ts";

/** At 30 bytes an id this is about 150 MB at the very worst; beyond it the file is read again for each further part. */
export const ID_LIMIT = 1_000_000;

/** The ids seen in one reading, per type, up to a limit. */
export interface IdLedger {
  /** False: it was there already. Beyond the limit every id is taken for new. */
  add(type: RecordType, id: string): boolean;
  has(type: RecordType, id: string): boolean;
  overflowed(): boolean;
  /** In the order of the warehouse's text (code points). */
  sorted(type: RecordType): readonly string[];
}

export function idLedger(limit = ID_LIMIT): IdLedger {
  const sets = new Map<RecordType, Set<string>>();
  let size = 0;
  return {
    add: (type, id) => {
      const set = sets.get(type) ?? new Set();
      if (set.size === 0) sets.set(type, set);
      if (set.has(id)) return false;
      if (size < limit) set.add(ownText(id));
      size += 1;
      return true;
    },
    has: (type, id) => sets.get(type)?.has(id) ?? false,
    overflowed: () => size > limit,
    sorted: (type) => sortIds([...(sets.get(type) ?? [])]),
  };
}

/** The `limit` smallest ids after a given one, gathered in bounded memory. */
export function smallestIds(
  after: string | null,
  limit: number,
): { add(id: string): void; take(): { ids: readonly string[]; isLast: boolean } } {
  let kept: string[] = [];
  let isCut = false;
  const cut = (): void => {
    kept = [...new Set(sortIds(kept))];
    isCut ||= kept.length > limit;
    kept.length = Math.min(kept.length, limit);
  };
  return {
    add: (id) => {
      if (after !== null && compareIds(id, after) <= 0) return;
      kept.push(ownText(id));
      if (kept.length >= limit * 2) cut();
    },
    take: () => {
      cut();
      return { ids: kept, isLast: !isCut };
    },
  };
}

const BEYOND_BMP = /[\ud800-\uffff]/;

function sortIds(ids: string[]): string[] {
  return ids.some((id) => BEYOND_BMP.test(id)) ? ids.sort(compareIds) : ids.sort();
}

/** By code point, as SQLite's BINARY and PostgreSQL's "C" compare UTF-8; JavaScript's own order puts emoji before U+E000. */
export function compareIds(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates (code points from U+10000) come after everything else. */
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** A copy that does not keep the piece of the file alive from which it was cut. */
function ownText(id: string): string {
  return id.length < 13 ? id : Buffer.from(id, "utf8").toString("utf8");
}
