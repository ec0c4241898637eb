import type { DailyBets } from '../stats/daily-bets.ts';
import type { Periodic } from './windows.ts';

const dayMs = 86_400_000;

/** Days of 24 hours since the start. */
export type DailyTotals = Periodic & {
  /** The whole days so far. */
  daysSoFar(): number;
};

/**
 * Settles each day at its end, by how much totals have grown during it. A day without growth is counted but not
 * settled.
 *
 * @param totals the live counters, read only
 * @param maxDays how many days `settle` looks back; this many copies of the totals are kept
 * @param settle receives the number of the day that has ended, counted from 0, and how much the totals have grown over
 *   a given number of days up to its end, or since the start if that is shorter
 */
export function createDailyTotals(
  totals: Float64Array,
  startMs: number,
  maxDays: number,
  settle: (day: number, grownIn: (days: number) => Float64Array) => void,
): DailyTotals {
  /** The totals at the start of each of the last days, at index day number modulo `maxDays`. */
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
      // everything counted since the last settlement belongs to the first of these days
      settle(days, grownIn);
      for (let day = Math.max(days, daysNow - maxDays) + 1; day <= daysNow; day++) {
        starts[day % maxDays].set(totals);
      }
      days = daysNow;
    },
    daysSoFar: () => days,
  };
}

/** The state of bets that are settled every day. */
export type LiveBets = {
  /** The mean of their winnings; from `dailyBetRule.threshold` on, a change is detected. */
  readonly evidence: number;
  /** `null` if none is detected, like `forDays`. */
  readonly direction: 'rises' | 'falls' | null;
  /** Approximately how long ago it began. */
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
