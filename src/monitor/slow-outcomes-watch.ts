import { createDailyTotals, type DailyTotals, type LiveBets, readBets } from './daily-totals.ts';
import { type BandOutcomes, createSlowOutcomes } from './slow-outcomes.ts';

/** What the bets of `createSlowOutcomes` show of one model version on one replica. */
export type LiveSlowOutcomes = LiveBets & {
  /** The whole days so far. */
  readonly days: number;
};

export type SlowOutcomesWatch = DailyTotals & { read(): LiveSlowOutcomes };

/** As many as the tolerance of the bets looks back. */
const daysOfWeek = 7;

/**
 * Settles the bets on slowly unexpected outcomes at the end of each day since the start, by how much the totals have
 * grown on it and in the week that ends with it.
 *
 * @param totals the live counters; read only
 * @param referenceRows the rows behind the calibration, by band
 * @param bandsOf what such totals, or their growth, say of the outcomes of each band
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
