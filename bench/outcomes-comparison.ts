import { outcomeRule } from '../src/monitor/performance-calibration.ts';
import type { ComparedWith } from '../src/monitor/performance-comparison.ts';
import type { RealisedFigures } from '../src/monitor/performance-figures.ts';
import { rocAucStandardError, shareStandardError } from '../src/stats/standard-errors.ts';

/** How many rows were of either class. */
type Outcomes = { readonly positives: number; readonly negatives: number };

const errorOf = {
  accuracy: (share: number, { positives, negatives }: Outcomes) =>
    shareStandardError(share, positives + negatives),
  rocAuc: (area: number, { positives, negatives }: Outcomes) =>
    rocAucStandardError(area, positives, negatives),
};

/**
 * How far a realised figure can be from the cross-validated one when nothing has changed, as the recording rule
 * `model:performance:comparison_error` has it: the error of each side is computed at its own figure and at the other's,
 * and the larger one counts. `null` if one of the two is not known.
 */
export function comparisonError(
  metric: keyof ComparedWith,
  figures: Pick<RealisedFigures, keyof ComparedWith | 'confusion'>,
  evaluation: ComparedWith,
  training: Outcomes,
): number | null {
  const { value, standardError } = figures[metric];
  const known = evaluation[metric];
  if (value === null || standardError === null || known === null) return null;
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = figures.confusion;
  const live = { positives: truePositives + falseNegatives, negatives: trueNegatives + falsePositives };
  const ofLive = Math.max(standardError, errorOf[metric](known.value, live));
  const ofTraining = Math.max(known.standardError, errorOf[metric](value, training));
  return Math.sqrt(outcomeRule.designEffect * ofLive ** 2 + ofTraining ** 2);
}
