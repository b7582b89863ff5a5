/** Lists short enough for one `in (…)` on both databases. */
export function chunksOf<T>(items: readonly T[], size = 1000): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
