import type { Evaluation } from '../model/artifact.ts';
import type { Learnt } from '../model/learnt.ts';
import { binnedRocAuc } from '../stats/roc-auc.ts';

/** Score bins whose AUC can be further than this from that of the scores themselves are too coarse to compare it. */
const maxRocAucError = 0.02;

/** The scores of rows that the model was not fitted on, by score bin. */
export type ScoreBins = Pick<Learnt['bins'], 'counts' | 'positives' | 'expected'>;
type Estimate = Evaluation['accuracy'];

/** What live figures are compared with. */
export type ComparedWith = {
  readonly accuracy: Estimate;
  /** `null` where the AUC is not compared: the bins are too coarse, or training had hardly any scores of one class. */
  readonly rocAuc: Estimate | null;
};

/** The AUC of the scores in the artifact's own bins, with its bound; `null` where one class is not among them. */
export function heldOutRocAuc({ counts, positives }: Pick<ScoreBins, 'counts' | 'positives'>) {
  return areaOver(counts, positives);
}

/**
 * What an estimated AUC is shrunk by towards ½. The calibration is an isotonic regression: it sorts the outcomes of the
 * very rows that it is learnt from, so that they look better ordered by their probabilities than they are. On these rows
 * the AUC of the probabilities is too far above ½ by a known factor, and live estimates by nearly the same one. Shrunk by
 * it, the estimate of these rows themselves is the AUC of their outcomes. Fitting the calibration on other folds
 * than it is read on does not remove this.
 *
 * @returns (AUC of the outcomes − ½)/(AUC of the probabilities − ½), at least 0; 1 where there is nothing to learn it from
 */
export function rocAucShrinkage({ counts, positives, expected }: ScoreBins): number {
  const ofOutcomes = areaOver(counts, positives)?.value ?? 0.5;
  const ofProbabilities = areaOver(counts, expected)?.value ?? 0.5;
  return ofProbabilities > 0.5 ? Math.max(0, (ofOutcomes - 0.5) / (ofProbabilities - 0.5)) : 1;
}

function areaOver(counts: readonly number[], positives: readonly number[]) {
  // a sum of probabilities may exceed its count by rounding
  const negatives = counts.map((count, i) => Math.max(0, count - positives[i]));
  return binnedRocAuc(positives, negatives);
}

/**
 * What live figures are compared with. Accuracy is that of the model file's evaluation. The live AUC is one
 * over score bins, and so must be what it is compared with: bins lower the AUC, for rare positives by a lot where they
 * are of equal width, as in files of version 1.
 */
export function comparedWith(
  { accuracy, rocAuc }: Pick<Evaluation, 'accuracy' | 'rocAuc'>,
  bins: Pick<ScoreBins, 'counts' | 'positives'>,
): ComparedWith {
  const area = heldOutRocAuc(bins);
  const isCompared = area !== null && area.maxError <= maxRocAucError;
  return {
    accuracy,
    rocAuc: isCompared ? { value: area.value, standardError: rocAuc.standardError } : null,
  };
}
