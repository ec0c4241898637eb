import type { TrafficPhase } from './series.ts';

/**
 * The traffic of whole days for the pace 'day': what a day brings comes in the last five minutes before its end, which
 * are all that is counted when rules are evaluated once a day.
 *
 * @param days counts by bin for each day
 * @param restart the day before whose traffic the replica starts again
 */
export function dailyTraffic(days: readonly (readonly number[])[], restart?: number): TrafficPhase[] {
  return days.flatMap((counts, day) => {
    const end = (day + 1) * 1440;
    return [
      { from: `${end - 1440}m`, counts: counts.map(() => 0) },
      { from: `${end - 5}m`, counts: counts.map((count) => count / 5), restart: day === restart },
    ];
  });
}
