import type { Performance } from './performance.ts';
import {
  type CalibrationTest,
  compareBands,
  compareObserved,
  type ObservedExpected,
  testCalibration,
} from './performance-calibration.ts';
import type { ScoreBins } from './performance-comparison.ts';
import { type Coverages, measureCoverage } from './performance-coverage.ts';
import {
  type EstimatedFigures,
  estimatedFigures,
  type RealisedFigures,
  realisedFigures,
  withoutUnidentified,
} from './performance-figures.ts';
import { compareScoreMean, type ScoreMean } from './score-mean.ts';
import type { WindowName } from './windows.ts';

/** What is known about a model's performance, and what is expected of it. */
export type LivePerformance = {
  /** From the outcomes that arrived and count, without the figures that they cannot determine. */
  readonly realised: RealisedFigures;
  /**
   * For all predictions, without their outcomes. It cannot detect that the same features now mean a different risk.
   * `null` without a calibration.
   */
  readonly estimated: EstimatedFigures | null;
  /** How many outcomes there are to judge by, and whether `realised` represents all predictions. */
  readonly coverage: Coverages;
  /** `null` without a calibration. */
  readonly observedExpected: ObservedExpected | null;
  readonly calibration: CalibrationTest | null;
  /** For all predictions; `null` if live rows are not compared with training's share of positives. */
  readonly scoreMean: ScoreMean | null;
};

/**
 * The performance of one model version on one replica, over a window or since the start.
 *
 * @param scoreBins the rows behind the calibration; `undefined` if there is none
 */
export function livePerformance(
  performance: Performance,
  scoreBins: ScoreBins | undefined,
  window?: WindowName,
): LivePerformance {
  performance.settle();
  const { cells } = performance;
  const { training } = performance.reference;
  const sums = window === undefined ? performance.sums : performance.window(window);
  const coverage = measureCoverage(cells, sums);
  const realised = realisedFigures(cells, sums);
  const bands = scoreBins === undefined ? null : compareBands(cells, sums, scoreBins.counts);
  return {
    realised: coverage.isIdentified ? realised : withoutUnidentified(realised),
    estimated: scoreBins === undefined ? null : estimatedFigures(cells, sums, scoreBins),
    coverage,
    observedExpected: bands && compareObserved(bands),
    calibration: bands && testCalibration(bands),
    scoreMean: training === undefined ? null : compareScoreMean(cells, sums, training),
  };
}
