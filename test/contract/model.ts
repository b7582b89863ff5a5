import type { Page } from "#core/connector.ts";
import { canonicalJson, type JsonValue } from "#core/json.ts";
import type { Change, IdRange } from "#core/records.ts";
import { compareIds } from "./text-order.ts";

/** What a warehouse that keeps the laws holds after some pages: type and id → content. Simple on purpose: maps and loops. */
export interface Model {
  apply(pages: readonly Page[]): void;
  /** Sorted lines, equal for equal content. */
  content(): readonly string[];
  has(type: string, id: string): boolean;
  text(type: string, id: string): string | undefined;
}

interface Held {
  readonly text: string;
  readonly updatedAt: string | null;
}

export function model(): Model {
  const held = new Map<string, Map<string, Held>>();
  const merges = new Map<string, string>();
  const of = (type: string): Map<string, Held> => {
    const records = held.get(type) ?? new Map<string, Held>();
    held.set(type, records);
    return records;
  };
  const apply = (change: Change): void => {
    const records = of(change.type);
    if (change.op === "upsert") upsert(records, change.record.id, change.record);
    else if (change.op === "delete") records.delete(change.id);
    else if (change.op === "merge") {
      records.delete(change.loser);
      merges.set(`${change.type} ${change.loser}`, change.winner);
    } else {
      const present = new Set(change.ids);
      for (const id of [...records.keys()]) if (inRange(id, change.within) && !present.has(id)) records.delete(id);
    }
  };
  return {
    apply: (pages) => {
      for (const page of pages) for (const change of page.changes) apply(change);
    },
    content: () =>
      [
        ...[...held].flatMap(([type, records]) => [...records].map(([id, record]) => `${type} ${id} ${record.text}`)),
        ...[...merges].map(([loser, winner]) => `merge ${loser} → ${winner}`),
      ].sort(),
    has: (type, id) => of(type).has(id),
    text: (type, id) => of(type).get(id)?.text,
  };
}

function upsert(records: Map<string, Held>, id: string, record: object): void {
  const updatedAt = "sourceUpdatedAt" in record && typeof record.sourceUpdatedAt === "string" ? record.sourceUpdatedAt : null;
  const before = records.get(id);
  if (before !== undefined && before.updatedAt !== null && updatedAt !== null && updatedAt < before.updatedAt) return;
  const value: JsonValue = JSON.parse(JSON.stringify(record));
  records.set(id, { text: canonicalJson(value), updatedAt });
}

function inRange(id: string, { order, after, upTo, prefix = "" }: IdRange): boolean {
  if (!id.startsWith(prefix)) return false;
  const number = (text: string): string => text.slice(prefix.length);
  const compare = order === "numeric" ? (a: string, b: string) => byNumber(number(a), number(b)) : compareIds;
  return (after === null || compare(id, after) > 0) && (upTo === null || compare(id, upTo) <= 0);
}

const byNumber = (a: string, b: string): number => (BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0);
