import { missingBin } from '../stats/binning.ts';
import { createSlowDrift, type SlowDrift } from '../stats/slow-drift.ts';
import type { VariableLayout } from './monitor.ts';
import type { Periodic } from './windows.ts';

const dayMs = 86_400_000;

/** What the bets of `createSlowDrift` show of one variable of one replica. */
export type LiveSlowDrift = {
  readonly name: string;
  /** From `slowDriftRule.threshold` on it is slow drift. */
  readonly evidence: number;
  /** `null` without slow drift, as is `forDays`. */
  readonly direction: SlowDrift['direction'] | null;
  /** How long it has been drifting, about. */
  readonly forDays: number | null;
};

export type SlowDriftWatch = Periodic & {
  /** The whole days so far. */
  daysSoFar(): number;
  /** Every numeric variable, and the score, most evidence first. */
  read(): LiveSlowDrift[];
};

/**
 * Settles the bets on slow drift at the end of each day since the start, by how much the totals have grown on it.
 *
 * @param totals the live counters, laid out as `variables` says; read only
 */
export function createSlowDriftWatch(
  variables: readonly VariableLayout[],
  totals: Float64Array,
  startMs: number,
): SlowDriftWatch {
  const watched = variables.flatMap((variable) => {
    const { name, bins, counts, offset } = variable;
    if (bins.kind === 'categorical') return [];
    const values = missingBin(bins);
    const detector = createSlowDrift(counts.slice(0, values));
    return detector === null ? [] : [{ name, detector, offset, day: new Float64Array(values) }];
  });
  const before = totals.slice();
  let days = 0;
  return {
    nextMs: () => startMs + (days + 1) * dayMs,
    advance(nowMs) {
      const daysNow = Math.floor((nowMs - startMs) / dayMs);
      if (daysNow <= days) return;
      // all that was counted since the last settlement came on the first of these days
      for (const { detector, offset, day } of watched) {
        for (let i = 0; i < day.length; i++) day[i] = totals[offset + i] - before[offset + i];
        detector.addDay(day, days);
      }
      before.set(totals);
      days = daysNow;
    },
    daysSoFar: () => days,
    read: () =>
      watched
        .map(({ name, detector }) => {
          const found = detector.found();
          return {
            name,
            evidence: detector.evidence(),
            direction: found?.direction ?? null,
            forDays: found && days - found.since,
          };
        })
        .sort((a, b) => b.evidence - a.evidence),
  };
}
