import {
  type BetDirection,
  createDailyBets,
  type DailyBets,
  dailyBetRule,
  type FoundChange,
} from './daily-bets.ts';
import { driftRule } from './drift.ts';
import { midRanks } from './rank-trend.ts';
import { sumCounts } from './smoothing.ts';

/**
 * The rule that detects slow drift where a window never holds enough rows: every day, bets are placed against "nothing
 * has changed". A variable drifts slowly once the bets on it have won `threshold` on average (see `createDailyBets`).
 *
 * - `stakes`: the fraction of a bet's winnings at stake on each row; small enough that rows sent three times in a day
 *   win nothing on average either (see `createSlowDrift`).
 * - `tolerance`: a mean rank this far from ½ is not a change; larger with a small reference (see `slowDriftTolerance`).
 * - `maxDailyRows`: a day with more rows counts as this many, so that one weekend of a busy service cannot decide
 *   everything.
 */
export const slowDriftRule = {
  ...dailyBetRule,
  stakes: [0.25, 0.35, 0.45, 0.55],
  tolerance: driftRule.minTrend,
  maxDailyRows: 40,
} as const;

/** A bet that the values of a variable have become larger (direction 1) or smaller (−1). */
export type SlowDriftBet = { readonly direction: BetDirection; readonly stake: number };

/** All bets on a variable. */
export const slowDriftBets: readonly SlowDriftBet[] = ([1, -1] as const).flatMap((direction) =>
  slowDriftRule.stakes.map((stake) => ({ direction, stake })),
);

/** Slow drift of one variable. */
export type SlowDrift = FoundChange;

/** The bets on one variable, day after day; their order is that of `slowDriftBets`. */
export type SlowDriftDetector = Omit<DailyBets, 'settle'> & {
  /**
   * Settles the bets of one day. A day without values leaves everything as it was. Allocates nothing.
   *
   * @param counts of the reference's value bins (without `missing`); they need not be whole numbers
   * @param day its number, larger than the last one's; `found` returns it
   * @throws RangeError for a different number of bins, or a negative count
   */
  addDay(counts: ArrayLike<number>, day: number): void;
};

/**
 * Makes the detector of slow drift for one numeric variable. With r the mid-rank of a value's bin in the reference, a
 * bet of stake λ and direction s multiplies its winnings by 1 + λ·s·(r − ½ − s·tolerance) for each row. So a day
 * multiplies them by exp(w·Σ n_b·ln(1 + λ·s·(r_b − ½ − s·tolerance))), with n_b the rows of the day in bin b, n their
 * sum, and w = min(1, maxDailyRows / n). O(bins) a day.
 *
 * Guarantee: while the mean rank of rows, given all earlier rows, stays within the tolerance of ½, and the number of
 * rows in a day does not depend on their values (otherwise w would favour days that stop while they are winning), no
 * bet wins anything on average, so the mean time to a false alarm is at least `threshold` days with rows, and the
 * chance of one within T such days is at most T / `threshold`. The same holds for rows that arrive up to three times in
 * one day, if they are distributed like the reference: ranks of bins are means of uniform ones, and for uniform ranks
 * the mean of the cube of a row's factor is at most 1 for stakes up to 0.6. Raising the factor to w, a power of at most
 * 1, does not increase the mean.
 *
 * @param reference counts of the value bins in ascending order (without `missing`)
 * @returns `null` when the reference has no values
 * @throws RangeError if a count is negative
 */
export function createSlowDrift(reference: ArrayLike<number>): SlowDriftDetector | null {
  const values = sumCounts(reference);
  if (values === 0) return null;
  const tolerance = slowDriftTolerance(values);
  const ranks = midRanks(reference);
  const growths = slowDriftBets.map((bet) => ranks.map((rank) => slowDriftGrowth(bet, rank, tolerance)));
  const ofDay = new Float64Array(slowDriftBets.length);
  const { settle, ...bets } = createDailyBets(slowDriftBets.map(({ direction }) => direction));

  return {
    ...bets,
    addDay(counts, day) {
      if (counts.length !== ranks.length) {
        throw new RangeError(`the reference has ${ranks.length} value bins and the day ${counts.length}`);
      }
      const rows = sumCounts(counts);
      if (rows === 0) return;
      const weight = Math.min(1, slowDriftRule.maxDailyRows / rows);
      for (let b = 0; b < ofDay.length; b++) {
        ofDay[b] = 0;
        for (let i = 0; i < ranks.length; i++) ofDay[b] += weight * counts[i] * growths[b][i];
      }
      settle(ofDay, day);
    },
  };
}

/**
 * How far the mean rank may be from ½ without counting as a change: the reference is a sample, too, and its own mean
 * rank has an error of 1/√(12 M), or less with ties.
 *
 * @param referenceValues M, reference values that are not missing
 */
export function slowDriftTolerance(referenceValues: number): number {
  return Math.max(slowDriftRule.tolerance, driftRule.ceilingZ / Math.sqrt(12 * referenceValues));
}

/** The logarithm of the factor by which a row whose bin has this mid-rank multiplies a bet's winnings. */
export function slowDriftGrowth(
  { direction, stake }: SlowDriftBet,
  midRank: number,
  tolerance: number,
): number {
  return Math.log1p(stake * (direction * (midRank - 0.5) - tolerance));
}
