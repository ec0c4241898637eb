import type { PairedDifference } from './paired-difference.ts';
import { intervalZ } from './wilson-interval.ts';

/** Rows that two models have scored, or groups of rows with the same scores. */
export type PairedScores = {
  readonly first: ArrayLike<number>;
  /** Parallel to `first`, like all that follow. */
  readonly second: ArrayLike<number>;
  /** How many rows of each outcome. */
  readonly positives: ArrayLike<number>;
  readonly negatives: ArrayLike<number>;
};

/** The areas under two ROC curves over the same rows. Each is `null` without a positive or a negative. */
export type PairedRocAuc = {
  readonly first: number | null;
  readonly second: number | null;
  /** Second minus first; `null` below 30 positives or 30 negatives, where its interval would be too short. */
  readonly difference: PairedDifference | null;
};

const fewestOfClass = 30;

/**
 * The areas under the ROC curves of two models over the same rows, and how far the second exceeds the first, with the
 * interval that follows from the covariance of the two: models with similar scores can be told apart with far fewer
 * rows than their individual intervals suggest. Equal scores count half; bins may be used instead of scores. O(n log
 * n).
 *
 * Source: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Comparing the Areas under Two or More Correlated Receiver
 * Operating Characteristic Curves, Biometrics 44 (1988).
 */
export function pairedRocAuc({ first, second, positives, negatives }: PairedScores): PairedRocAuc {
  const of = placements(first, positives, negatives);
  const ofSecond = placements(second, positives, negatives);
  const [m, n] = [total(positives), total(negatives)];
  if (!(m > 0 && n > 0)) return { first: null, second: null, difference: null };
  const area = mean(of.ofPositive, positives, m);
  const areaOfSecond = mean(ofSecond.ofPositive, positives, m);
  const value = areaOfSecond - area;
  const variance =
    varianceOfDifference(of.ofPositive, ofSecond.ofPositive, positives, m, value) / m +
    varianceOfDifference(of.ofNegative, ofSecond.ofNegative, negatives, n, value) / n;
  const reach = intervalZ * Math.sqrt(variance);
  return {
    first: area,
    second: areaOfSecond,
    difference:
      Math.min(m, n) < fewestOfClass
        ? null
        : { value, low: Math.max(-1, value - reach), high: Math.min(1, value + reach) },
  };
}

/**
 * For a positive with the score of each row, the share of negatives below it; for a negative, the share of positives
 * above it. Equal scores count half.
 */
function placements(
  scores: ArrayLike<number>,
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
): { readonly ofPositive: Float64Array; readonly ofNegative: Float64Array } {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  const ofPositive = new Float64Array(scores.length);
  const ofNegative = new Float64Array(scores.length);
  const [m, n] = [total(positives), total(negatives)];
  let [positivesBelow, negativesBelow] = [0, 0];
  for (let start = 0; start < order.length; ) {
    let [tiedPositives, tiedNegatives] = [0, 0];
    let end = start;
    for (; end < order.length && scores[order[end]] === scores[order[start]]; end++) {
      tiedPositives += positives[order[end]];
      tiedNegatives += negatives[order[end]];
    }
    for (let i = start; i < end; i++) {
      ofPositive[order[i]] = (negativesBelow + tiedNegatives / 2) / n;
      ofNegative[order[i]] = (m - positivesBelow - tiedPositives / 2) / m;
    }
    positivesBelow += tiedPositives;
    negativesBelow += tiedNegatives;
    start = end;
  }
  return { ofPositive, ofNegative };
}

function varianceOfDifference(
  first: Float64Array,
  second: Float64Array,
  counts: ArrayLike<number>,
  rows: number,
  difference: number,
): number {
  let squares = 0;
  for (let i = 0; i < first.length; i++) squares += counts[i] * (second[i] - first[i] - difference) ** 2;
  return squares / (rows - 1);
}

function mean(values: Float64Array, counts: ArrayLike<number>, rows: number): number {
  return values.reduce((sum, value, i) => sum + counts[i] * value, 0) / rows;
}

function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i];
  return sum;
}
