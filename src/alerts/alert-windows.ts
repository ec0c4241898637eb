import { durationMs } from './duration.ts';

/** The windows that alerts look at, in ms. */
export const windowsMs = {
  '10m': durationMs('10m'),
  '1h': durationMs('1h'),
  '24h': durationMs('24h'),
  '7d': durationMs('7d'),
} as const;

/** When the same time is looked at again to tell season from drift, in ms. */
export const earlierMs = { '1d': durationMs('1d'), '7d': durationMs('7d') } as const;

/**
 * Which windows are compared with an earlier one of the same length: the last hour with the same hour a day ago and a
 * week ago, the last day with the same day a week ago. A week holds the whole of both seasons.
 */
export const seasons = [
  { window: '1h', earlier: '1d' },
  { window: '1h', earlier: '7d' },
  { window: '24h', earlier: '7d' },
] as const;
