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

/** Delays up to this one, in seconds, cannot be told apart. */
export const leastDelaySeconds = boundaries[0];

/** How long after their predictions outcomes arrived, in seconds, by class. */
export type OutcomeDelays = {
  /** Since the start. Read-only for callers. */
  readonly histograms: readonly HistogramCounts[];
  /**
   * @param outcome its index among the classes
   * @throws RangeError for a delay that is not a finite number
   */
  add(outcome: number, delaySeconds: number): void;
  /** Over the last 10 minutes, hour or day, or since the start if that is shorter. */
  window(name: WindowName): readonly BucketCounts[];
};

/**
 * Makes the counts of how long after their predictions outcomes arrive.
 *
 * @param classes how many the model has
 * @param now milliseconds of a clock that never goes back
 */
export function createOutcomeDelays(
  classes: number,
  now: () => number = () => performance.now(),
): OutcomeDelays {
  const buckets = boundaries.length + 1;
  const totals = new Float64Array(classes * buckets);
  const windows = createWindows(totals, now);
  const cut = (counts: Float64Array) =>
    Array.from({ length: classes }, (_, i) => ({
      boundaries,
      counts: counts.subarray(i * buckets, (i + 1) * buckets),
    }));
  const histograms = cut(totals).map((buckets) => ({ ...buckets, sum: 0 }));
  return {
    histograms,
    add(outcome, delaySeconds) {
      requireFinite(delaySeconds, 'the delay');
      windows.advance();
      recordValue(histograms[outcome], delaySeconds);
    },
    window: (name) => cut(windows.since(name)),
  };
}
