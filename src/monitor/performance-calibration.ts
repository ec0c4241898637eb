import { driftRule } from '../stats/drift.ts';
import { chiSquareQuantileWilsonHilferty } from '../stats/noise-ceiling.ts';
import type { Cell, PerformanceSums } from './performance.ts';
import { byBand, total } from './performance-figures.ts';
import { sumByScoreBand } from './score-bands.ts';

/** The rule behind the tests of outcomes, and the alerts on them. */
export const outcomeRule = {
  /**
   * This many outcomes carry as much information as one. An applicant who is sent again has the same outcome again, and
   * the outcomes of one day or one branch are alike.
   */
  designEffect: 3,
  /** An alert is evaluated every half minute for years: 95 % intervals would raise a false alarm every day. */
  z: 4,
  /** Outcomes from which they are judged: a sum of so many is near enough to normal. */
  minOutcomes: 100,
  /**
   * Σ p(1 − p) from which a sum of outcomes is close enough to normal for `z`. All outcomes together are judged with at
   * least this much, so that a model that was certain can still be contradicted; a band with less is not judged.
   */
  minVariance: 20,
  /** The normal deviate of the χ² quantile that the bands together must exceed. */
  bandsZ: driftRule.ceilingZ,
  /**
   * Outcomes must deviate by more than this share of what is expected, of the rarer class. Days differ: odds that are a
   * tenth up or down on one day are not worth reporting, however certain they are. Over a week, such differences
   * average out.
   */
  leastEffect: { '24h': 0.25, '7d': 0.1 },
} as const;

/** The outcomes of one band of the score, next to the calibrated probabilities of the same rows. */
export type Band = {
  readonly outcomes: number;
  readonly observed: number;
  /** E, the sum of the calibrated probabilities p. */
  readonly expected: number;
  /** V, the sum of p(1 − p). */
  readonly variance: number;
  /**
   * The variance of O − E when nothing has changed: d·V of the outcomes, of which `designEffect` d count as one, and
   * U·N/M of the probabilities, which were learnt from M rows in this band and whose error all N outcomes share. U is
   * V, or O(N − O)/N if that is larger: if there were few rows and by chance hardly any was positive, p is too small,
   * and so is V; the outcomes are then the better estimate. Without training rows M counts as 1, so the band is not
   * judged.
   */
  readonly error: number;
};

/**
 * Compares the outcomes of each band of the score with the calibrated probabilities of the same rows.
 *
 * @param referenceRows the rows behind the calibration, by score bin
 */
export function compareBands(
  cells: readonly Cell[],
  sums: Pick<PerformanceSums, 'positives' | 'negatives' | 'expected' | 'variance'>,
  referenceRows: ArrayLike<number>,
): Band[] {
  const positives = byBand(cells, sums.positives);
  const negatives = byBand(cells, sums.negatives);
  const expected = byBand(cells, sums.expected);
  const variance = byBand(cells, sums.variance);
  const reference = sumByScoreBand(referenceRows);
  return Array.from(positives, (observed, i) => {
    const outcomes = observed + negatives[i];
    const seen = outcomes > 0 ? (observed * negatives[i]) / outcomes : 0;
    const learnt = (Math.max(variance[i], seen) * outcomes) / Math.max(1, reference[i]);
    const error = outcomeRule.designEffect * variance[i] + learnt;
    return { outcomes, observed, expected: expected[i], variance: variance[i], error };
  });
}

/** How the outcomes compare with the calibrated probabilities of the same rows. */
export type ObservedExpected = {
  readonly observed: number;
  readonly expected: number;
  /** (O − E)/√(sum of the bands' `error`), with V of at least `minVariance`; `null` without outcomes. */
  readonly z: number | null;
  /** |O − E| as a share of the expected number of the rarer class; `null` if `z` is. */
  readonly effect: number | null;
};

/** Positive outcomes against their expected number, with the error of the calibration band by band. */
export function compareObserved(bands: readonly Band[]): ObservedExpected {
  const { outcomes, observed, expected, variance, error } = addUp(bands);
  if (outcomes === 0) return { observed, expected, z: null, effect: null };
  const { designEffect, minVariance } = outcomeRule;
  const z = (observed - expected) / Math.sqrt(error + designEffect * Math.max(0, minVariance - variance));
  return { observed, expected, z, effect: Math.abs(observed - expected) / rarer(expected, outcomes) };
}

/** Whether each band of the score has as many positive outcomes as the calibrated probabilities say. */
export type CalibrationTest = {
  /** Sum of the squared z of the bands that can be judged. */
  readonly chiSquare: number;
  /** The number of those bands. */
  readonly bands: number;
  /** What chance alone stays below; `null` if no band can be judged. */
  readonly ceiling: number | null;
  /** The sum of their |O − E| as a share of the expected number of the rarer class; `null` if `ceiling` is. */
  readonly effect: number | null;
};

/**
 * Observed against expected, band by band, as `compareObserved` does for all: this detects too many positives in one
 * band that are offset by too few in another.
 *
 * Source: D. W. Hosmer, S. Lemeshow, A Goodness-of-Fit Test for the Multiple Logistic Regression Model, Commun. Stat. 9
 * (1980); with fixed bands, and the error of the probabilities themselves.
 */
export function testCalibration(bands: readonly Band[]): CalibrationTest {
  const judged = bands.filter(({ variance }) => variance >= outcomeRule.minVariance);
  if (judged.length === 0) return { chiSquare: 0, bands: 0, ceiling: null, effect: null };
  const { outcomes, expected } = addUp(bands);
  const sum = (of: (band: Band) => number) => judged.reduce((all, band) => all + of(band), 0);
  return {
    chiSquare: sum(({ observed, expected, error }) => (observed - expected) ** 2 / error),
    bands: judged.length,
    ceiling: chiSquareQuantileWilsonHilferty(judged.length, outcomeRule.bandsZ),
    effect: sum(({ observed, expected }) => Math.abs(observed - expected)) / rarer(expected, outcomes),
  };
}

function addUp(bands: readonly Band[]): Band {
  const sum = (field: keyof Band) => total(Float64Array.from(bands, (band) => band[field]));
  return {
    outcomes: sum('outcomes'),
    observed: sum('observed'),
    expected: sum('expected'),
    variance: sum('variance'),
    error: sum('error'),
  };
}

/** The expected number of the rarer class: the absolute deviation is the same for both. */
function rarer(expected: number, outcomes: number): number {
  return Math.min(expected, outcomes - expected);
}
