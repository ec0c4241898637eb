import { missingBin } from '../stats/binning.ts';
import { createSlowDrift } from '../stats/slow-drift.ts';
import { createDailyTotals, type DailyTotals, type LiveBets, readBets } from './daily-totals.ts';
import type { VariableLayout } from './monitor.ts';

/** What the bets of `createSlowDrift` show about one variable on one replica. */
export type LiveSlowDrift = LiveBets & { readonly name: string };

export type SlowDriftWatch = DailyTotals & {
  /** Every numeric variable and the score, strongest evidence first. */
  read(): LiveSlowDrift[];
};

/**
 * Settles the bets on slow drift at the end of each day since the start, by how much the totals have grown during it.
 *
 * @param totals the live counters, laid out as `variables` says; read only
 */
export function createSlowDriftWatch(
  variables: readonly VariableLayout[],
  totals: Float64Array,
  startMs: number,
): SlowDriftWatch {
  const watched = variables.flatMap(({ name, bins, counts, offset }) => {
    if (bins.kind === 'categorical') return [];
    const values = missingBin(bins);
    const detector = createSlowDrift(counts.slice(0, values));
    return detector === null ? [] : [{ name, detector, offset, end: offset + values }];
  });
  const days = createDailyTotals(totals, startMs, 1, (day, grownIn) => {
    const ofDay = grownIn(1);
    for (const { detector, offset, end } of watched) detector.addDay(ofDay.subarray(offset, end), day);
  });
  return {
    ...days,
    read: () =>
      watched
        .map(({ name, detector }) => ({ name, ...readBets(detector, days.daysSoFar()) }))
        .sort((a, b) => b.evidence - a.evidence),
  };
}
