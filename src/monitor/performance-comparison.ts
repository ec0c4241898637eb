import type { Artifact } from '../model/artifact.ts';
import { binnedRocAuc } from '../stats/roc-auc.ts';

/** Score bins whose AUC can be further than this from that of the scores themselves are too coarse to compare it. */
export const maxRocAucError = 0.02;

type ScoreBins = Pick<Artifact['score']['bins'], 'counts' | 'positives'>;
type Estimate = Artifact['evaluation']['accuracy'];

/** What live figures are compared with. */
export type ComparedWith = {
  readonly accuracy: Estimate;
  /** `null` where the AUC is not compared: the bins are too coarse, or training had hardly any scores of one class. */
  readonly rocAuc: Estimate | null;
};

/** The AUC of the out-of-fold scores over the artifact's own bins, with its bound; `null` where one class is not among them. */
export function crossValidatedOverBins(bins: ScoreBins) {
  const negatives = bins.counts.map((count, i) => count - bins.positives[i]);
  return binnedRocAuc(bins.positives, negatives);
}

/**
 * The figures of training that live ones are compared with. Accuracy is the cross-validated one. The live AUC is one
 * over score bins, and so must be what it is compared with: bins lower the AUC, for rare positives by a lot where they
 * are of equal width, as in files of version 1.
 */
export function comparedWith(
  { accuracy, rocAuc }: Pick<Artifact['evaluation'], 'accuracy' | 'rocAuc'>,
  bins: ScoreBins,
): ComparedWith {
  const area = crossValidatedOverBins(bins);
  const isCompared = area !== null && area.maxError <= maxRocAucError;
  return {
    accuracy,
    rocAuc: isCompared ? { value: area.value, standardError: rocAuc.standardError } : null,
  };
}
