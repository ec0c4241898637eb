import { sumCounts } from './smoothing.ts';

/** Enough for six digits, even where the probabilities hardly separate the classes. */
const maxSteps = 2000;
const tolerance = 1e-9;
/** A share with a larger standard error than this is not reported: such rows hardly separate the classes. */
const maxStandardError = 0.1;

/**
 * The share of the positive class that best explains a window's calibrated probabilities, if nothing but the shares of
 * the classes has changed since the probabilities were learnt: positive cases look as they did then, and so do negative
 * ones. The mean probability moves much less than the share, as each probability still assumes the old one. Computed by
 * expectation–maximisation: each step adjusts the probabilities to the share from the previous step. O(steps × bins).
 *
 * @param probabilities calibrated, of the positive class; means over bins, or one per row
 * @param counts the number of rows behind each probability
 * @param prior the share in the rows they were learnt from, strictly between 0 and 1
 * @returns 0..1; `null` without rows, and if its standard error (from the Fisher information, with independent rows) is
 * above 0.1: scores that separate nothing are explained by any share, and those of the training rows by 0 or 1
 *
 * Source: M. Saerens, P. Latinne, C. Decaestecker, Adjusting the Outputs of a Classifier to New a Priori Probabilities,
 * Neural Computation 14 (2002).
 */
export function labelShift(
  probabilities: ArrayLike<number>,
  counts: ArrayLike<number>,
  prior: number,
): number | null {
  const rows = sumCounts(counts);
  if (rows === 0) return null;
  let share = prior;
  for (let step = 0; step < maxSteps; step++) {
    const before = share;
    const [positive, negative] = [before / prior, (1 - before) / (1 - prior)];
    let sum = 0;
    for (let i = 0; i < counts.length; i++) {
      if (counts[i] === 0) continue;
      const likely = probabilities[i] * positive;
      sum += (counts[i] * likely) / (likely + (1 - probabilities[i]) * negative);
    }
    share = sum / rows;
    if (Math.abs(share - before) < tolerance) break;
  }
  return 1 / Math.sqrt(information(probabilities, counts, prior, share)) <= maxStandardError ? share : null;
}

/** The Fisher information of the rows about the share. */
function information(
  probabilities: ArrayLike<number>,
  counts: ArrayLike<number>,
  prior: number,
  share: number,
): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    // how frequent such a row is in either class, as a multiple of its frequency in training
    const [positive, negative] = [probabilities[i] / prior, (1 - probabilities[i]) / (1 - prior)];
    const either = share * positive + (1 - share) * negative;
    sum += counts[i] * ((positive - negative) / either) ** 2;
  }
  return sum;
}
