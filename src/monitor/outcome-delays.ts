import { createHistogram, type HistogramCounts } from './histogram.ts';

const dayS = 86_400;
/** Upper bounds of the buckets, in seconds: hours, then days up to a year. */
const boundaries = [
  3600,
  6 * 3600,
  ...[1, 3, 7, 14, 30, 60, 90, 180, 365].map((days) => days * dayS),
] as const;

/** How long after their predictions outcomes came, in seconds, negative class first. */
export type OutcomeDelays = readonly [negative: HistogramCounts, positive: HistogramCounts];

export function createOutcomeDelays(): OutcomeDelays {
  return [createHistogram(boundaries), createHistogram(boundaries)];
}
