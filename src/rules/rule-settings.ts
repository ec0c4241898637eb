import { type AlertSettings, defaultAlertSettings } from '../alerts/alert-settings.ts';
import { durationMs, formatDuration } from '../alerts/duration.ts';
import { predictRoutes } from '../http/expected-requests.ts';

/** What may differ between two sets of rules; the formulas never do. */
export type Settings = {
  /** Every window, offset, interval and waiting time is multiplied by it. Labels keep the names of the full windows. */
  readonly timeScale: number;
  /** Every minimum number of requests is multiplied by it. */
  readonly requestScale: number;
  /** A team's own, or the defaults. */
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

/** Shorthand for `settings`: `time('1h')` and `requests(500)` scaled, and the settings of the alerts. */
export function scalesOf(settings: Settings) {
  return {
    time: (duration: string): string => scaleDuration(duration, settings.timeScale),
    requests: (count: number): number => Math.max(1, Math.ceil(count * settings.requestScale)),
    thresholds: settings.alerts.thresholds,
    objectives: settings.alerts.objectives,
    /** Selects what is scraped of a job. */
    job: (name: keyof AlertSettings['jobs']): string => jobMatcher(settings.alerts.jobs[name]),
  };
}

/** A name is compared as it is, which is quicker to read; anything else is a regular expression. */
export function jobMatcher(job: string): string {
  return /^[\w./-]+$/.test(job) ? `job="${job}"` : `job=~"${job}"`;
}

/** Selects the requests that predict, by all routes that do: the model that each asks for is another metric's label. */
export const predictRoute = `http_route=~"${predictRoutes.join('|')}"`;

/** The same requests, of the service alone: others may have a route of that name. */
export function predictRequests({ job }: Pick<Scales, 'job'>): string {
  return `${job('service')}, ${predictRoute}`;
}

export type Scales = ReturnType<typeof scalesOf>;
