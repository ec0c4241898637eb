const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** The windows that alerts look at. */
export const windowsMs = { '10m': 10 * minuteMs, '1h': hourMs, '24h': dayMs, '7d': 7 * dayMs } as const;

/** When the same time is looked at again to tell season from drift. */
export const earlierMs = { '1d': dayMs, '7d': 7 * dayMs } as const;

/**
 * Which windows are compared with an earlier one of the same length: the last hour with the same hour a day ago and a
 * week ago, the last day with the same day a week ago. A week holds the whole of both seasons.
 */
export const seasons = [
  { window: '1h', earlier: '1d' },
  { window: '1h', earlier: '7d' },
  { window: '24h', earlier: '7d' },
] as const;

/**
 * How many requests a window must hold before it is judged. A week has no minimum: the noise ceiling alone keeps
 * small numbers quiet, and what it cannot judge is reported as undetermined.
 */
export const minRequests = { '10m': 500, '1h': 500, '24h': 300, '7d': 0 } as const;

/** A change within ten minutes that is worth waking somebody. */
export const fastPsi = 0.5;
/** More features than this share drifting at once are one cause, not many. */
export const broadShare = 0.3;

type Rule = { readonly severity: 'ticket' | 'page'; readonly forMs: number; readonly keepFiringMs: number };

/** The drift alerts of the Prometheus rules that the report replays over samples, with how long they wait and stay. */
export const alertRules = {
  ModelFeatureDrift: { severity: 'ticket', forMs: 15 * minuteMs, keepFiringMs: hourMs },
  ModelFeatureDriftEarly: { severity: 'ticket', forMs: 10 * minuteMs, keepFiringMs: 30 * minuteMs },
  ModelFeatureDriftFast: { severity: 'page', forMs: 2 * minuteMs, keepFiringMs: 10 * minuteMs },
  ModelScoreDrift: { severity: 'ticket', forMs: 15 * minuteMs, keepFiringMs: hourMs },
  ModelFeatureMissing: { severity: 'ticket', forMs: 15 * minuteMs, keepFiringMs: hourMs },
  ModelFeatureUnseen: { severity: 'ticket', forMs: 15 * minuteMs, keepFiringMs: hourMs },
  ModelFeatureOutsideRange: { severity: 'ticket', forMs: 15 * minuteMs, keepFiringMs: hourMs },
  ModelDriftSlow: { severity: 'ticket', forMs: 0, keepFiringMs: hourMs },
  ModelDriftBroad: { severity: 'page', forMs: 5 * minuteMs, keepFiringMs: 15 * minuteMs },
} as const satisfies Record<string, Rule>;

export type AlertName = keyof typeof alertRules;
