/**
 * How empty bins are treated before shares are compared, as the logarithm of 0 is undefined:
 *
 * - `{ pseudoCount: a }`: `a` observations are added to every bin, p = (n + a) / (N + a·B). Never 0, always sums to
 *   1, and fades as N grows. With a = ½ this is the Jeffreys prior.
 * - `{ epsilon: e }`: a share below `e` is raised to `e`, without rescaling the sum to 1. This is what many tools do.
 * - `'none'`: shares as they are; a divergence may then be infinite.
 */
export type Smoothing = { readonly pseudoCount: number } | { readonly epsilon: number } | 'none';

/** The unit of an information measure: nats (`'e'`) or bits (`2`). */
export type LogBase = 'e' | 2;

/**
 * The share of each bin.
 *
 * @param counts one non-negative number per bin
 * @throws RangeError if a count is negative or not finite, or if all counts are 0 and no pseudo-count is added, so
 *   there is nothing to divide by
 */
export function shares(counts: ArrayLike<number>, smoothing: Smoothing): number[] {
  const pseudoCount = smoothing !== 'none' && 'pseudoCount' in smoothing ? smoothing.pseudoCount : 0;
  const floor = smoothing !== 'none' && 'epsilon' in smoothing ? smoothing.epsilon : 0;
  const total = sumCounts(counts) + pseudoCount * counts.length;
  if (total === 0) throw new RangeError('the counts are all 0: there is no distribution to compare');
  const result = new Array<number>(counts.length);
  for (let i = 0; i < counts.length; i++) {
    result[i] = Math.max((counts[i] + pseudoCount) / total, floor);
  }
  return result;
}

/**
 * The shares of two distributions over the same bins.
 *
 * @throws RangeError if they have different numbers of bins, or as `shares` does
 */
export function sharesOfBoth(
  reference: ArrayLike<number>,
  live: ArrayLike<number>,
  smoothing: Smoothing,
): [reference: number[], live: number[]] {
  if (reference.length !== live.length) {
    throw new RangeError(`reference has ${reference.length} bins and live has ${live.length}`);
  }
  return [shares(reference, smoothing), shares(live, smoothing)];
}

/**
 * The number of observations.
 *
 * @throws RangeError if a count is negative or not finite
 */
export function sumCounts(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) {
    if (!(counts[i] >= 0 && counts[i] < Infinity)) {
      throw new RangeError(`a count must be a finite number of at least 0, got ${counts[i]} in bin ${i}`);
    }
    total += counts[i];
  }
  return total;
}
