import type { Confusion } from './confusion.ts';

/**
 * The standard error of a share: √(p·(1 − p)/n).
 *
 * @param share 0..1
 * @param samples the number of observations that it is a share of, above 0
 */
export function shareStandardError(share: number, samples: number): number {
  return Math.sqrt((share * (1 - share)) / samples);
}

/**
 * The standard error of F1, by the delta method: F1 = 2·J/(1 + J), where J = TP/(TP + FP + FN) is a share; `null` when
 * there are neither positive outcomes nor positive predictions.
 */
export function f1StandardError(counts: Confusion): number | null {
  const samples = counts.truePositives + counts.falsePositives + counts.falseNegatives;
  if (!(samples > 0)) return null;
  const share = counts.truePositives / samples;
  return (2 / (1 + share) ** 2) * shareStandardError(share, samples);
}

/**
 * The standard error of an area under the ROC curve, for scores of exponential distributions; it is close for most
 * others.
 *
 * @param area 0..1
 * @param positives,negatives counts above 0
 *
 * Source: J. A. Hanley, B. J. McNeil, The Meaning and Use of the Area under a ROC Curve, Radiology 143 (1982).
 */
export function rocAucStandardError(area: number, positives: number, negatives: number): number {
  const twoPositives = area / (2 - area);
  const twoNegatives = (2 * area ** 2) / (1 + area);
  const variance =
    area * (1 - area) +
    (positives - 1) * (twoPositives - area ** 2) +
    (negatives - 1) * (twoNegatives - area ** 2);
  return Math.sqrt(Math.max(0, variance) / (positives * negatives));
}
