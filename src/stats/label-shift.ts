import { sumCounts } from './smoothing.ts';

/** Enough for six digits, even where the probabilities hardly separate the classes. */
const maxSteps = 2000;
const tolerance = 1e-9;

/**
 * The share of the positive class that best explains a window's calibrated probabilities, if nothing but the shares of
 * the classes has changed since the probabilities were learnt: positive cases look as they did then, and so do negative
 * ones. The mean probability moves much less than that, as each probability still assumes the old share. Found by
 * expectation and maximisation: each step adjusts the probabilities to the share that the last one found.
 * O(steps × bins).
 *
 * @param probabilities calibrated, of the positive class; the mean of a bin's rows, or of one row each
 * @param counts rows behind each of them
 * @param prior the share where they were learnt, strictly between 0 and 1
 * @returns 0..1; `null` without rows
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
      const either = likely + (1 - probabilities[i]) * negative;
      if (either > 0) sum += (counts[i] * likely) / either;
    }
    share = sum / rows;
    if (Math.abs(share - before) < tolerance) break;
  }
  return share;
}
