import jStat from 'jstat';
import { sumCounts } from '../src/stats/smoothing.ts';

export type ChiSquare = {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** The probability of a statistic at least as large without drift. Below 1e-15 the result is about 0. */
  readonly p: number;
};

/**
 * Pearson's χ² test of whether the live counts fit the reference's shares, which it assumes to be exact: with a small
 * reference it raises too many alarms. Bins that are empty on both sides are ignored; a bin that is empty only in the
 * reference is impossible under its shares: statistic Infinity, p 0. O(bins).
 *
 * @param reference counts per bin
 * @param live counts of the same bins
 * @throws RangeError if the numbers of bins differ, a count is negative, or a side has no observation
 *
 * Source: K. Pearson, Philos. Mag. 50 (1900).
 */
export function chiSquareGoodnessOfFit(reference: ArrayLike<number>, live: ArrayLike<number>): ChiSquare {
  const [referenceTotal, liveTotal] = totals(reference, live);
  let statistic = 0;
  let bins = 0;
  for (let i = 0; i < live.length; i++) {
    if (reference[i] === 0 && live[i] === 0) continue;
    const expected = (reference[i] / referenceTotal) * liveTotal;
    statistic += (live[i] - expected) ** 2 / expected;
    bins++;
  }
  return result(statistic, bins - 1);
}

/**
 * The upper tail of the χ² distribution: the probability of a value above `statistic`. Correct to 1e-9 absolute.
 *
 * @param degreesOfFreedom at least 0; with 0 the distribution is the point 0
 */
export function chiSquareUpperTail(statistic: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === 0 || statistic === 0) return statistic > 0 ? 0 : 1;
  if (statistic === Infinity) return 0;
  return Math.min(1, Math.max(0, 1 - jStat.lowRegGamma(degreesOfFreedom / 2, statistic / 2)));
}

function result(statistic: number, degreesOfFreedom: number): ChiSquare {
  return { statistic, degreesOfFreedom, p: chiSquareUpperTail(statistic, degreesOfFreedom) };
}

function totals(reference: ArrayLike<number>, live: ArrayLike<number>): [reference: number, live: number] {
  if (reference.length !== live.length) {
    throw new RangeError(`reference has ${reference.length} bins and live has ${live.length}`);
  }
  const sums: [number, number] = [sumCounts(reference), sumCounts(live)];
  if (sums[0] === 0 || sums[1] === 0) {
    throw new RangeError('the counts are all 0: there is no distribution to compare');
  }
  return sums;
}
