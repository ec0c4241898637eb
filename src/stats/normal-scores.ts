import { normalQuantile } from './normal-quantile.ts';

/**
 * Replaces values by the normal quantiles of their ranks, which neither outliers nor units affect; equal values share
 * their mean rank. Values that are not finite get 0, the middle. O(n log n).
 *
 * Source: B. L. van der Waerden, Order Tests for the Two-Sample Problem, Indag. Math. 14 (1952).
 */
export function normalScores(values: ArrayLike<number>): Float64Array {
  const scores = new Float64Array(values.length);
  const order = Uint32Array.from(values, (_, i) => i)
    .filter((i) => Number.isFinite(values[i]))
    .sort((a, b) => values[a] - values[b]);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    const score = normalQuantile((from + to) / 2 / order.length);
    for (let i = from; i < to; i++) scores[order[i]] = score;
  }
  return scores;
}
