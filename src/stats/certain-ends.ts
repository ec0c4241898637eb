import type { CalibrationCurve } from './isotonic-regression.ts';

/** How many rows lie on the plateaus of a curve at exactly 0 and exactly 1. */
export type CertainRows = { readonly atZero: number; readonly atOne: number };

/**
 * Removes the certainty from the ends of a calibration curve. Isotonic regression ends in plateaus at exactly 0 and 1
 * where the lowest rows were all negative or the highest all positive. No number of rows proves that, and a probability
 * of 0 has no variance, so an outcome that contradicts it would have no weight. A plateau of n rows becomes ½/(n + 1),
 * or (n + ½)/(n + 1) at the upper end: the mean of the posterior under Jeffreys' prior. It goes no further than its
 * neighbour, so the curve never decreases. All other probabilities stay as they are.
 *
 * @param rows that lie on the plateaus
 *
 * Source: H. Jeffreys, Theory of Probability, 3rd ed., 1961; L. D. Brown et al., Interval Estimation for a Binomial
 * Proportion, Stat. Sci. 16 (2001).
 */
export function softenCertainEnds(curve: CalibrationCurve, { atZero, atOne }: CertainRows): CalibrationCurve {
  const inner = curve.probabilities.filter((probability) => probability > 0 && probability < 1);
  const least = Math.min(0.5 / (atZero + 1), inner[0] ?? 1);
  const greatest = Math.max((atOne + 0.5) / (atOne + 1), inner.at(-1) ?? 0);
  return {
    scores: curve.scores,
    probabilities: curve.probabilities.map((probability) =>
      probability === 0 ? least : probability === 1 ? greatest : probability,
    ),
  };
}

/** The scores at which a curve stops being 0 and begins to be 1; −∞ or +∞ if it never is. */
export function certainEnds({ scores, probabilities }: CalibrationCurve): {
  zeroTo: number;
  oneFrom: number;
} {
  const last = probabilities.lastIndexOf(0);
  const first = probabilities.indexOf(1);
  return {
    zeroTo: last < 0 ? Number.NEGATIVE_INFINITY : scores[last],
    oneFrom: first < 0 ? Number.POSITIVE_INFINITY : scores[first],
  };
}
