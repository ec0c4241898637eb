/**
 * The Brier score: the mean squared difference between probability and outcome. 0 is perfect, lower is better. O(n).
 *
 * @param probabilities of the positive class
 * @param outcomes parallel to `probabilities`; 1 for positive, 0 for negative
 * @returns 0..1; `null` when there are none
 * @throws RangeError if the lengths differ
 *
 * Source: G. W. Brier, Mon. Weather Rev. 78 (1950), in the form for two classes.
 */
export function brierScore(probabilities: ArrayLike<number>, outcomes: ArrayLike<number>): number | null {
  requireSameLength(probabilities, outcomes);
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) sum += (probabilities[i] - outcomes[i]) ** 2;
  return probabilities.length > 0 ? sum / probabilities.length : null;
}

/**
 * The logarithmic loss of one prediction, in nats: −ln of the probability assigned to what happened. The probability is
 * kept 2^-52 away from 0 and 1, so that a prediction that is certain and wrong costs 36 rather than ∞.
 *
 * @param probability of the positive class
 */
export function logLossOfOne(probability: number, isPositive: boolean): number {
  const kept = Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probability));
  return -Math.log(isPositive ? kept : 1 - kept);
}

/**
 * The mean of `logLossOfOne`. Lower is better. O(n).
 *
 * @param probabilities of the positive class
 * @param outcomes parallel to `probabilities`; 1 for positive, 0 for negative
 * @returns `null` when there are none
 * @throws RangeError if the lengths differ
 *
 * Source: I. J. Good, Rational Decisions, J. R. Stat. Soc. B 14 (1952).
 */
export function logLoss(probabilities: ArrayLike<number>, outcomes: ArrayLike<number>): number | null {
  requireSameLength(probabilities, outcomes);
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) {
    sum += logLossOfOne(probabilities[i], outcomes[i] === 1);
  }
  return probabilities.length > 0 ? sum / probabilities.length : null;
}

/**
 * The expected calibration error: the mean distance between mean probability and share of positives within a bin of
 * the score, weighted by the bins' counts. Smaller is better; it depends on the bins, and noise alone gives more with
 * more bins. O(bins).
 *
 * @param counts predictions per score bin
 * @param expected the sum of the predicted probabilities per bin
 * @param positives positive outcomes per bin
 * @returns 0..1; `null` when all counts are 0
 * @throws RangeError if the numbers of bins differ
 *
 * Source: M. P. Naeini, G. F. Cooper, M. Hauskrecht, Obtaining Well Calibrated Probabilities Using Bayesian Binning,
 * AAAI 2015.
 */
export function expectedCalibrationError(
  counts: ArrayLike<number>,
  expected: ArrayLike<number>,
  positives: ArrayLike<number>,
): number | null {
  requireSameLength(counts, expected);
  requireSameLength(counts, positives);
  let total = 0;
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    total += counts[i];
    sum += Math.abs(expected[i] - positives[i]);
  }
  return total > 0 ? sum / total : null;
}

function requireSameLength(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length !== b.length) throw new RangeError(`the lengths differ: ${a.length} and ${b.length}`);
}
