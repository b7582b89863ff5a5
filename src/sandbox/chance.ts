import { type Rng, seededRng } from "#core/rng.ts";

/** A sequence of its own for each thing: the same seed and names give the same chance, whatever else was drawn. */
export function chanceFor(seed: number, ...names: readonly (string | number)[]): Rng {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const character of names.join("/")) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  return seededRng(hash ^ (hash >>> 13));
}

export function happens(rng: Rng, probability: number): boolean {
  return rng.next() < probability;
}

/** Uniform in [low, high). */
export function between(rng: Rng, low: number, high: number): number {
  return low + rng.next() * (high - low);
}

/** A whole number from low to high, both included. */
export function whole(rng: Rng, low: number, high: number): number {
  return low + Math.floor(rng.next() * (high - low + 1));
}

export function pick<T>(rng: Rng, from: readonly [T, ...(readonly T[])] | readonly T[]): T {
  const found = from[Math.floor(rng.next() * from.length)];
  if (found === undefined) throw new RangeError("Nothing to pick from.");
  return found;
}

/** One of the items, each as likely as its weight. */
export function weighted<T>(rng: Rng, items: readonly T[], weight: (item: T) => number): T {
  const total = items.reduce((sum, item) => sum + weight(item), 0);
  let left = rng.next() * total;
  for (const item of items) {
    left -= weight(item);
    if (left < 0) return item;
  }
  return pick(rng, items.slice(-1));
}

/** Skewed to the right as durations and amounts are; half lie below the median. */
export function logNormal(rng: Rng, median: number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next());
  return median * Math.exp(sigma * normal);
}
