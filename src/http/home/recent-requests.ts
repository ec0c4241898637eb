import { histogramCount, histogramQuantile } from '../../monitor/histogram.ts';
import type { HttpMetrics } from '../../telemetry/http-metrics.ts';
import { predictRoutes } from '../expected-requests.ts';

/** A copy is kept every five minutes, so that the last hour is one of 60 to 65 minutes. */
const keptCopies = 13;
const minuteMs = 60_000;
const asksToPredict: ReadonlySet<string> = new Set(predictRoutes);

/** The requests of the last hour that asked for predictions. */
export type RequestFigures = {
  readonly requests: number;
  /** Answered with 4xx: the caller's fault. */
  readonly refused: number;
  /** Answered with 5xx. */
  readonly failed: number;
  /** Of all routes: answered with 503 before anything was looked at. They are in none of the other figures. */
  readonly shed: number;
  /** In ms; `null` without requests. */
  readonly latency: Readonly<Record<'p50' | 'p95' | 'p99', number>> | null;
  /** How far back the figures go: an hour, or less after the start. */
  readonly minutes: number;
};

export type RecentRequests = {
  /** Remembers the counts as they are now. To be called every five minutes. */
  step(): void;
  read(): RequestFigures;
};

/**
 * The last hour of requests, from the counts that the service keeps for its metrics.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function createRecentRequests(
  metrics: Pick<HttpMetrics, 'series' | 'shed'>,
  now: () => number = () => performance.now(),
): RecentRequests {
  const copies = [count(metrics, now())];
  return {
    step() {
      copies.push(count(metrics, now()));
      if (copies.length > keptCopies) copies.shift();
    },
    read() {
      const current = count(metrics, now());
      const [before] = copies;
      const durations = {
        boundaries: current.boundaries,
        counts: current.counts.map((value, i) => value - (before.counts[i] ?? 0)),
      };
      const quantile = (share: number) => (histogramQuantile(durations, share) ?? 0) * 1000;
      const requests = histogramCount(durations);
      return {
        requests,
        refused: current.refused - before.refused,
        failed: current.failed - before.failed,
        shed: current.shed - before.shed,
        latency: requests === 0 ? null : { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
        minutes: Math.round((current.atMs - before.atMs) / minuteMs),
      };
    },
  };
}

function count({ series, shed }: Pick<HttpMetrics, 'series' | 'shed'>, atMs: number) {
  const predicting = series.filter(({ route }) => asksToPredict.has(route));
  const boundaries = predicting[0]?.durations.boundaries ?? [];
  const counts = new Float64Array(boundaries.length + 1);
  let refused = 0;
  let failed = 0;
  for (const { status, durations } of predicting) {
    for (let i = 0; i < counts.length; i++) counts[i] += durations.counts[i];
    if (status >= 500) failed += histogramCount(durations);
    else if (status >= 400) refused += histogramCount(durations);
  }
  return { atMs, boundaries, counts, refused, failed, shed: shed.concurrency + shed.event_loop };
}
