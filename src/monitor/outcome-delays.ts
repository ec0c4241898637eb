import { requireFinite } from '../stats/require-finite.ts';
import { type BucketCounts, type HistogramCounts, recordValue } from './histogram.ts';
import { createWindows, type WindowName } from './windows.ts';

const dayS = 86_400;
/** Upper bounds of the buckets, in seconds: hours, then days up to a year. */
const boundaries = [
  3600,
  6 * 3600,
  ...[1, 3, 7, 14, 30, 60, 90, 180, 365].map((days) => days * dayS),
] as const;

/** How long after their predictions outcomes came, in seconds; negative class first. */
export type OutcomeDelays = {
  /** Since the start. Read them, do not write them. */
  readonly histograms: readonly [negative: HistogramCounts, positive: HistogramCounts];
  /** @throws RangeError for a delay that is not a finite number */
  add(isPositive: boolean, delaySeconds: number): void;
  /** Over the last 10 minutes, hour or day, or since the start if that is less. */
  window(name: WindowName): readonly [negative: BucketCounts, positive: BucketCounts];
};

/** @param now milliseconds of a clock that never goes back */
export function createOutcomeDelays(now: () => number = () => performance.now()): OutcomeDelays {
  const buckets = boundaries.length + 1;
  const totals = new Float64Array(2 * buckets);
  const windows = createWindows(totals, now);
  const cut = (counts: Float64Array) =>
    [
      { boundaries, counts: counts.subarray(0, buckets) },
      { boundaries, counts: counts.subarray(buckets) },
    ] as const;
  const [negative, positive] = cut(totals);
  const histograms = [
    { ...negative, sum: 0 },
    { ...positive, sum: 0 },
  ] as const;
  return {
    histograms,
    add(isPositive, delaySeconds) {
      requireFinite(delaySeconds, 'the delay');
      windows.advance();
      recordValue(histograms[isPositive ? 1 : 0], delaySeconds);
    },
    window: (name) => cut(windows.since(name)),
  };
}
