import { driftRule } from '../stats/drift.ts';
import { chiSquareQuantileWilsonHilferty } from '../stats/noise-ceiling.ts';
import type { Cell, PerformanceSums } from './performance.ts';
import { byBand, scoreBands, total } from './performance-figures.ts';

/** How the outcomes compare with the calibrated probabilities of the same rows. */
export type ObservedExpected = {
  readonly observed: number;
  readonly expected: number;
  /** (O − E)/√(V·(1 + N/M)); `null` without variance. Beyond ±4 the model is no longer calibrated. */
  readonly z: number | null;
};

/**
 * Positive outcomes against their expected number E, with the variance V of the sum. The probabilities were learnt from
 * M rows and are uncertain themselves: N outcomes share that error, which adds V·N/M.
 *
 * @param learntFrom M, the rows behind the calibration
 */
export function compareObserved(sums: PerformanceSums, learntFrom: number): ObservedExpected {
  const observed = total(sums.positives);
  const expected = total(sums.expected);
  const outcomes = observed + total(sums.negatives);
  const variance = total(sums.variance) * (1 + outcomes / learntFrom);
  return { observed, expected, z: variance > 0 ? (observed - expected) / Math.sqrt(variance) : null };
}

/** A band of the score says something about its calibration from this variance and this many training rows on. */
export const calibrationRule = {
  minVariance: 5,
  minReferenceRows: 20,
  ceilingZ: driftRule.ceilingZ,
} as const;

/** Whether the outcomes of each band of the score are as many as the calibrated probabilities say. */
export type CalibrationTest = {
  /** Sum of the squared z of the bands that say something. */
  readonly chiSquare: number;
  /** How many they are. */
  readonly bands: number;
  /** What chance alone stays under; `null` when no band says anything. Above it the calibration is broken. */
  readonly ceiling: number | null;
};

/**
 * Observed against expected, band by band, as `compareObserved` does for all: what one band has too many of and another
 * too few shows here.
 *
 * @param referenceRows the rows behind the calibration, by score bin
 *
 * Source: D. W. Hosmer, S. Lemeshow, A Goodness-of-Fit Test for the Multiple Logistic Regression Model, Commun. Stat. 9
 * (1980); with fixed bands, and the error of the probabilities themselves.
 */
export function testCalibration(
  cells: readonly Cell[],
  sums: PerformanceSums,
  referenceRows: ArrayLike<number>,
): CalibrationTest {
  const { minVariance, minReferenceRows, ceilingZ } = calibrationRule;
  const observed = byBand(cells, sums.positives);
  const negatives = byBand(cells, sums.negatives);
  const expected = byBand(cells, sums.expected);
  const variance = byBand(cells, sums.variance);
  const bins = cells.length - 1;
  const reference = new Float64Array(scoreBands);
  for (let i = 0; i < bins; i++) reference[Math.floor((i * scoreBands) / bins)] += referenceRows[i];
  let chiSquare = 0;
  let bands = 0;
  for (let i = 0; i < scoreBands; i++) {
    if (variance[i] < minVariance || reference[i] < minReferenceRows) continue;
    const outcomes = observed[i] + negatives[i];
    chiSquare += (observed[i] - expected[i]) ** 2 / (variance[i] * (1 + outcomes / reference[i]));
    bands++;
  }
  return { chiSquare, bands, ceiling: bands > 0 ? chiSquareQuantileWilsonHilferty(bands, ceilingZ) : null };
}
