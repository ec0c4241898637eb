import { shortestDecimal } from '../stats/shortest-decimal.ts';

/** The rows that bound a threshold: the lowest score among the positive predictions, the highest among the others. */
export type ThresholdBounds = {
  /** -1 if nothing is predicted positive. */
  readonly leastPositive: number;
  /** -1 if everything is predicted positive. */
  readonly greatestNegative: number;
};

/** @param predictions parallel to `scores`; 1 where the positive class was predicted, else 0 */
export function boundThreshold(scores: ArrayLike<number>, predictions: ArrayLike<number>): ThresholdBounds {
  let leastPositive = -1;
  let greatestNegative = -1;
  for (let row = 0; row < scores.length; row++) {
    if (predictions[row] === 1) {
      if (leastPositive < 0 || scores[row] < scores[leastPositive]) leastPositive = row;
    } else if (greatestNegative < 0 || scores[row] > scores[greatestNegative]) {
      greatestNegative = row;
    }
  }
  return { leastPositive, greatestNegative };
}

/**
 * A score from which on the prediction is positive: ½ if that is possible, as most models use it, otherwise a short
 * number near the middle of the possible range.
 *
 * @param negative the highest score that is not positive, below `positive`
 * @param positive the lowest score that is
 */
export function chooseThreshold(negative: number, positive: number): number {
  const isOne = (value: number) => value > negative && value <= positive && value < 1;
  return isOne(0.5) ? 0.5 : shortestDecimal(negative + (positive - negative) / 2, isOne);
}
