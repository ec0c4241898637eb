/**
 * The area under the ROC curve: the probability that a positive has a higher score than a negative, a tie counting
 * half. O(n log n).
 *
 * @param scores in any order
 * @param outcomes parallel to `scores`; 1 for positive, 0 for negative. A fraction p counts as p of a positive and 1 −
 *   p of a negative, which gives the expected area if only probabilities are known
 * @returns 0..1; `null` when there is no positive or no negative
 * @throws RangeError if the lengths differ
 *
 * Source: H. B. Mann, D. R. Whitney, Ann. Math. Statist. 18 (1947); as the area: J. A. Hanley, B. J. McNeil, Radiology
 * 143 (1982).
 */
export function rocAuc(scores: ArrayLike<number>, outcomes: ArrayLike<number>): number | null {
  if (scores.length !== outcomes.length) {
    throw new RangeError(`${scores.length} scores and ${outcomes.length} outcomes`);
  }
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  const positives: number[] = [];
  const negatives: number[] = [];
  let before: number | undefined;
  for (const i of order) {
    if (scores[i] !== before) {
      positives.push(0);
      negatives.push(0);
      before = scores[i];
    }
    positives[positives.length - 1] += outcomes[i];
    negatives[negatives.length - 1] += 1 - outcomes[i];
  }
  return binnedRocAuc(positives, negatives)?.value ?? null;
}

/** An area under the ROC curve, and how exact it is. */
export type BinnedRocAuc = {
  /** The area with all scores of a bin taken as tied. */
  readonly value: number;
  /** The largest possible difference from the area over the unbinned scores, in either direction. */
  readonly maxError: number;
};

/**
 * The area under the ROC curve from counts per score bin: pairs in different bins are in known order, pairs in one bin
 * count half. Only the latter are uncertain, so the bound is half their share. O(bins).
 *
 * @param positives a count for each score bin, in ascending order of the score
 * @param negatives counts of the same bins
 * @returns `null` when there is no positive or no negative
 * @throws RangeError if the numbers of bins differ
 */
export function binnedRocAuc(
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
): BinnedRocAuc | null {
  if (positives.length !== negatives.length) {
    throw new RangeError(`${positives.length} bins of positives and ${negatives.length} of negatives`);
  }
  let positivesBelow = 0;
  let negativesBelow = 0;
  let ordered = 0;
  let tied = 0;
  for (let i = 0; i < positives.length; i++) {
    ordered += positives[i] * negativesBelow;
    tied += positives[i] * negatives[i];
    positivesBelow += positives[i];
    negativesBelow += negatives[i];
  }
  const pairs = positivesBelow * negativesBelow;
  if (!(pairs > 0)) return null;
  return { value: (ordered + tied / 2) / pairs, maxError: tied / 2 / pairs };
}
