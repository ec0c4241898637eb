import { type LogBase, type Smoothing, sharesOfBoth } from './smoothing.ts';

/**
 * The Jensen–Shannon divergence: the mean Kullback–Leibler divergence of both distributions from the one halfway
 * between them. Symmetric, and never infinite: from 0 (equal) to ln 2 nats or 1 bit (no bin in common). O(bins).
 *
 * @param reference counts per bin
 * @param live counts of the same bins
 * @returns in nats or bits by `logBase`
 * @throws RangeError if the numbers of bins differ, a count is negative, or a side is empty and not smoothed
 *
 * Source: J. Lin, Divergence Measures Based on the Shannon Entropy, IEEE Trans. Inf. Theory 37 (1991).
 */
export function jensenShannonDivergence(
  reference: ArrayLike<number>,
  live: ArrayLike<number>,
  options: { readonly smoothing: Smoothing; readonly logBase: LogBase },
): number {
  const [q, p] = sharesOfBoth(reference, live, options.smoothing);
  const middle = p.map((share, i) => (share + q[i]) / 2);
  const divergence =
    (relativeEntropy(p, middle, options.logBase) + relativeEntropy(q, middle, options.logBase)) / 2;
  // Rounding can leave −1e-17 if the shares are almost equal, and the square root of that is NaN.
  return Math.max(0, divergence);
}

/**
 * The Jensen–Shannon distance: the square root of the divergence, and a metric (the triangle inequality holds). With
 * `logBase: 2` it lies in 0..1. Evidently uses nats, NannyML bits. Parameters and errors as above.
 *
 * Source: D. M. Endres, J. E. Schindelin, A New Metric for Probability Distributions, IEEE Trans. Inf. Theory 49 (2003).
 */
export function jensenShannonDistance(
  reference: ArrayLike<number>,
  live: ArrayLike<number>,
  options: { readonly smoothing: Smoothing; readonly logBase: LogBase },
): number {
  return Math.sqrt(jensenShannonDivergence(reference, live, options));
}

/** The Kullback–Leibler divergence Σ a·log(a/b) of shares; a bin with a = 0 adds nothing. */
function relativeEntropy(a: readonly number[], b: readonly number[], logBase: LogBase): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && a[i] > 0) sum += a[i] * Math.log(a[i] / b[i]);
  }
  return logBase === 2 ? sum / Math.LN2 : sum;
}
