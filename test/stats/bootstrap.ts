import type { Interval } from '../../src/stats/interval.ts';
import { quantileSorted } from '../../src/stats/quantile.ts';
import type { Random } from '../../src/stats/random.ts';

/**
 * The percentile bootstrap interval of a statistic: the middle `confidence` of its values over resamples, each drawn
 * from the rows with replacement. O(resamples × cost of the statistic).
 *
 * @param rows the number of rows
 * @param statistic its value for the rows with these indices (repeats included; the array is reused between calls).
 *   `null` where it has none, such as the AUC of a resample with one class: left out
 * @returns `null` when there are no rows or no resample had a value
 * @throws RangeError if `confidence` is not strictly between 0 and 1
 *
 * Source: B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
 */
export function bootstrapInterval(
  rows: number,
  statistic: (indices: Int32Array) => number | null,
  options: { readonly resamples: number; readonly confidence: number; readonly random: Random },
): Interval | null {
  const { resamples, confidence, random } = options;
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`confidence must lie strictly between 0 and 1, got ${confidence}`);
  }
  if (rows === 0) return null;
  const indices = new Int32Array(rows);
  const values: number[] = [];
  for (let i = 0; i < resamples; i++) {
    for (let j = 0; j < rows; j++) indices[j] = Math.floor(random() * rows);
    const value = statistic(indices);
    if (value !== null) values.push(value);
  }
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  return {
    low: quantileSorted(values, (1 - confidence) / 2),
    high: quantileSorted(values, (1 + confidence) / 2),
  };
}
