import { accuracy, type Confusion, f1, precision, recall } from '../../src/stats/confusion.ts';
import { rocAuc } from '../../src/stats/roc-auc.ts';

/** The performance to expect where no outcome is known yet; `null` for what the predictions leave undefined. */
export type EstimatedPerformance = {
  readonly confusion: Confusion;
  readonly accuracy: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly rocAuc: number | null;
};

/**
 * Confidence-based performance estimation (CBPE): if the probabilities are calibrated, a row predicted positive is a
 * true positive with probability p and a false one with 1 − p. Summed up, that is an expected confusion matrix, and
 * the figures follow from it without any outcome. The expected AUC is over all pairs, an item with itself included.
 *
 * It holds only while the same features mean the same risk: concept drift is invisible to it. O(n log n).
 *
 * @param probabilities calibrated, of the positive class
 * @param predictions parallel to `probabilities`; 1 for positive, 0 for negative
 * @param scores what the AUC ranks by, parallel to `probabilities`: the model's own scores, which a calibration curve
 *   with steps would tie
 * @throws RangeError if the lengths differ
 *
 * Source: J. Białek et al., Estimating Model Performance Under Covariate Shift Without Labels, 2024
 * (arXiv:2401.08348); nannyml.
 */
export function estimatePerformance(
  probabilities: ArrayLike<number>,
  predictions: ArrayLike<number>,
  scores: ArrayLike<number> = probabilities,
): EstimatedPerformance {
  if (predictions.length !== probabilities.length) {
    throw new RangeError(`${probabilities.length} probabilities and ${predictions.length} predictions`);
  }
  const expected = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i];
    if (predictions[i] === 1) {
      expected.truePositives += p;
      expected.falsePositives += 1 - p;
    } else {
      expected.falseNegatives += p;
      expected.trueNegatives += 1 - p;
    }
  }
  return {
    confusion: expected,
    accuracy: accuracy(expected),
    precision: precision(expected),
    recall: recall(expected),
    f1: f1(expected),
    rocAuc: rocAuc(scores, probabilities),
  };
}
