/** A confusion matrix: counts of predictions against outcomes, or expected counts where outcomes are not known yet. */
export type Confusion = {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
};

/**
 * Counts predictions against outcomes. O(n).
 *
 * @param predictions 1 for positive, 0 for negative
 * @param outcomes parallel to `predictions`; 1 for positive, 0 for negative
 * @throws RangeError if the lengths differ
 */
export function confusion(predictions: ArrayLike<number>, outcomes: ArrayLike<number>): Confusion {
  if (predictions.length !== outcomes.length) {
    throw new RangeError(`${predictions.length} predictions and ${outcomes.length} outcomes`);
  }
  let truePositives = 0;
  let predictedPositives = 0;
  let positives = 0;
  for (let i = 0; i < predictions.length; i++) {
    predictedPositives += predictions[i];
    positives += outcomes[i];
    truePositives += predictions[i] * outcomes[i];
  }
  return {
    truePositives,
    falsePositives: predictedPositives - truePositives,
    trueNegatives: predictions.length - predictedPositives - positives + truePositives,
    falseNegatives: positives - truePositives,
  };
}

/** The share of correct predictions; `null` when there are none. */
export function accuracy(counts: Confusion): number | null {
  const right = counts.truePositives + counts.trueNegatives;
  return ratio(right, right + counts.falsePositives + counts.falseNegatives);
}

/** The share of positive predictions that are correct; `null` when there are none. */
export function precision(counts: Confusion): number | null {
  return ratio(counts.truePositives, counts.truePositives + counts.falsePositives);
}

/** The share of positive outcomes that were predicted; `null` when there are none. */
export function recall(counts: Confusion): number | null {
  return ratio(counts.truePositives, counts.truePositives + counts.falseNegatives);
}

/** The share of negative outcomes that were predicted positive; `null` when there are none. */
export function falsePositiveRate(counts: Confusion): number | null {
  return ratio(counts.falsePositives, counts.falsePositives + counts.trueNegatives);
}

/**
 * The harmonic mean of precision and recall, 2·TP/(2·TP + FP + FN); `null` when there are neither positive outcomes nor
 * positive predictions.
 *
 * Source: C. J. van Rijsbergen, Information Retrieval, 2nd ed., 1979, chapter 7.
 */
export function f1(counts: Confusion): number | null {
  const twice = 2 * counts.truePositives;
  return ratio(twice, twice + counts.falsePositives + counts.falseNegatives);
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
