/** A point of the ROC curve: the shares of negatives and of positives with at least this score. */
export type RocPoint = {
  readonly threshold: number;
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
};

/**
 * The points at which the ROC curve turns, from (0, 0), whose threshold is ∞, to (1, 1). Equal scores are one step;
 * points on a straight line between their neighbours are left out. O(n log n).
 *
 * @param scores in any order
 * @param outcomes parallel to `scores`; 1 for positive, 0 for negative
 * @returns no points when there is no positive or no negative
 */
export function rocCurve(scores: ArrayLike<number>, outcomes: ArrayLike<number>): RocPoint[] {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const steps: { threshold: number; positives: number; negatives: number }[] = [
    { threshold: Number.POSITIVE_INFINITY, positives: 0, negatives: 0 },
  ];
  let positives = 0;
  let negatives = 0;
  for (const [place, i] of order.entries()) {
    positives += outcomes[i];
    negatives += 1 - outcomes[i];
    const next = order[place + 1];
    if (next === undefined || scores[next] !== scores[i]) {
      steps.push({ threshold: scores[i], positives, negatives });
    }
  }
  if (positives === 0 || negatives === 0) return [];
  const turns = steps.filter((step, i) => {
    const [before, after] = [steps[i - 1], steps[i + 1]];
    if (before === undefined || after === undefined) return true;
    const rise = (step.positives - before.positives) * (after.negatives - step.negatives);
    const run = (after.positives - step.positives) * (step.negatives - before.negatives);
    return rise !== run;
  });
  return turns.map((step) => ({
    threshold: step.threshold,
    falsePositiveRate: step.negatives / negatives,
    truePositiveRate: step.positives / positives,
  }));
}
