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

const maxDoubts = 3;

/**
 * The same in words.
 *
 * @param expected with what puts it in doubt, where that is known
 * @param positive the class that the scores are probabilities of
 */
export function describeExpectedShare(
  { mean, training, ifOnlySharesChanged, doubts = [] }: ScoreMean & { readonly doubts?: readonly string[] },
  positive: string,
): string {
  const more = doubts.length > maxDoubts ? `; and ${doubts.length - maxDoubts} more` : '';
  const doubt =
    doubts.length === 0 ? '' : ` Not to be trusted: ${doubts.slice(0, maxDoubts).join('; ')}${more}.`;
  return `${describeShares({ mean, training, ifOnlySharesChanged }, positive)}${doubt}`;
}

function describeShares(
  { mean, training, ifOnlySharesChanged }: Pick<ScoreMean, 'mean' | 'training' | 'ifOnlySharesChanged'>,
  positive: string,
): string {
  const predicted = `The calibrated scores predict ${formatShare(mean ?? 0)} ‘${positive}’, against ${formatShare(training)} in the reference.`;
  if (ifOnlySharesChanged === null) return predicted;
  return `${predicted} If only the share of ‘${positive}’ has changed, it is now ${formatShare(ifOnlySharesChanged)}.`;
}
