import { sumCounts } from './smoothing.ts';

/**
 * The rule by which daily bets against "nothing has changed" detect a change.
 *
 * - `threshold`: what they must have won on average; also the least mean number of days to a false alarm.
 * - `maxWinnings`: no bet wins more than this, so its winnings are gone within days once a change has ended.
 */
export const dailyBetRule = { threshold: 10_000, maxWinnings: 1_000_000 } as const;

/** What is bet on has become larger (1) or smaller (−1). */
export type BetDirection = 1 | -1;

/** The same in words, as used in labels and reports. */
export function directionOf({ direction }: { readonly direction: BetDirection }): 'rises' | 'falls' {
  return direction === 1 ? 'rises' : 'falls';
}

/** A change that the bets have detected. */
export type FoundChange = {
  readonly direction: ReturnType<typeof directionOf>;
  /** The day on which it most likely began: the most successful bet has been winning since then. */
  readonly since: number;
};

/** Bets that are settled once a day. */
export type DailyBets = {
  /** What each bet has won: 0 before the first day. Read it, do not write it. */
  readonly winnings: Readonly<Float64Array>;
  /**
   * Settles the bets of one day: R ← (R + 1)·exp(growth) for each, up to `maxWinnings`. Allocates nothing.
   *
   * @param growths the logarithm of the factor by which the day multiplies each bet's winnings; the mean factor must
   *   not exceed 1 while nothing has changed
   * @param day its number, larger than the last one's; `found` returns it
   */
  settle(growths: ArrayLike<number>, day: number): void;
  /** The mean of the winnings. A change is detected from `dailyBetRule.threshold` on. */
  evidence(): number;
  /** `null` if no change is detected. */
  found(): FoundChange | null;
};

/**
 * Makes an e-detector: each day, 1 is added to the winnings of each of several bets, so that they are summed over all
 * days on which a change could have begun (the sum of Shiryaev and Roberts, over e-processes in place of likelihood
 * ratios). While no bet wins anything on average, the mean time to a false alarm is at least `threshold` days, and the
 * chance of one within T days is at most T / `threshold`. Capping the winnings cannot increase that chance.
 *
 * @param directions of the bets, one per bet
 *
 * Source: J. Shin, A. Ramdas, A. Rinaldo, E-detectors: A Nonparametric Framework for Sequential Change Detection, New
 * England Journal of Statistics in Data Science 2 (2024).
 */
export function createDailyBets(directions: readonly BetDirection[]): DailyBets {
  const { threshold, maxWinnings } = dailyBetRule;
  const winnings = new Float64Array(directions.length);
  /** The logarithm of what each bet would have won by now if started on the best day, and that day. */
  const logBest = new Float64Array(directions.length);
  const since = new Float64Array(directions.length);
  const evidence = () => sumCounts(winnings) / winnings.length;

  return {
    winnings,
    settle(growths, day) {
      for (let b = 0; b < winnings.length; b++) {
        winnings[b] = Math.min(maxWinnings, (winnings[b] + 1) * Math.exp(growths[b]));
        if (logBest[b] <= 0) {
          logBest[b] = 0;
          since[b] = day;
        }
        logBest[b] = Math.min(Math.log(maxWinnings), logBest[b] + growths[b]);
      }
    },
    evidence,
    found() {
      if (evidence() < threshold) return null;
      const best = winnings.indexOf(Math.max(...winnings));
      return { direction: directionOf({ direction: directions[best] }), since: since[best] };
    },
  };
}
