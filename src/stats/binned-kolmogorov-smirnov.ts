import { sumCounts } from './smoothing.ts';

/**
 * The Kolmogorov–Smirnov statistic as far as bins can show it: the largest distance between the two cumulative
 * distributions at the bins' edges. The exact statistic of the values behind the counts is never smaller. O(bins).
 *
 * @param reference counts of the value bins in ascending order (without `missing`)
 * @param live counts of the same bins
 * @returns in 0..1
 * @throws RangeError if the numbers of bins differ, a count is negative, or a side has no observation
 *
 * Source: A. Kolmogorov, 1933, and N. Smirnov, 1939; see Conover, Practical Nonparametric Statistics, 3rd ed., ch. 6.
 */
export function binnedKolmogorovSmirnov(reference: ArrayLike<number>, live: ArrayLike<number>): number {
  const referenceTotal = sumCounts(reference);
  const liveTotal = sumCounts(live);
  if (reference.length !== live.length) {
    throw new RangeError(`reference has ${reference.length} bins and live has ${live.length}`);
  }
  if (referenceTotal === 0 || liveTotal === 0) {
    throw new RangeError('the counts are all 0: there is no distribution to compare');
  }
  let referenceSum = 0;
  let liveSum = 0;
  let largest = 0;
  for (let i = 0; i < reference.length; i++) {
    referenceSum += reference[i];
    liveSum += live[i];
    largest = Math.max(largest, Math.abs(liveSum / liveTotal - referenceSum / referenceTotal));
  }
  return largest;
}
