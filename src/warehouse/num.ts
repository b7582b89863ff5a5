/** A count or sum as a number: drivers may give text or bigint, and a sum over nothing is null (0 here). */
export function num(value: number | bigint | string | null): number {
  return value === null ? 0 : Number(value);
}
