import type { Confusion } from './confusion.ts';

/** An expected confusion matrix, and the sums of the squared probabilities over the rows of each decision. */
export type ExpectedConfusion = {
  readonly confusion: Confusion;
  /** Σ p² over the rows predicted positive. */
  readonly squaresOfPositives: number;
  /** Σ p² over the rows predicted negative. */
  readonly squaresOfNegatives: number;
};

/**
 * The standard errors of figures that are estimated from calibrated probabilities (CBPE), as far as they come from
 * which rows happened to arrive. Outcomes are not random here, so these errors are smaller than those of realised
 * figures. A figure is a ratio of means over the rows; its variance is the sum of the squares of each row's
 * contribution (the delta method). `null` where the figure itself is not defined.
 *
 * Source: F. R. Hampel, The Influence Curve and its Role in Robust Estimation, J. Am. Stat. Assoc. 69 (1974).
 */
export function estimateErrors({ confusion, squaresOfPositives, squaresOfNegatives }: ExpectedConfusion) {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = confusion;
  const predictedPositives = truePositives + falsePositives;
  const positives = truePositives + falseNegatives;
  const samples = predictedPositives + trueNegatives + falseNegatives;
  const accuracy = (truePositives + trueNegatives) / samples;
  const precision = truePositives / predictedPositives;
  const recall = truePositives / positives;
  const f1 = (2 * truePositives) / (predictedPositives + positives);
  return {
    // a row adds p if it is predicted positive, and 1 − p otherwise
    accuracy: ratioError(
      squaresOfPositives + squaresOfNegatives + trueNegatives - falseNegatives - samples * accuracy ** 2,
      samples,
    ),
    precision: ratioError(squaresOfPositives - predictedPositives * precision ** 2, predictedPositives),
    recall: ratioError(squaresOfPositives * (1 - recall) ** 2 + squaresOfNegatives * recall ** 2, positives),
    f1: ratioError(
      (2 - f1) ** 2 * squaresOfPositives -
        2 * f1 * (2 - f1) * truePositives +
        f1 ** 2 * (predictedPositives + squaresOfNegatives),
      predictedPositives + positives,
    ),
  };
}

/** The root of a sum of squares, divided by the denominator of the ratio; rounding may leave the sum below 0. */
function ratioError(squares: number, denominator: number): number | null {
  return denominator > 0 ? Math.sqrt(Math.max(0, squares)) / denominator : null;
}

/**
 * The standard error of an AUC that is estimated from calibrated probabilities, over score bins, in the sense of
 * `estimateErrors`.
 *
 * @param positives expected positives of each score bin, in ascending order of the score
 * @param negatives expected negatives of the same bins
 * @returns `null` when none of one class are expected, or so few (below about 1e-150) that the error exceeds any number
 */
export function estimatedRocAucError(
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
): number | null {
  const pairs = pairsOfBins(positives, negatives);
  if (pairs === null) return null;
  return finiteRoot(
    pairs.reduce((sum, { rows, share, ofPositive, ofNegative }) => {
      return sum + rows * (share * ofPositive + (1 - share) * ofNegative) ** 2;
    }, 0),
  );
}

/**
 * The standard error that an estimated accuracy has because the probabilities were learnt from a limited number of
 * rows. All live rows share it, however many they are: √Σ (n/N)²·p(1 − p)/m over the score bins. Where the calibration
 * had no rows, m counts as 1.
 *
 * @param positives expected positives of each score bin
 * @param negatives expected negatives of the same bins
 * @param referenceRows m, the rows behind the calibration in the same bins
 */
export function calibrationErrorOfAccuracy(
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
  referenceRows: ArrayLike<number>,
): number | null {
  let samples = 0;
  let squares = 0;
  for (let i = 0; i < positives.length; i++) {
    samples += positives[i] + negatives[i];
    squares += (positives[i] * negatives[i]) / Math.max(1, referenceRows[i]);
  }
  return samples > 0 ? Math.sqrt(squares) / samples : null;
}

/** Like `calibrationErrorOfAccuracy`, for the AUC over the score bins. `null` if a class has no expected rows. */
export function calibrationErrorOfRocAuc(
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
  referenceRows: ArrayLike<number>,
): number | null {
  const pairs = pairsOfBins(positives, negatives);
  if (pairs === null) return null;
  return finiteRoot(
    pairs.reduce((sum, { ofPositive, ofNegative }, i) => {
      const variance = (positives[i] * negatives[i]) / Math.max(1, referenceRows[i]);
      return sum + variance * (ofPositive - ofNegative) ** 2;
    }, 0),
  );
}

/** The standard error of a variance; `null` where a division by hardly any expected rows has overflowed. */
function finiteRoot(variance: number): number | null {
  return Number.isFinite(variance) ? Math.sqrt(variance) : null;
}

/** What one more positive, or negative, in each bin adds to the AUC, with the bin's rows and share of positives. */
function pairsOfBins(positives: ArrayLike<number>, negatives: ArrayLike<number>) {
  const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
  const allPositives = sum(positives);
  const allNegatives = sum(negatives);
  if (!(allPositives > 0 && allNegatives > 0)) return null;
  let positivesBelow = 0;
  let negativesBelow = 0;
  const bins = Array.from(positives, (positive, i) => {
    const negative = negatives[i];
    const wonByPositive = negativesBelow + negative / 2;
    const wonByNegative = allPositives - positivesBelow - positive / 2;
    positivesBelow += positive;
    negativesBelow += negative;
    const rows = positive + negative;
    return { rows, share: rows > 0 ? positive / rows : 0, wonByPositive, wonByNegative };
  });
  const area =
    bins.reduce((all, { wonByPositive }, i) => all + positives[i] * wonByPositive, 0) /
    (allPositives * allNegatives);
  return bins.map(({ rows, share, wonByPositive, wonByNegative }) => ({
    rows,
    share,
    ofPositive: (wonByPositive / allNegatives - area) / allPositives,
    ofNegative: (wonByNegative / allPositives - area) / allNegatives,
  }));
}
