import { type Smoothing, sharesOfBoth } from './smoothing.ts';

/**
 * The population stability index: how far the live distribution has moved from the reference, Σ (p − q)·ln(p/q) with
 * p the live and q the reference share of each bin.
 *
 * It is the Kullback–Leibler divergence added up in both directions (Jeffreys' divergence), in nats: symmetric, 0 for
 * equal shares, no upper bound. Without drift it is not 0 but about (1/N + 1/M)·χ²: see `psiNoiseCeiling`. O(bins).
 *
 * @param reference counts per bin
 * @param live counts of the same bins
 * @returns Infinity when, without smoothing, a bin is empty on one side only
 * @throws RangeError if the numbers of bins differ, a count is negative, or a side is empty and not smoothed
 *
 * Source: H. Jeffreys, Theory of Probability, 1948; its use for score cards: N. Siddiqi, Credit Risk Scorecards, 2006.
 */
export function psi(
  reference: ArrayLike<number>,
  live: ArrayLike<number>,
  options: { readonly smoothing: Smoothing },
): number {
  const [q, p] = sharesOfBoth(reference, live, options.smoothing);
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    // Equal shares give 0, even if both are 0 and the ratio would be 0/0.
    if (p[i] !== q[i]) sum += (p[i] - q[i]) * Math.log(p[i] / q[i]);
  }
  return sum;
}
