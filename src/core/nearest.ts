import { closest, distance } from "fastest-levenshtein";

/** The known name a person most likely meant, or null when none is close. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const candidate = closest(word, known as string[]);
  return distance(word, candidate) <= Math.max(2, Math.floor(candidate.length / 3)) ? candidate : null;
}
