import type { Counted } from '../model/counted.ts';
import type { Explanation, ScoreShift } from '../predictors/explanation.ts';
import { missingBin } from '../stats/binning.ts';
import { variableCounts } from './live-drift.ts';
import type { Monitor, VariableLayout } from './monitor.ts';

/**
 * How far the features have moved the mean score of one window of one replica; `null` if it cannot be determined.
 *
 * @param counts of the whole window
 */
export function liveScoreShift(
  explanation: Explanation,
  monitor: Monitor,
  counts: Float64Array,
): ScoreShift | null {
  const features = monitor.variables.slice(0, -1);
  return explanation.attributeScoreShift(features.map((variable) => countedVariable(variable, counts)));
}

/** One variable's counts and mean, cut out of the monitor's array. */
export function countedVariable(variable: VariableLayout, all: Float64Array): Counted {
  const counts = variableCounts(variable, all);
  const missing = missingBin(variable.bins);
  const present = counts.reduce((sum, count, i) => (i < missing ? sum + count : sum), 0);
  const far = [all[variable.farBelow], all[variable.farAbove]] as const;
  const summed = present - far[0] - far[1];
  return { counts, mean: summed > 0 ? all[variable.sum] / summed : null, far };
}
