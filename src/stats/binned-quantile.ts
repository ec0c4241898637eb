import { type NumericBins, numericRanges } from './binning.ts';
import { sumCounts } from './smoothing.ts';

/** A quantile as far as bins tell it: about `value`, or beyond the innermost edge of an outer bin, which is open. */
export type BinnedQuantile = {
  readonly value: number;
  readonly side: 'about' | 'or less' | 'or more';
};

/**
 * A quantile of counted values, interpolated within its bin. An outer bin has no end: of a quantile in it is only known that
 * it lies at or beyond the edge.
 *
 * @param counts by value bin; the bins that follow are not looked at
 * @param probability 0..1
 * @returns `null` without values
 */
export function binnedQuantile(
  { edges }: NumericBins,
  counts: ArrayLike<number>,
  probability: number,
): BinnedQuantile | null {
  const ranges = numericRanges(edges);
  const values = sumCounts(Array.from(counts).slice(0, ranges.length));
  if (values === 0) return null;
  const rank = probability * values;
  let below = 0;
  let bin = 0;
  // an empty bin holds no quantile
  while (counts[bin] === 0 || below + counts[bin] < rank) below += counts[bin++];
  const { lower, upper } = ranges[bin];
  if (!Number.isFinite(lower)) return { value: upper, side: 'or less' };
  if (!Number.isFinite(upper)) return { value: lower, side: 'or more' };
  const share = (rank - below) / counts[bin];
  return { value: lower + share * (upper - lower), side: 'about' };
}
