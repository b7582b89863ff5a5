import type { Tally } from "#core/metric.ts";

const NOTHING: ReadonlyMap<number | string, number> = new Map();

/** There are hundreds of thousands of tallies and most never count a value: their map is made when one does. */
class LazyTally implements Tally {
  readonly sums: number[];
  #counts: Map<number | string, number> | undefined;

  constructor(sums: number[]) {
    this.sums = sums;
  }

  get counts(): Map<number | string, number> {
    this.#counts ??= new Map();
    return this.#counts;
  }

  get seen(): ReadonlyMap<number | string, number> {
    return this.#counts ?? NOTHING;
  }
}

/** An empty tally with `slots` sums. */
export function emptyTally(slots: number): Tally {
  return new LazyTally(new Array<number>(slots).fill(0));
}

/** The counts, without making a map for a tally that has none. */
function countsOf(tally: Tally): ReadonlyMap<number | string, number> {
  return tally instanceof LazyTally ? tally.seen : tally.counts;
}

/** Adds `from` to `into`, place by place: exact, and the same in any order. */
export function addTally(into: Tally, from: Tally): void {
  for (let index = 0; index < from.sums.length; index += 1) add(into, index, from.sums[index] ?? 0);
  for (const [value, count] of countsOf(from)) tick(into, value, count);
}

export function add(tally: Tally, slot: number, value: number): void {
  tally.sums[slot] = (tally.sums[slot] ?? 0) + value;
}

export function tick(tally: Tally, value: number | string, count = 1): void {
  tally.counts.set(value, (tally.counts.get(value) ?? 0) + count);
}

/** Equal tallies give equal text, whatever order their facts came in. */
export function encodeTally(tally: Tally): string {
  const seen = countsOf(tally);
  if (seen.size === 0) return `[${tally.sums.join(",")}]`;
  const counts = [...seen].sort(([a], [b]) => (typeof a === typeof b ? (a < b ? -1 : 1) : typeof a === "number" ? -1 : 1));
  return JSON.stringify([tally.sums, counts.flat()]);
}

/** The tally of a decoded JSON value; an unknown shape is an empty one. */
export function tallyFrom(data: unknown): Tally {
  if (!Array.isArray(data)) return new LazyTally([]);
  if (!Array.isArray(data[0])) return new LazyTally(data);
  const tally = new LazyTally(data[0]);
  const flat: readonly unknown[] = Array.isArray(data[1]) ? data[1] : [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const value = flat[at];
    if (typeof value === "number" || typeof value === "string") tally.counts.set(value, Number(flat[at + 1]));
  }
  return tally;
}
