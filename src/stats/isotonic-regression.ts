/** A non-decreasing curve from scores to probabilities, given by its knots. */
export type CalibrationCurve = {
  /** Strictly ascending. */
  readonly scores: readonly number[];
  /** Non-decreasing, parallel to `scores`. */
  readonly probabilities: readonly number[];
};

/**
 * Isotonic regression: the non-decreasing step function with the least squared distance to the outcomes, by pooling
 * adjacent violators. Equal scores share one value. Each step is given by the scores at its two ends, so between steps
 * the curve rises linearly (see `interpolateCurve`). O(n log n).
 *
 * @param scores in any order
 * @param outcomes parallel to `scores`; 1 for positive, 0 for negative
 * @throws RangeError if the lengths differ or there is no score
 *
 * Source: R. E. Barlow et al., Statistical Inference under Order Restrictions, 1972; for calibration: B. Zadrozny,
 * C. Elkan, Transforming Classifier Scores into Accurate Multiclass Probability Estimates, KDD 2002.
 */
export function isotonicRegression(scores: ArrayLike<number>, outcomes: ArrayLike<number>): CalibrationCurve {
  if (scores.length !== outcomes.length || scores.length === 0) {
    throw new RangeError(`${scores.length} scores and ${outcomes.length} outcomes: equally many are needed`);
  }
  const steps: Step[] = [];
  for (const group of groupEqualScores(scores, outcomes)) {
    let step = group;
    for (let before = steps.at(-1); before !== undefined; before = steps.at(-1)) {
      if (before.sum * step.weight < step.sum * before.weight) break;
      steps.pop();
      step = {
        first: before.first,
        last: step.last,
        sum: before.sum + step.sum,
        weight: before.weight + step.weight,
      };
    }
    steps.push(step);
  }
  const curve = { scores: [] as number[], probabilities: [] as number[] };
  for (const { first, last, sum, weight } of steps) {
    for (const score of first === last ? [first] : [first, last]) {
      curve.scores.push(score);
      curve.probabilities.push(sum / weight);
    }
  }
  return curve;
}

type Step = { readonly first: number; readonly last: number; sum: number; weight: number };

function groupEqualScores(scores: ArrayLike<number>, outcomes: ArrayLike<number>): Step[] {
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  const groups: Step[] = [];
  for (const i of order) {
    const group = groups.at(-1);
    if (group?.last === scores[i]) {
      group.sum += outcomes[i];
      group.weight++;
    } else {
      groups.push({ first: scores[i], last: scores[i], sum: outcomes[i], weight: 1 });
    }
  }
  return groups;
}

/**
 * The curve's probability at a score: linear between knots, constant beyond the outer ones. O(log knots).
 *
 * @param curve at least one knot
 */
export function interpolateCurve(curve: CalibrationCurve, score: number): number {
  const { scores, probabilities } = curve;
  let low = 0;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (scores[middle] < score) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return probabilities[0];
  if (low === scores.length) return probabilities[low - 1];
  const along = (score - scores[low - 1]) / (scores[low] - scores[low - 1]);
  return probabilities[low - 1] + along * (probabilities[low] - probabilities[low - 1]);
}
