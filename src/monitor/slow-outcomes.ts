import { type BetDirection, createDailyBets, type DailyBets, dailyBetRule } from '../stats/daily-bets.ts';
import { type Band, outcomeRule } from './performance-calibration.ts';

/**
 * The rule that finds outcomes which are slowly proving the model wrong, where a week never holds enough of them: every
 * day it is betted that the odds of all outcomes are larger, or smaller, than the calibrated scores say
 * (`createDailyBets` says when the bets have found that).
 *
 * - `odds`: each bet is on odds that are so many times those at the end of what is tolerated, or a fraction of them.
 * - `z`: what is tolerated holds so many standard errors of the calibration.
 * - `maxTolerance`: of the log-odds; a calibration that knows less than that is betted on by nobody.
 * - `maxDailyVariance`: a day with a larger Σ p(1 − p) counts as one of that. So the odds of a single day, which are a
 *   little up or down for all its outcomes together, win no fortune. From there on the day's own test judges.
 *
 * What is tolerated at least is `leastEffect` of a week, and `designEffect` outcomes count as one, as in `outcomeRule`.
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

/** The outcomes of one band of the score, and what was expected of them. */
export type BandOutcomes = Pick<Band, 'outcomes' | 'observed' | 'expected' | 'variance'>;

/** The bets on the outcomes of one model, day after day. */
export type SlowOutcomesDetector = Omit<DailyBets, 'settle'> & {
  /**
   * Settles the bets of one day. A day without outcomes leaves everything as it was, and so does one after a week that
   * the calibration knows too little about.
   *
   * @param today the outcomes that came on this day, by band
   * @param week those of the seven days that end with it
   * @param day its number, larger than that of the last one; what `found` gives back
   */
  addDay(today: readonly BandOutcomes[], week: readonly BandOutcomes[], day: number): void;
};

/**
 * Makes the detector of slowly unexpected outcomes for one model. A bet of direction s on odds k takes all log-odds to
 * be s·(τ + ln k) from those expected, against s·τ, the nearest end of what is tolerated. With O positive ones of N
 * outcomes in a band, and q their expected share moved to that end, the day's likelihood ratio is
 * exp(Σ_bands s·ln k·O − N·ln(1 + q·(k^s − 1))), and its power w/d multiplies what the bet has won: d is `designEffect`
 * and w = min(1, maxDailyVariance / V), V being the day's Σ p(1 − p).
 *
 * Guarantee: while the mean risk of each band's outcomes, given all before them, is within τ of the expected one in
 * log-odds, and how many come on a day does not depend on what they are, no bet wins anything on average, and
 * `createDailyBets` has what follows. As d is three, the same holds for outcomes that come up to three times on one day
 * (by Hölder's inequality), and w, the smaller power, can only take from the mean (by Jensen's).
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
 * How far the log-odds of outcomes may be from those expected without being a change: as far as a week's least effect,
 * or as `z` standard errors of the calibration for the scores that came this week, whichever is more.
 *
 * @param week the outcomes of seven days, by band
 * @param referenceRows the rows behind the calibration, by band; 0 counts as 1
 * @returns `null` where it is above `maxTolerance`, or there are no outcomes with any uncertainty
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
  // As V is the derivative of the expected number by the log-odds.
  const tolerance = Math.max(least, z * Math.sqrt(learnt)) / variance;
  return tolerance <= maxTolerance ? tolerance : null;
}

/** Of the odds that are betted on to those that are tolerated just so. */
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
