import { type AlertSettings, defaultAlertSettings } from '../../../src/alerts/alert-settings.ts';
import { durationMs, formatDuration } from '../../../src/alerts/duration.ts';
import { predictRoutes } from '../../../src/http/expected-requests.ts';

/** Selects the requests that predict, by all routes that do: the model that each asks for is another metric's label. */
export const predictRoute = `http_route=~"${predictRoutes.join('|')}"`;

/** What may differ between two sets of rules; the formulas never do. */
export type Settings = {
  /** Every window, offset, interval and waiting time is multiplied by it. Labels keep the names of the full windows. */
  readonly timeScale: number;
  /** Every minimum number of requests is multiplied by it. */
  readonly requestScale: number;
  /** The page that has a section for each alert; without one, alerts link to none. */
  readonly runbookUrl?: string | undefined;
  /** Thresholds, waiting times and severities; a team's own, or the defaults. */
  readonly alerts: AlertSettings;
};

export const defaultSettings: Settings = { timeScale: 1, requestScale: 1, alerts: defaultAlertSettings };

/**
 * A duration in Prometheus' notation, scaled; `1h` at 0.1 is `6m`. The result has one unit, the largest that fits,
 * and is at least a second.
 *
 * @throws RangeError if `duration` is not a whole number with one of the units ms, s, m, h, d
 */
export function scaleDuration(duration: string, scale: number): string {
  const ms = durationMs(duration);
  return scale === 1 ? duration : formatDuration(Math.max(1000, Math.round(ms * scale)));
}

/** Shorthand for `settings`: `time('1h')` and `requests(500)` scaled, and the thresholds of the alerts. */
export function scalesOf(settings: Settings) {
  return {
    time: (duration: string): string => scaleDuration(duration, settings.timeScale),
    requests: (count: number): number => Math.max(1, Math.ceil(count * settings.requestScale)),
    thresholds: settings.alerts,
  };
}

export type Scales = ReturnType<typeof scalesOf>;
