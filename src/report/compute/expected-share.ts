import type { Artifact } from '../../model/artifact.ts';
import { createPerformance } from '../../monitor/performance.ts';
import { performanceReferenceOf } from '../../monitor/performance-reference.ts';
import { compareScoreMean, type ScoreMean } from '../../monitor/score-mean.ts';
import { formatShare } from '../../text/format.ts';

/** A share of fewer scores than this would be chance. */
const minScores = 100;

/**
 * The share of positives that the scores of rows predict, as the service counts it.
 *
 * @returns `null` for fewer than 100 scores, and for a model whose reference is no longer its training rows
 */
export function measureExpectedShare(
  artifact: Artifact,
  scores: Iterable<number> & { readonly length: number },
): ScoreMean | null {
  const counted = createPerformance(performanceReferenceOf(artifact));
  const { training } = counted.reference;
  if (training === undefined || scores.length < minScores) return null;
  for (const score of scores) counted.addPrediction(score);
  return compareScoreMean(counted.cells, counted.sums, training);
}

/** The same in words. @param positive the class that the scores are probabilities of */
export function describeExpectedShare(
  { mean, training, ifOnlySharesChanged }: ScoreMean,
  positive: string,
): string {
  const predicted = `The calibrated scores predict ${formatShare(mean ?? 0)} ‘${positive}’, against ${formatShare(training)} in the reference.`;
  if (ifOnlySharesChanged === null) return predicted;
  return `${predicted} If only the share of ‘${positive}’ has changed, it is now ${formatShare(ifOnlySharesChanged)}.`;
}
