import { type BetDirection, createDailyBets, type DailyBets, dailyBetRule } from '../stats/daily-bets.ts';
import { type Band, outcomeRule } from './performance-calibration.ts';

/**
 * The rule that detects outcomes that slowly prove the model wrong where a week never holds enough of them: every day,
 * bets are placed that the odds of all outcomes are larger, or smaller, than the calibrated scores say
 * (`createDailyBets` says when the bets have detected that).
 *
 * - `odds`: each bet is on odds that are this multiple of those at the end of the tolerated range, or the inverse
 *   fraction.
 * - `z`: the tolerated range spans this many standard errors of the calibration.
 * - `maxTolerance`: of the log-odds; no bets are placed on a calibration that is less certain than that.
 * - `maxDailyVariance`: a day with a larger Σ p(1 − p) counts as this much. So a single day, whose odds may be a little
 *   up or down for all its outcomes together, cannot decide everything. Larger days are judged by the test of the day
 *   itself.
 *
 * At least `leastEffect` of a week is tolerated, and `designEffect` outcomes count as one, as in `outcomeRule`.
 */
export const slowOutcomesRule = {
  ...dailyBetRule,
  odds: [1.25, 1.5, 2],
  z: 3,
  maxTolerance: 3,
  maxDailyVariance: outcomeRule.minVariance,
} as const;

/** A bet that the odds are at least `odds` times what is tolerated (direction 1), or at most that fraction of it (−1). */
export type SlowOutcomesBet = { readonly direction: BetDirection; readonly odds: number };

/** All bets on the outcomes of a model. */
export const slowOutcomesBets: readonly SlowOutcomesBet[] = ([1, -1] as const).flatMap((direction) =>
  slowOutcomesRule.odds.map((odds) => ({ direction, odds })),
);

/** The outcomes of one band of the score, and the expected ones. */
export type BandOutcomes = Pick<Band, 'outcomes' | 'observed' | 'expected' | 'variance'>;

/** The bets on the outcomes of one model, day after day. */
export type SlowOutcomesDetector = Omit<DailyBets, 'settle'> & {
  /**
   * Settles the bets of one day. A day without outcomes changes nothing, and neither does one after a week for which
   * the calibration is too uncertain.
   *
   * @param today the outcomes that arrived on this day, by band
   * @param week those of the seven days that end with it
   * @param day its number, larger than the last one's; `found` returns it
   */
  addDay(today: readonly BandOutcomes[], week: readonly BandOutcomes[], day: number): void;
};

/**
 * Makes the detector of slow deviations of outcomes for one model. A bet of direction s on odds k assumes that all
 * log-odds differ by s·(τ + ln k) from those expected, against s·τ, the nearest end of the tolerated range. With O
 * positives among N outcomes in a band, and q their expected share moved to that end, the day's likelihood ratio is
 * exp(Σ_bands s·ln k·O − N·ln(1 + q·(k^s − 1))), and its power w/d multiplies the bet's winnings: d is `designEffect`
 * and w = min(1, maxDailyVariance / V), V being the day's Σ p(1 − p).
 *
 * Guarantee: while the mean risk of each band's outcomes, given all earlier ones, is within τ of the expected one in
 * log-odds, and the number of outcomes in a day does not depend on what they are, no bet wins anything on average;
 * `createDailyBets` states what follows. As d is three, the same holds for outcomes that arrive up to three times in
 * one day (by Hölder's inequality), and the power w can only lower the mean (by Jensen's).
 *
 * @param referenceRows the rows behind the calibration, by band
 */
export function createSlowOutcomes(referenceRows: ArrayLike<number>): SlowOutcomesDetector {
  const growths = new Float64Array(slowOutcomesBets.length);
  const { settle, ...bets } = createDailyBets(slowOutcomesBets.map(({ direction }) => direction));

  return {
    ...bets,
    addDay(today, week, day) {
      const outcomes = today.reduce((sum, band) => sum + band.outcomes, 0);
      const tolerance = slowOutcomesTolerance(week, referenceRows);
      if (outcomes === 0 || tolerance === null) return;
      const variance = today.reduce((sum, band) => sum + band.variance, 0);
      const weight = Math.min(1, slowOutcomesRule.maxDailyVariance / variance) / outcomeRule.designEffect;
      for (let b = 0; b < growths.length; b++) {
        growths[b] = weight * logLikelihoodRatio(slowOutcomesBets[b], today, tolerance);
      }
      settle(growths, day);
    },
  };
}

/**
 * How far the log-odds of outcomes may be from those expected without counting as a change: a week's least effect, or
 * `z` standard errors of the calibration for the scores of this week, whichever is more.
 *
 * @param week the outcomes of seven days, by band
 * @param referenceRows the rows behind the calibration, by band; 0 counts as 1
 * @returns `null` if it is above `maxTolerance`, or if no outcome is uncertain
 */
export function slowOutcomesTolerance(
  week: readonly BandOutcomes[],
  referenceRows: ArrayLike<number>,
): number | null {
  const { z, maxTolerance } = slowOutcomesRule;
  let outcomes = 0;
  let expected = 0;
  let variance = 0;
  let learnt = 0;
  week.forEach((band, i) => {
    outcomes += band.outcomes;
    expected += band.expected;
    variance += band.variance;
    learnt += (band.variance * band.outcomes) / Math.max(1, referenceRows[i]);
  });
  const least = outcomeRule.leastEffect['7d'] * Math.min(expected, outcomes - expected);
  // Because V is the derivative of the expected number with respect to the log-odds.
  const tolerance = Math.max(least, z * Math.sqrt(learnt)) / variance;
  return tolerance <= maxTolerance ? tolerance : null;
}

/** The ratio of the odds that are bet on to those that are just tolerated. */
function logLikelihoodRatio(
  { direction, odds }: SlowOutcomesBet,
  bands: readonly BandOutcomes[],
  tolerance: number,
): number {
  const moved = Math.exp(direction * tolerance);
  const factor = odds ** direction;
  return bands.reduce((sum, { outcomes, observed, expected }) => {
    if (outcomes === 0) return sum;
    const share = expected / outcomes;
    const tolerated = (share * moved) / (1 + share * (moved - 1));
    return sum + Math.log(factor) * observed - outcomes * Math.log1p(tolerated * (factor - 1));
  }, 0);
}
