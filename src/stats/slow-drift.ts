import { driftRule } from './drift.ts';
import { midRanks } from './rank-trend.ts';
import { sumCounts } from './smoothing.ts';

/**
 * The rule that finds slow drift where a window never holds enough rows: every day bets are made against "nothing has
 * changed", and what they have won is added up over all days on which a change could have begun. Slow drift is where
 * the bets on a variable have won `threshold` on average.
 *
 * - `stakes`: how much of a bet's winnings are at stake on each row; small ones, so that rows that are sent three times
 *   on a day win nothing on average either (see `createSlowDrift`).
 * - `tolerance`: a mean rank so far from ½ is no change; more with a small reference (see `slowDriftTolerance`).
 * - `maxDailyRows`: a day of more rows counts as so many, so that a weekend of a busy service wins no fortune.
 * - `maxWinnings`: no bet wins more, so that it has lost it again some days after a drift has ended.
 */
export const slowDriftRule = {
  stakes: [0.25, 0.35, 0.45, 0.55],
  tolerance: driftRule.minTrend,
  maxDailyRows: 40,
  threshold: 10_000,
  maxWinnings: 1_000_000,
} as const;

/** A bet that the values of a variable have become larger (direction 1) or smaller (−1). */
export type SlowDriftBet = { readonly direction: 1 | -1; readonly stake: number };

/** All bets on a variable. */
export const slowDriftBets: readonly SlowDriftBet[] = ([1, -1] as const).flatMap((direction) =>
  slowDriftRule.stakes.map((stake) => ({ direction, stake })),
);

/** Slow drift of one variable. */
export type SlowDrift = {
  readonly direction: 'rises' | 'falls';
  /** The day on which the change most likely began: since then the bet that has won most has been winning. */
  readonly since: number;
};

/** The bets on one variable, day after day. */
export type SlowDriftDetector = {
  /** What each bet has won, in the order of `slowDriftBets`: 0 before the first day. Read it, do not write it. */
  readonly winnings: Readonly<Float64Array>;
  /**
   * Settles the bets of one day. A day without values leaves everything as it was. Allocates nothing.
   *
   * @param counts of the value bins that the reference has (without `missing`), need not be whole
   * @param day its number, larger than that of the last one; what `found` gives back
   * @throws RangeError for another number of bins, or a negative count
   */
  addDay(counts: ArrayLike<number>, day: number): void;
  /** The mean of the winnings. From `slowDriftRule.threshold` on it is slow drift. */
  evidence(): number;
  /** `null` without slow drift. */
  found(): SlowDrift | null;
};

/**
 * Makes the detector of slow drift for one numeric variable: an e-detector, the sum of Shiryaev and Roberts over
 * e-processes instead of likelihood ratios. With r the mid-rank of a value's bin in the reference, a bet of stake λ and
 * direction s multiplies what it has won by 1 + λ·s·(r − ½ − s·tolerance) for each row, and each day a new bet of 1 is
 * added: R ← (R + 1)·exp(w·Σ n_b·ln(1 + λ·s·(r_b − ½ − s·tolerance))), with n_b the rows of the day in bin b, n their
 * sum, and w = min(1, maxDailyRows / n). O(bins) a day.
 *
 * Guarantee: while the mean rank of rows, given all rows before, stays within the tolerance of ½, no bet wins anything
 * on average, so the mean time to a false alarm is at least `threshold` days with rows, and the chance of one within T
 * such days at most T / `threshold`. The same holds for rows that come up to three times on one day, if they are
 * distributed as the reference is: ranks of bins are means of uniform ones, and for uniform ranks the mean of the cube
 * of a row's factor is at most 1 for stakes up to 0.6. Neither w nor the limit of winnings can add to the mean.
 *
 * @param reference counts of the value bins in ascending order (without `missing`)
 * @returns `null` when the reference has no values
 * @throws RangeError if a count is negative
 *
 * Source: J. Shin, A. Ramdas, A. Rinaldo, E-detectors: A Nonparametric Framework for Sequential Change Detection, New
 * England Journal of Statistics in Data Science 2 (2024).
 */
export function createSlowDrift(reference: ArrayLike<number>): SlowDriftDetector | null {
  const values = sumCounts(reference);
  if (values === 0) return null;
  const { maxDailyRows, maxWinnings, threshold } = slowDriftRule;
  const tolerance = slowDriftTolerance(values);
  const ranks = midRanks(reference);
  const growths = slowDriftBets.map((bet) => ranks.map((rank) => slowDriftGrowth(bet, rank, tolerance)));
  const winnings = new Float64Array(slowDriftBets.length);
  /** The logarithm of what each bet would have won by now from the best day on, and that day. */
  const logBest = new Float64Array(slowDriftBets.length);
  const since = new Float64Array(slowDriftBets.length);
  const evidence = () => sumCounts(winnings) / winnings.length;

  return {
    winnings,
    addDay(counts, day) {
      if (counts.length !== ranks.length) {
        throw new RangeError(`the reference has ${ranks.length} value bins and the day ${counts.length}`);
      }
      const rows = sumCounts(counts);
      if (rows === 0) return;
      const weight = Math.min(1, maxDailyRows / rows);
      for (let b = 0; b < winnings.length; b++) {
        let growth = 0;
        for (let i = 0; i < ranks.length; i++) growth += weight * counts[i] * growths[b][i];
        winnings[b] = Math.min(maxWinnings, (winnings[b] + 1) * Math.exp(growth));
        if (logBest[b] <= 0) {
          logBest[b] = 0;
          since[b] = day;
        }
        logBest[b] = Math.min(Math.log(maxWinnings), logBest[b] + growth);
      }
    },
    evidence,
    found() {
      if (evidence() < threshold) return null;
      const best = winnings.indexOf(Math.max(...winnings));
      return { direction: slowDriftBets[best].direction === 1 ? 'rises' : 'falls', since: since[best] };
    },
  };
}

/**
 * How far the mean rank may be from ½ without being a change: the reference is a sample, too, and its own mean rank
 * errs by 1/√(12 M), or less with ties.
 *
 * @param referenceValues M, reference values that are not missing
 */
export function slowDriftTolerance(referenceValues: number): number {
  return Math.max(slowDriftRule.tolerance, driftRule.ceilingZ / Math.sqrt(12 * referenceValues));
}

/** The logarithm of what a row whose bin has this mid-rank multiplies a bet's winnings by. */
export function slowDriftGrowth(
  { direction, stake }: SlowDriftBet,
  midRank: number,
  tolerance: number,
): number {
  return Math.log1p(stake * (direction * (midRank - 0.5) - tolerance));
}
