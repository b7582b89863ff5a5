import type { Tally } from "#core/metric.ts";

/** An empty tally with `slots` sums. */
export function emptyTally(slots: number): Tally {
  return { sums: new Array<number>(slots).fill(0), counts: new Map() };
}

/** Adds `from` to `into`, place by place: exact, and the same in any order. */
export function addTally(into: Tally, from: Tally): void {
  for (let index = 0; index < from.sums.length; index += 1) add(into, index, from.sums[index] ?? 0);
  for (const [value, count] of from.counts) tick(into, value, count);
}

export function add(tally: Tally, slot: number, value: number): void {
  tally.sums[slot] = (tally.sums[slot] ?? 0) + value;
}

export function tick(tally: Tally, value: number | string, count = 1): void {
  tally.counts.set(value, (tally.counts.get(value) ?? 0) + count);
}

/** Equal tallies give equal text, whatever order their facts came in. */
export function encodeTally(tally: Tally): string {
  if (tally.counts.size === 0) return JSON.stringify(tally.sums);
  const counts = [...tally.counts].sort(([a], [b]) => (typeof a === typeof b ? (a < b ? -1 : 1) : typeof a === "number" ? -1 : 1));
  return JSON.stringify([tally.sums, counts.flat()]);
}

export function decodeTally(text: string): Tally {
  const data: unknown = JSON.parse(text);
  if (!Array.isArray(data)) return { sums: [], counts: new Map() };
  if (!Array.isArray(data[0])) return { sums: data.map(Number), counts: new Map() };
  const counts = new Map<number | string, number>();
  const flat: readonly unknown[] = Array.isArray(data[1]) ? data[1] : [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const value = flat[at];
    if (typeof value === "number" || typeof value === "string") counts.set(value, Number(flat[at + 1]));
  }
  return { sums: data[0].map(Number), counts };
}
