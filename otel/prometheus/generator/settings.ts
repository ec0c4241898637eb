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
};

export const defaultSettings: Settings = { timeScale: 1, requestScale: 1 };

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * A duration in Prometheus' notation, scaled; `1h` at 0.1 is `6m`. The result has one unit, the largest that fits,
 * and is at least a second.
 *
 * @throws RangeError if `duration` is not a whole number with one of the units ms, s, m, h, d
 */
export function scaleDuration(duration: string, scale: number): string {
  const parts = /^(\d+)(ms|s|m|h|d)$/.exec(duration);
  if (parts === null) throw new RangeError(`"${duration}" is not a duration such as 30s or 24h`);
  if (scale === 1) return duration;
  const ms = Math.max(1000, Math.round(Number(parts[1]) * unitMs[parts[2] as keyof typeof unitMs] * scale));
  return formatDuration(ms);
}

/** A duration in Prometheus' notation, in the largest unit that fits. */
export function formatDuration(ms: number): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((candidate) => ms % unitMs[candidate] === 0) ?? 'ms';
  return `${ms / unitMs[unit]}${unit}`;
}

/** Shorthand for the two scales of `settings`: `time('1h')`, `requests(500)`. */
export function scalesOf(settings: Settings) {
  return {
    time: (duration: string): string => scaleDuration(duration, settings.timeScale),
    requests: (count: number): number => Math.max(1, Math.ceil(count * settings.requestScale)),
  };
}

export type Scales = ReturnType<typeof scalesOf>;
