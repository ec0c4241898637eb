import { createDailyTotals, type DailyTotals, type LiveBets, readBets } from './daily-totals.ts';
import { type BandOutcomes, createSlowOutcomes } from './slow-outcomes.ts';

/** What the bets of `createSlowOutcomes` show about one model version on one replica. */
export type LiveSlowOutcomes = LiveBets & {
  /** The whole days so far. */
  readonly days: number;
};

export type SlowOutcomesWatch = DailyTotals & { read(): LiveSlowOutcomes };

/** The number of days over which the tolerance of the bets looks back. */
const daysOfWeek = 7;

/**
 * Settles the bets on slow deviations of outcomes at the end of each day since the start, by how much the totals have
 * grown during that day and during the week that ends with it.
 *
 * @param totals the live counters; read only
 * @param referenceRows the rows behind the calibration, by band
 * @param bandsOf turns such totals, or their growth, into the outcomes of each band
 */
export function createSlowOutcomesWatch(
  totals: Float64Array,
  referenceRows: ArrayLike<number>,
  bandsOf: (totals: Float64Array) => readonly BandOutcomes[],
  startMs: number,
): SlowOutcomesWatch {
  const detector = createSlowOutcomes(referenceRows);
  const days = createDailyTotals(totals, startMs, daysOfWeek, (day, grownIn) => {
    detector.addDay(bandsOf(grownIn(1)), bandsOf(grownIn(daysOfWeek)), day);
  });
  return {
    ...days,
    read: () => ({ days: days.daysSoFar(), ...readBets(detector, days.daysSoFar()) }),
  };
}
