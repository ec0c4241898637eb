import { certainEnds, softenCertainEnds } from '../stats/certain-ends.ts';
import { type CalibrationCurve, isotonicRegression } from '../stats/isotonic-regression.ts';
import type { Learnt } from './learnt.ts';

/**
 * The curve from out-of-fold scores to probabilities: an isotonic regression that is certain of nothing, see
 * `softenCertainEnds`.
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
 * What an artifact says of its calibration, without certainty. Files of version 1 may hold plateaus at exactly 0 and 1:
 * their rows are those of the score bins that lie on a plateau as a whole. The calibration of newer files is returned as it is.
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
