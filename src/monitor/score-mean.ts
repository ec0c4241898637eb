import { driftRule } from '../stats/drift.ts';
import { labelShift } from '../stats/label-shift.ts';
import type { Cell, PerformanceSums } from './performance.ts';
import { total } from './performance-figures.ts';

/**
 * When the mean calibrated score has shifted: it lies beyond `ceilingZ` standard errors from the share of positives in
 * training, with `designEffect` rows counted as one, and differs by more than `minChange` of that share, over
 * `minPredictions` or more.
 */
export const scoreMeanRule = {
  ceilingZ: driftRule.ceilingZ,
  designEffect: driftRule.alertDesignEffect,
  minChange: 0.1,
  /** With fewer, the spread of the scores is too uncertain: six count as one. */
  minPredictions: 1000,
} as const;

/** The share of positives in training, where the reference is the training rows. */
export type TrainingShare = {
  readonly positives: number;
  readonly rows: number;
  /** Variance of the calibrated scores between score bins. */
  readonly variance: number;
};

export type ScoreMean = {
  /** The mean calibrated score: the share of positives to be expected. `null` without predictions. */
  readonly mean: number | null;
  /** The share of positives in training. */
  readonly training: number;
  /** How many standard errors lie between them; `null` without predictions. */
  readonly z: number | null;
  readonly hasShifted: boolean;
  /**
   * The share of positives if only the shares of the classes have changed; `null` if the scores do not determine it:
   * see `labelShift`.
   */
  readonly ifOnlySharesChanged: number | null;
};

/**
 * The mean calibrated score of a window against the share of positives in training. Both have an error. That of the
 * mean comes from the spread between cells, in training or in the window, whichever is larger (a window that is low by
 * chance also has a small spread by chance); that of the share comes from the number of outcomes that the calibration
 * was learnt from.
 */
export function compareScoreMean(
  cells: readonly Cell[],
  { predictions, expectedPositives }: Pick<PerformanceSums, 'predictions' | 'expectedPositives'>,
  { positives, rows, variance }: TrainingShare,
): ScoreMean {
  const training = positives / rows;
  const samples = total(predictions);
  if (samples === 0) return { mean: null, training, z: null, hasShifted: false, ifOnlySharesChanged: null };
  const mean = total(expectedPositives) / samples;
  const probabilities = cells.map((_, i) => (predictions[i] > 0 ? expectedPositives[i] / predictions[i] : 0));
  const spread = Math.max(variance, varianceBetween(predictions, expectedPositives));
  const { ceilingZ, designEffect, minChange, minPredictions } = scoreMeanRule;
  const error = Math.sqrt((designEffect * spread) / samples + (training * (1 - training)) / rows);
  const z = (mean - training) / error;
  return {
    mean,
    training,
    z,
    hasShifted:
      samples >= minPredictions && Math.abs(z) > ceilingZ && Math.abs(mean - training) > minChange * training,
    ifOnlySharesChanged: labelShift(probabilities, predictions, training),
  };
}

/** The variance of probabilities between bins of rows. @param expected the sum of the probabilities in each */
export function varianceBetween(counts: ArrayLike<number>, expected: ArrayLike<number>): number {
  let rows = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    rows += counts[i];
    sum += expected[i];
    squares += expected[i] ** 2 / counts[i];
  }
  return rows === 0 ? 0 : Math.max(0, squares / rows - (sum / rows) ** 2);
}
