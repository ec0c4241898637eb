import type { DailyBets } from '../stats/daily-bets.ts';
import type { Periodic } from './windows.ts';

const dayMs = 86_400_000;

/** Days of 24 hours since the start. */
export type DailyTotals = Periodic & {
  /** The whole days so far. */
  daysSoFar(): number;
};

/**
 * Settles each day at its end, by how much totals have grown on it. A day on which they have not grown is counted and
 * not settled.
 *
 * @param totals the live counters, read only
 * @param maxDays how many days `settle` looks back; so many copies of the totals are kept
 * @param settle gets the number of the day that has ended, from 0 on, and how much the totals have grown in so many days
 *   that end with it, or since the start if that is less
 */
export function createDailyTotals(
  totals: Float64Array,
  startMs: number,
  maxDays: number,
  settle: (day: number, grownIn: (days: number) => Float64Array) => void,
): DailyTotals {
  /** The totals at the start of each of the last days; the day's number less a multiple of `maxDays` is the place. */
  const starts = Array.from({ length: maxDays }, () => totals.slice());
  let days = 0;
  const grownIn = (count: number) => {
    const start = starts[(days + 1 - count + maxDays) % maxDays];
    return totals.map((value, i) => value - start[i]);
  };
  return {
    nextMs: () => startMs + (days + 1) * dayMs,
    advance(nowMs) {
      const daysNow = Math.floor((nowMs - startMs) / dayMs);
      if (daysNow <= days) return;
      // all that was counted since the last settlement came on the first of these days
      settle(days, grownIn);
      for (let day = Math.max(days, daysNow - maxDays) + 1; day <= daysNow; day++) {
        starts[day % maxDays].set(totals);
      }
      days = daysNow;
    },
    daysSoFar: () => days,
  };
}

/** What bets that are settled every day show. */
export type LiveBets = {
  /** The mean of what they have won; from `dailyBetRule.threshold` on a change is found. */
  readonly evidence: number;
  /** `null` where none is found, as is `forDays`. */
  readonly direction: 'rises' | 'falls' | null;
  /** How long ago it began, about. */
  readonly forDays: number | null;
};

/** @param days the whole days so far */
export function readBets(bets: Pick<DailyBets, 'evidence' | 'found'>, days: number): LiveBets {
  const found = bets.found();
  return {
    evidence: bets.evidence(),
    direction: found?.direction ?? null,
    forDays: found && days - found.since,
  };
}
