import { numericBinIndex } from '../stats/binning.ts';

/** A histogram as counts in a typed array: recording allocates nothing. */
export type HistogramCounts = {
  readonly boundaries: readonly number[];
  /** One count per bucket, not cumulative; the last bucket is unbounded. */
  readonly counts: Float64Array;
  sum: number;
};

/** The counts, without the sum of the values. */
export type BucketCounts = Pick<HistogramCounts, 'boundaries' | 'counts'>;

/** @param boundaries upper bounds of all buckets but the last, ascending, inclusive */
export function createHistogram(boundaries: readonly number[]): HistogramCounts {
  return { boundaries, counts: new Float64Array(boundaries.length + 1), sum: 0 };
}

/** Counts one value. O(log buckets). @returns the index of its bucket */
export function recordValue(histogram: HistogramCounts, value: number): number {
  const bucket = numericBinIndex(histogram.boundaries, value);
  histogram.counts[bucket]++;
  histogram.sum += value;
  return bucket;
}

/** The number of values recorded. */
export function histogramCount(histogram: BucketCounts): number {
  let count = 0;
  for (let i = 0; i < histogram.counts.length; i++) count += histogram.counts[i];
  return count;
}

/**
 * The value below which the share `quantile` of the recorded values lies, interpolated within its bucket as PromQL's
 * `histogram_quantile` does: a value in the unbounded bucket counts as the greatest boundary. `null` without any value.
 */
export function histogramQuantile(histogram: BucketCounts, quantile: number): number | null {
  const { boundaries, counts } = histogram;
  const rank = quantile * histogramCount(histogram);
  if (rank === 0) return null;
  let below = 0;
  for (let i = 0; i < boundaries.length; i++) {
    if (below + counts[i] >= rank) {
      const lower = i === 0 ? 0 : boundaries[i - 1];
      return lower + ((boundaries[i] - lower) * (rank - below)) / counts[i];
    }
    below += counts[i];
  }
  return boundaries[boundaries.length - 1];
}
