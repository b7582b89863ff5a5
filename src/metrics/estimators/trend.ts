import { linearRegression, mean } from "simple-statistics";

/** Two-sided 95 % points of Student's t by degrees of freedom 1 … 30; beyond, the normal's. */
const T_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086,
  2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

export interface Trend {
  /** Change per period, in the unit of the values. */
  readonly slope: number;
  /** 95 % interval of the slope. */
  readonly interval: readonly [number, number];
  /** The interval holds 0: neither growing nor shrinking can be claimed. */
  readonly isFlat: boolean;
}

/** Least-squares slope over equally spaced values with its interval; null for fewer than three. */
export function trendOf(values: readonly number[]): Trend | null {
  if (values.length < 3) return null;
  const { m: slope, b: start } = linearRegression(values.map((value, index) => [index, value]));
  const degrees = values.length - 2;
  const middle = (values.length - 1) / 2;
  const spread = mean(values.map((_, index) => (index - middle) ** 2)) * values.length;
  const residual = values.reduce((sum, value, index) => sum + (value - start - slope * index) ** 2, 0);
  const half = (T_95[degrees - 1] ?? 1.96) * Math.sqrt(residual / degrees / spread);
  return { slope, interval: [slope - half, slope + half], isFlat: slope - half <= 0 && slope + half >= 0 };
}
