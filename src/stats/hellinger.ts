import { type Smoothing, sharesOfBoth } from './smoothing.ts';

/**
 * The Hellinger distance √(½·Σ (√p − √q)²) between the live shares p and the reference shares q. A metric, from 0
 * (equal) to 1 (no bin in common); empty bins need no smoothing. O(bins).
 *
 * @param reference counts a bin
 * @param live counts of the same bins
 * @throws RangeError if the numbers of bins differ, a count is negative, or a side is empty and not smoothed
 *
 * Source: E. Hellinger, J. reine angew. Math. 136 (1909); normalised to 1 as in A. W. van der Vaart, Asymptotic
 * Statistics, 1998, section 14.5.
 */
export function hellingerDistance(
  reference: ArrayLike<number>,
  live: ArrayLike<number>,
  options: { readonly smoothing: Smoothing },
): number {
  const [q, p] = sharesOfBoth(reference, live, options.smoothing);
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += (Math.sqrt(p[i]) - Math.sqrt(q[i])) ** 2;
  // Rounding can leave the sum of two disjoint distributions a hair above 2.
  return Math.min(1, Math.sqrt(sum / 2));
}
