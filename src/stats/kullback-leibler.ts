import { type LogBase, type Smoothing, sharesOfBoth } from './smoothing.ts';

/**
 * The Kullback–Leibler divergence of the reference from the live distribution, Σ q·log(q/p) with q the reference and
 * p the live share of each bin: the information lost when the live shares stand in for those of the reference.
 *
 * Not symmetric; at least 0 and 0 only for equal shares (ε-smoothed shares do not sum to 1 and may go below). O(bins).
 *
 * @param reference counts a bin
 * @param live counts of the same bins
 * @returns in nats or bits by `logBase`; Infinity when, without smoothing, live lacks a bin the reference has
 * @throws RangeError if the numbers of bins differ, a count is negative, or a side is empty and not smoothed
 *
 * Source: S. Kullback, R. A. Leibler, On Information and Sufficiency, Ann. Math. Statist. 22 (1951).
 */
export function kullbackLeiblerDivergence(
  reference: ArrayLike<number>,
  live: ArrayLike<number>,
  options: { readonly smoothing: Smoothing; readonly logBase: LogBase },
): number {
  const [q, p] = sharesOfBoth(reference, live, options.smoothing);
  return relativeEntropy(q, p, options.logBase);
}

/** Σ a·log(a/b) over shares; a bin with a = 0 adds nothing. */
export function relativeEntropy(a: ArrayLike<number>, b: ArrayLike<number>, logBase: LogBase): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && a[i] > 0) sum += a[i] * Math.log(a[i] / b[i]);
  }
  return logBase === 2 ? sum / Math.LN2 : sum;
}
