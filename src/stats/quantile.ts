/**
 * A quantile of sorted values, interpolated linearly between the two nearest (Hyndman & Fan's type 7; the default of
 * R and numpy). O(1).
 *
 * @param sorted ascending, at least one value
 * @param probability 0 gives the smallest value, 1 the largest
 * @throws RangeError if there are no values or `probability` is outside 0..1
 *
 * Source: R. J. Hyndman, Y. Fan, Sample Quantiles in Statistical Packages, Am. Stat. 50 (1996).
 */
export function quantileSorted(sorted: ArrayLike<number>, probability: number): number {
  if (sorted.length === 0) throw new RangeError('a quantile needs at least one value');
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`a quantile needs a probability in 0..1, got ${probability}`);
  }
  const position = (sorted.length - 1) * probability;
  const below = Math.floor(position);
  const above = Math.ceil(position);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
