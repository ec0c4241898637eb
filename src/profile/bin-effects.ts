import type { Explanation } from '../predictors/explanation.ts';
import { type Bins, binCount, createBinner } from '../stats/binning.ts';
import { roundDecimals } from '../stats/round-decimals.ts';

/** Log-odds beyond ±this make no further difference (10 is a probability of 0.99995), and would outweigh all others. */
const maxOutput = 10;

/** The log-odds of the rows of a reference, and their spread. */
export type ScoreSpread = {
  /** Minus their mean. */
  readonly values: Float64Array;
  /** Standard deviation with divisor n. */
  readonly deviation: number;
};

/**
 * The spread of scores, converted to log-odds if all are probabilities. Outputs of other models are used as they are.
 *
 * @param scores finite
 * @returns `null` if they are all the same, because then nothing can be said about what moves them
 */
export function scoreSpread(scores: ArrayLike<number>): ScoreSpread | null {
  const values = Float64Array.from(scores);
  if (values.every((score) => score >= 0 && score <= 1)) {
    for (let i = 0; i < values.length; i++) values[i] = bound(Math.log(values[i] / (1 - values[i])));
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const deviation = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0) / values.length);
  return deviation > 1e-9 ? { values: centred, deviation } : null;
}

/**
 * What a row in each bin of a feature adds to the log-odds on average, in standard deviations of the log-odds: the
 * feature's own contribution, as the model is linear. If the reference has no row in a bin, it is the contribution of a
 * value that would fall into it.
 *
 * @param bins need not be the feature's own
 * @param values of the reference
 */
export function ownEffects(
  explanation: Pick<Explanation, 'contributionOf' | 'contributionWithin'>,
  feature: string,
  bins: Bins,
  values: ArrayLike<unknown>,
  { deviation }: Pick<ScoreSpread, 'deviation'>,
): number[] {
  const contribution = explanation.contributionOf(feature);
  const means = meanByBin(bins, values, (row) => bound(contribution(values[row])));
  return means.map((mean, bin) =>
    round((mean ?? bound(explanation.contributionWithin(feature, bins, bin))) / deviation),
  );
}

/**
 * The same for a model of which only rows and scores are known: the mean log-odds of the scores in each bin, minus
 * those of all rows. 0 if no row of the reference is in the bin.
 *
 * @param values of the reference, parallel to the scores
 */
export function associatedEffects(bins: Bins, values: ArrayLike<unknown>, spread: ScoreSpread): number[] {
  return meanByBin(bins, values, (row) => spread.values[row]).map((mean) =>
    round((mean ?? 0) / spread.deviation),
  );
}

function meanByBin(bins: Bins, values: ArrayLike<unknown>, read: (row: number) => number): (number | null)[] {
  const sums = new Float64Array(binCount(bins));
  const counts = new Float64Array(sums.length);
  const binOf = createBinner(bins);
  for (let row = 0; row < values.length; row++) {
    const bin = binOf(values[row]);
    sums[bin] += read(row);
    counts[bin]++;
  }
  return Array.from(sums, (sum, bin) => (counts[bin] > 0 ? sum / counts[bin] : null));
}

function bound(value: number): number {
  return Math.max(-maxOutput, Math.min(maxOutput, value));
}

function round(value: number): number {
  return roundDecimals(value, 6);
}
