const DIGITS = /^\d+$/;

/** Record ids compare as the numbers they are, though longer than a number holds. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

export function isNumericId(id: string): boolean {
  return DIGITS.test(id);
}

export function areAscending(ids: readonly string[]): boolean {
  return ids.every((id, index) => isNumericId(id) && (index === 0 || compareIds(ids[index - 1] ?? "", id) < 0));
}

export function idAfter(id: string): string {
  return String(BigInt(id) + 1n);
}

/** Ids in `(after, upTo]`. */
export function span(after: string, upTo: string): bigint {
  return BigInt(upTo) - BigInt(after);
}

/** The ends of `count` stretches of about equal length that together are `(after, upTo]`, the last one left out. */
export function cuts(after: string, upTo: string, count: number): readonly string[] {
  const whole = span(after, upTo);
  const ends = Array.from({ length: count - 1 }, (_, index) => BigInt(after) + (whole * BigInt(index + 1)) / BigInt(count));
  return [...new Set(ends.filter((end) => end > BigInt(after) && end < BigInt(upTo)).map(String))];
}
