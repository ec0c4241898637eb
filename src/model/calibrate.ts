import { certainEnds, softenCertainEnds } from '../stats/certain-ends.ts';
import { type CalibrationCurve, isotonicRegression } from '../stats/isotonic-regression.ts';
import type { Learnt } from './learnt.ts';

/**
 * The curve from out-of-fold scores to probabilities: an isotonic regression without probabilities of exactly 0 or 1,
 * see `softenCertainEnds`.
 *
 * @param outcomes parallel to `scores`; 1 for positive, 0 for negative
 */
export function calibrate(scores: ArrayLike<number>, outcomes: ArrayLike<number>): CalibrationCurve {
  const curve = isotonicRegression(scores, outcomes);
  const { zeroTo, oneFrom } = certainEnds(curve);
  let atZero = 0;
  let atOne = 0;
  for (let i = 0; i < scores.length; i++) {
    if (scores[i] <= zeroTo) atZero++;
    if (scores[i] >= oneFrom) atOne++;
  }
  return softenCertainEnds(curve, { atZero, atOne });
}

/**
 * The calibration of an artifact, without probabilities of exactly 0 or 1. Files of version 1 may hold plateaus at
 * these: their rows are those of the score bins that lie entirely on a plateau. The calibration of newer files is
 * returned as it is.
 */
export function calibrationOf({ calibration, bins }: Pick<Learnt, 'calibration' | 'bins'>): CalibrationCurve {
  const { zeroTo, oneFrom } = certainEnds(calibration);
  const rows = (isOn: (bin: number) => boolean) =>
    bins.counts.reduce((sum, count, bin) => (isOn(bin) ? sum + count : sum), 0);
  return softenCertainEnds(calibration, {
    atZero: rows((bin) => (bins.edges[bin] ?? 1) <= zeroTo),
    atOne: rows((bin) => (bins.edges[bin - 1] ?? 0) >= oneFrom),
  });
}
