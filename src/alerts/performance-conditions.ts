import type { Learnt } from '../model/learnt.ts';
import type { LivePerformance } from '../monitor/live-performance.ts';
import { outcomeRule } from '../monitor/performance-calibration.ts';
import { comparedWith } from '../monitor/performance-comparison.ts';
import { comparisonError } from '../monitor/performance-verdict.ts';
import { scoreMeanRule } from '../monitor/score-mean.ts';
import { driftRule } from '../stats/drift.ts';
import type { LiveAlertName } from './live-alert-timings.ts';
import type { AlertThresholds } from './thresholds.ts';

/** The value of an alert whose condition holds, and `null` of one whose does not. */
export type Condition = {
  readonly alert: LiveAlertName;
  /** What of the model it is about: a feature, a segment, a figure; `null` for the model itself. */
  readonly about: string | null;
  readonly value: number | null;
};

/** The windows that alerts on performance look at. The week is known while the process is younger. */
export type PerformanceWindows = { readonly '24h': LivePerformance; readonly '7d': LivePerformance | null };

type Window = keyof PerformanceWindows;

/** The conditions of the alerts on the performance of a model, as the rules of Prometheus have them. */
export function performanceConditions(
  windows: PerformanceWindows,
  learnt: Learnt,
  thresholds: AlertThresholds,
): Condition[] {
  const { minOutcomes, minPredictions, minScoreMeanChange, minScoreMeanPredictions } = thresholds;
  /** Of the first window in which the condition holds. */
  const either = (
    alert: LiveAlertName,
    about: string | null,
    value: (live: LivePerformance, window: Window) => number | null,
  ): Condition => {
    const [onDay, onWeek] = (['24h', '7d'] as const).map((window) => {
      const live = windows[window];
      return live === null ? null : value(live, window);
    });
    return { alert, about, value: onDay ?? onWeek };
  };
  const matters = (effect: number | null, window: Window) =>
    effect !== null && effect > thresholds.minEffect[window];
  const compared = comparedWith(learnt.evaluation, learnt.bins);
  const figures = (['accuracy', 'rocAuc'] as const).flatMap((figure) => {
    const expected = compared[figure];
    return expected === null ? [] : [{ figure, expected }];
  });

  return [
    either('ModelOutcomesUnexpected', null, ({ observedExpected, realised }, window) => {
      if (observedExpected === null || realised.samples < minOutcomes) return null;
      const { z, effect } = observedExpected;
      return z !== null && Math.abs(z) > outcomeRule.z && matters(effect, window) ? Math.abs(z) : null;
    }),
    either('ModelCalibrationBroken', null, ({ calibration, realised }, window) => {
      if (calibration === null || realised.samples < minOutcomes) return null;
      const { chiSquare, ceiling, effect } = calibration;
      return ceiling !== null && chiSquare > ceiling && matters(effect, window) ? chiSquare : null;
    }),
    ...figures.map(({ figure, expected }) =>
      either('ModelPerformanceBelowCrossValidated', figureNames[figure], ({ realised }, window) => {
        const { value } = realised[figure];
        if (value === null || realised.samples < minOutcomes) return null;
        const error = comparisonError(figure, value, expected, realised, learnt);
        const isBelow = value - expected.value < -outcomeRule.z * error;
        return isBelow && matters((1 - value) / (1 - expected.value) - 1, window) ? value : null;
      }),
    ),
    ...figures.map(({ figure, expected }) =>
      either('ModelPerformanceEstimatedFalling', figureNames[figure], ({ estimated }) => {
        if (estimated === null || estimated.samples < minPredictions) return null;
        const { value, standardError, calibrationError } = estimated[figure];
        if (value === null || standardError === null || calibrationError === null) return null;
        const error = Math.sqrt(
          driftRule.alertDesignEffect * standardError ** 2 +
            Math.max(calibrationError, expected.standardError) ** 2,
        );
        return value - expected.value < -outcomeRule.z * error ? value : null;
      }),
    ),
    either('ModelScoreMeanShifted', null, ({ scoreMean, estimated }) => {
      if (scoreMean === null || (estimated?.samples ?? 0) < minScoreMeanPredictions) return null;
      const { mean, training, z } = scoreMean;
      if (mean === null || z === null) return null;
      const hasShifted =
        Math.abs(z) > scoreMeanRule.ceilingZ && Math.abs(mean / training - 1) > minScoreMeanChange;
      return hasShifted ? mean : null;
    }),
  ];
}

const figureNames = { accuracy: 'accuracy', rocAuc: 'ROC AUC' } as const;
