import type { Evaluation } from '../model/artifact.ts';
import type { Learnt } from '../model/learnt.ts';
import { binnedRocAuc } from '../stats/roc-auc.ts';

/**
 * If the AUC over the score bins can differ by more than this from that of the scores themselves, the bins are too
 * coarse to compare it.
 */
const maxRocAucError = 0.02;

/** The scores of rows that the model was not fitted on, by score bin. */
export type ScoreBins = Pick<Learnt['bins'], 'counts' | 'positives' | 'expected'>;
type Estimate = Evaluation['accuracy'];

/** What live figures are compared with. */
export type ComparedWith = {
  readonly accuracy: Estimate;
  /**
   * `null` if the AUC is not compared because the bins are too coarse, or training had hardly any scores of one class.
   */
  readonly rocAuc: Estimate | null;
};

/** The AUC of the scores in the artifact's own bins, with its bound; `null` if one class is missing. */
export function heldOutRocAuc({ counts, positives }: Pick<ScoreBins, 'counts' | 'positives'>) {
  return areaOver(counts, positives);
}

/**
 * The factor by which an estimated AUC is shrunk towards ½. The calibration is an isotonic regression: it sorts the
 * outcomes of the very rows that it is learnt from, so its probabilities seem to order them better than they really do.
 * On these rows the AUC of the probabilities is too far above ½ by a known factor, and live estimates by nearly the
 * same one. After shrinking, the estimate for these rows equals the AUC of their outcomes. Fitting the calibration on
 * different folds than it is applied to does not remove this bias.
 *
 * @returns (AUC of the outcomes − ½)/(AUC of the probabilities − ½), at least 0; 1 if there is nothing to learn it from
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
 * What live figures are compared with. Accuracy is that of the model file's evaluation. The live AUC is computed over
 * score bins, so the AUC it is compared with must be, too: bins lower the AUC, and for rare positives by a lot if they
 * have equal widths, as in files of version 1.
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
