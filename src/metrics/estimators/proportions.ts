import { errorFunction } from "simple-statistics";

const Z_95 = 1.959963984540054;

/** 95 % Wilson score interval of k of n (Wilson 1927); null for n = 0 (R4). */
export function wilsonInterval(k: number, n: number): readonly [number, number] | null {
  if (n <= 0) return null;
  const p = k / n;
  const z2 = Z_95 * Z_95;
  const middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z_95 / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** Two-sided p-value of the pooled two-proportion z-test; 1 when nothing can differ (an empty side, or all alike). */
export function twoProportionTest(k1: number, n1: number, k2: number, n2: number): number {
  if (n1 <= 0 || n2 <= 0) return 1;
  const pooled = (k1 + k2) / (n1 + n2);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
  if (error === 0) return 1;
  return 1 - errorFunction(Math.abs(k1 / n1 - k2 / n2) / error / Math.SQRT2);
}

/** A proportion drawn towards the peers' rate as if m more cases had been seen there (§4.4: m = 20). */
export function shrunkProportion(k: number, n: number, peerRate: number, m = 20): number {
  return (k + m * peerRate) / (n + m);
}
