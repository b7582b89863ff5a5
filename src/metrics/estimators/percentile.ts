/** Percentile by linear interpolation between closest ranks (Hyndman & Fan type 7) of values given as value → count; null for none. */
export function percentileOfCounts(counts: ReadonlyMap<number, number>, share: number): number | null {
  const sorted = [...counts.entries()].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  const n = sorted.reduce((sum, [, count]) => sum + count, 0);
  if (n === 0) return null;
  const position = (n - 1) * share;
  const low = valueAt(sorted, Math.floor(position));
  const high = valueAt(sorted, Math.ceil(position));
  return low + (high - low) * (position - Math.floor(position));
}

function valueAt(sorted: readonly (readonly [number, number])[], rank: number): number {
  let passed = 0;
  for (const [value, count] of sorted) {
    passed += count;
    if (rank < passed) return value;
  }
  return sorted.at(-1)?.[0] ?? Number.NaN;
}
