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

const samplesADay = 576;

/** A counter of the same traffic, without the samples that rules evaluated once a day never read. */
export function dailyCounter(days: readonly number[], restart?: number): string {
  let value = 0;
  return atDayEnds(
    days.map((count, day) => {
      if (day === restart) value = 0;
      value += count;
      return [value - count / 2, value];
    }),
  );
}

/** A gauge that never changes, with as few samples. */
export function dailyGauge(value: number, days: number): string {
  return atDayEnds(Array.from({ length: days }, () => [value, value]));
}

/** Two samples a day, of the pace 'day': one in the midst of its last five minutes and one at its end. */
function atDayEnds(samples: readonly (readonly number[])[]): string {
  return samples
    .map(([before, end], day) => `_x${samplesADay - (day === 0 ? 1 : 2)} ${before} ${end}`)
    .join(' ');
}
