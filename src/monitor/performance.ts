import { classOfScore } from '../model/output-classes.ts';
import { numericBinIndex } from '../stats/binning.ts';
import { type CalibrationCurve, interpolateCurve } from '../stats/isotonic-regression.ts';
import { logLossOfOne } from '../stats/probability-scores.ts';
import { requireFinite } from '../stats/require-finite.ts';
import { createDelayLine, type DelayLine } from './delay-line.ts';
import { compareBands } from './performance-calibration.ts';
import { sumByScoreBand } from './score-bands.ts';
import type { TrainingShare } from './score-mean.ts';
import { createSlowOutcomesWatch, type LiveSlowOutcomes } from './slow-outcomes-watch.ts';
import { createWindows, type WindowName } from './windows.ts';

/** What performance is counted against. Nothing in it says where the scores come from. */
export type PerformanceReference = {
  readonly model: string;
  readonly version: string;
  /** The classes, negative first. */
  readonly classes: readonly [negative: string, positive: string];
  /** The positive class is predicted from this score on. */
  readonly threshold: number;
  /** Inner edges of the score bins, ascending; each bin holds its upper edge. */
  readonly scoreEdges: readonly number[];
  /** Maps a score to the probability of the positive class; without it, scores imply no expectation. */
  readonly calibration?: CalibrationCurve;
  /** About the rows that it was learnt from; absent if live rows are no longer compared with these. */
  readonly training?: TrainingShare;
  /** Rows that the calibration was learnt from, by score bin; without them, `slowOutcomes` makes no bets. */
  readonly referenceRows?: readonly number[];
};

/**
 * What is summed for each cell. All figures follow from these sums, and the sums of replicas can be added.
 *
 * Of predictions: `predictions`; `expectedPositives`, the sum of their calibrated probabilities p, and
 * `expectedNegatives`, that of 1 − p; `matured`, those old enough for their outcome to count. Of outcomes that count:
 * `positives` and `negatives`; `scores`; `expected` and `variance`, the sums of the calibrated p and of p·(1 − p);
 * `squaredErrors` and `logLosses` of the scores. Without a calibration, the sums of p are 0.
 */
export const performanceFields = [
  'predictions',
  'expectedPositives',
  // not a difference: rounding could make that decrease, and a counter that decreases counts as restarted
  'expectedNegatives',
  'matured',
  'positives',
  'negatives',
  'scores',
  'expected',
  'variance',
  'squaredErrors',
  'logLosses',
] as const;

export type PerformanceField = (typeof performanceFields)[number];

/** One sum per cell, for each field. */
export type PerformanceSums = Readonly<Record<PerformanceField, Float64Array>>;

/**
 * A score bin and a decision. Since the threshold decides, only the bin that it cuts has both decisions: there is one
 * more cell than bins.
 */
export type Cell = { readonly bin: number; readonly isPositive: boolean };

/** Predictions and their outcomes, counted for one model version. */
export type Performance = {
  readonly reference: PerformanceReference;
  /** In ascending order of the score; the sums are parallel to them. */
  readonly cells: readonly Cell[];
  /** Sums since the start. Read-only for callers. */
  readonly sums: PerformanceSums;
  /**
   * Counts a prediction. Allocates nothing.
   *
   * @param timeMs when it was made, in ms since 1970; now if not given
   * @throws RangeError for a score that is not a finite number
   */
  addPrediction(score: number, timeMs?: number): void;
  /**
   * Counts the outcome of a prediction that is old enough.
   *
   * @param outcome 1 for positive, 0 for negative: its index in `classes`
   * @throws RangeError as `addPrediction` does
   */
  addOutcome(score: number, outcome: number): void;
  /** Updates `matured`; call it before reading `sums`. */
  settle(): void;
  /** Sums over the last 10 minutes, hour or day, or since the start if that is shorter. */
  window(name: WindowName): PerformanceSums;
  /**
   * Slow deviations of outcomes, from the whole days since the start; `null` without the reference's `referenceRows`.
   */
  slowOutcomes(): LiveSlowOutcomes | null;
  /** Predictions that are not old enough yet; they can be handed over to a later process. */
  readonly immature: Pick<DelayLine, 'slots' | 'restore'>;
};

/**
 * Makes the counts of how well one model version does. Memory is constant: it depends on the number of bins.
 *
 * @param maturityMs age from which a prediction counts as matured
 * @param now milliseconds of a clock that never goes back
 * @param maturesFromMs nothing counts as matured before; ms since 1970
 */
export function createPerformance(
  reference: PerformanceReference,
  maturityMs = 0,
  now: () => number = () => performance.now(),
  maturesFromMs = 0,
): Performance {
  const { scoreEdges, threshold, calibration, referenceRows } = reference;
  const cut = numericBinIndex(scoreEdges, threshold);
  const cells = Array.from({ length: scoreEdges.length + 2 }, (_, i) => ({
    bin: i > cut ? i - 1 : i,
    isPositive: i > cut,
  }));
  const totals = new Float64Array(performanceFields.length * cells.length);
  const slowOutcomes =
    referenceRows === undefined
      ? null
      : createSlowOutcomesWatch(
          totals,
          sumByScoreBand(referenceRows),
          (grown) => compareBands(cells, cutIntoFields(grown, cells.length), referenceRows),
          now(),
        );
  const windows = createWindows(totals, now, slowOutcomes === null ? [] : [slowOutcomes]);
  const sums = cutIntoFields(totals, cells.length);
  const immature = createDelayLine(sums.matured, maturityMs, { fromMs: maturesFromMs });
  const settle = () => {
    windows.advance();
    immature.release();
  };
  const cellOf = (score: number) => numericBinIndex(scoreEdges, score) + classOfScore(score, threshold);

  return {
    reference,
    cells,
    sums,
    immature,
    addPrediction(score, timeMs) {
      requireFinite(score, 'the score');
      windows.advance();
      const cell = cellOf(score);
      sums.predictions[cell]++;
      if (calibration !== undefined) {
        const probability = interpolateCurve(calibration, score);
        sums.expectedPositives[cell] += probability;
        sums.expectedNegatives[cell] += 1 - probability;
      }
      immature.add(cell, timeMs);
    },
    addOutcome(score, outcome) {
      requireFinite(score, 'the score');
      windows.advance();
      const cell = cellOf(score);
      const isPositive = outcome === 1;
      sums[isPositive ? 'positives' : 'negatives'][cell]++;
      sums.scores[cell] += score;
      if (calibration !== undefined) {
        const probability = interpolateCurve(calibration, score);
        sums.expected[cell] += probability;
        sums.variance[cell] += probability * (1 - probability);
      }
      sums.squaredErrors[cell] += (score - outcome) ** 2;
      sums.logLosses[cell] += logLossOfOne(score, isPositive);
    },
    settle,
    window(name) {
      settle();
      return cutIntoFields(windows.since(name), cells.length);
    },
    slowOutcomes() {
      windows.advance();
      return slowOutcomes?.read() ?? null;
    },
  };
}

function cutIntoFields(totals: Float64Array, cells: number): PerformanceSums {
  const fields = performanceFields.map((field, i) => [field, totals.subarray(i * cells, (i + 1) * cells)]);
  return Object.fromEntries(fields);
}
