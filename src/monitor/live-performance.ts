import type { Performance } from './performance.ts';
import {
  type BinnedFigures,
  type Coverages,
  compareObserved,
  estimatedFigures,
  measureCoverage,
  type ObservedExpected,
  type RealisedFigures,
  realisedFigures,
} from './performance-figures.ts';
import type { WindowName } from './windows.ts';

/** What is known of a model's performance, and what is to be expected of it. */
export type LivePerformance = {
  /** Of the outcomes that came and count. */
  readonly realised: RealisedFigures;
  /** Of all predictions, without their outcomes; it cannot see that the same features have come to mean another risk. */
  readonly estimated: BinnedFigures;
  /** How many outcomes are there to judge by, and whether `realised` speaks for all predictions. */
  readonly coverage: Coverages;
  readonly calibration: ObservedExpected;
};

/**
 * The performance of one model version on one replica, over a window or since the start.
 *
 * @param learntFrom the rows behind the calibration
 */
export function livePerformance(
  performance: Performance,
  learntFrom: number,
  window?: WindowName,
): LivePerformance {
  performance.settle();
  const { cells } = performance;
  const sums = window === undefined ? performance.sums : performance.window(window);
  return {
    realised: realisedFigures(cells, sums),
    estimated: estimatedFigures(cells, sums),
    coverage: measureCoverage(cells, sums),
    calibration: compareObserved(sums, learntFrom),
  };
}
