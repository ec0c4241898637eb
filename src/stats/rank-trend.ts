import { sumCounts } from './smoothing.ts';

/** Whether live values tend to be larger or smaller than reference values, by the ranks of their bins. */
export type RankTrend = {
  /** P(live > reference), half of the ties included: ½ without a trend, 1 when every live value is the larger one. */
  readonly probability: number;
  /**
   * How many standard errors `probability` lies from ½, those of both samples together and corrected for ties; 0 when
   * all values are in one bin.
   */
  readonly z: number;
  /**
   * The number of values on the smaller side, times the fraction of rank variance that ties leave. If nearly all values
   * are in one bin, this is small however many there are, and `z` is far from normal.
   */
  readonly effectiveValues: number;
};

/**
 * The test of Wilcoxon, Mann and Whitney over bins: the values in one bin are ties. Σ n_b·R_b / n is linear in the live
 * counts n_b, since R_b, the mid-rank of the bin in the reference, is fixed. O(bins).
 *
 * @param reference counts of the value bins in ascending order (without `missing`)
 * @param live counts of the same bins
 * @returns `null` when a side has no values
 * @throws RangeError if the numbers of bins differ, or a count is negative
 *
 * Source: H. B. Mann, D. R. Whitney, 1947; ties as in E. L. Lehmann, Nonparametrics, 1975, ch. 1.4. The same z as
 * SciPy's `mannwhitneyu(method='asymptotic', use_continuity=False)`.
 */
export function rankTrend(reference: ArrayLike<number>, live: ArrayLike<number>): RankTrend | null {
  const m = sumCounts(reference);
  const n = sumCounts(live);
  const ranks = midRanks(reference);
  if (reference.length !== live.length) {
    throw new RangeError(`reference has ${reference.length} bins and live has ${live.length}`);
  }
  if (m === 0 || n === 0) return null;
  let probability = 0;
  let ties = 0;
  for (let i = 0; i < live.length; i++) {
    probability += (live[i] / n) * ranks[i];
    const tied = reference[i] + live[i];
    ties += tied ** 3 - tied;
  }
  const all = n + m;
  const tieCorrection = Math.max(0, 1 - ties / (all ** 3 - all));
  const standardError = Math.sqrt(((all + 1) * tieCorrection) / (12 * n * m));
  return {
    probability,
    z: standardError === 0 ? 0 : (probability - 0.5) / standardError,
    effectiveValues: Math.min(n, m) * tieCorrection,
  };
}

/**
 * The mid-rank of each value bin: the share of the reference's values below the bin, and half of the share in it.
 *
 * @param reference counts of the value bins in ascending order; NaN for every bin when all are 0
 */
export function midRanks(reference: ArrayLike<number>): number[] {
  const total = sumCounts(reference);
  let below = 0;
  return Array.from(reference, (count) => {
    const rank = (below + count / 2) / total;
    below += count;
    return rank;
  });
}
