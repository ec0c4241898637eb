import type { Interval } from './interval.ts';
import { intervalZ } from './wilson-interval.ts';

/** By how much one of two models exceeds the other on the same rows, with its 95 % interval. */
export type PairedDifference = Interval & { readonly value: number };

/** Rows by which of the two has the counted property, such as a correct prediction. */
export type PairedCounts = {
  readonly both: number;
  readonly first: number;
  readonly second: number;
  readonly neither: number;
};

/**
 * The difference of two shares over the same rows, second minus first: (second − first)/n. It depends only on the rows
 * in which the two differ. The interval is Wald's with half a row added to each of the four counts; otherwise it would
 * be too short if the two differ in few rows.
 *
 * @param counts rows on which both, only the first, only the second, or neither has the property
 * @returns `null` without rows
 *
 * Source: A. Agresti and Y. Min, Simple improved confidence intervals for comparing matched proportions, Statistics in
 * Medicine 24 (2005).
 */
export function pairedShareDifference({
  both,
  first,
  second,
  neither,
}: PairedCounts): PairedDifference | null {
  const rows = both + first + second + neither;
  if (rows === 0) return null;
  const adjusted = rows + 2;
  const centre = (second - first) / adjusted;
  const reach = intervalZ * Math.sqrt(((first + second + 1) / adjusted - centre ** 2) / adjusted);
  return {
    value: (second - first) / rows,
    low: Math.max(-1, centre - reach),
    high: Math.min(1, centre + reach),
  };
}

/**
 * The mean of differences over the same rows, with the interval of the normal distribution.
 *
 * @param count the number of rows; below 30, where that interval is too short, the result is `null`
 * @param sum of the differences
 * @param sumOfSquares of the differences
 */
export function pairedMeanDifference(
  count: number,
  sum: number,
  sumOfSquares: number,
): PairedDifference | null {
  if (count < 30) return null;
  const value = sum / count;
  const variance = Math.max(0, (sumOfSquares - sum * value) / (count - 1));
  const reach = intervalZ * Math.sqrt(variance / count);
  return { value, low: value - reach, high: value + reach };
}
