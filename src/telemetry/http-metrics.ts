import type { Attributes } from '@opentelemetry/api';
import { createHistogram, type HistogramCounts, recordValue } from '../monitor/histogram.ts';
import { createExemplars, type Exemplars } from './exemplars.ts';
import { instruments } from './instruments.ts';
import { counterData, gaugeData, histogramData, histogramValue, type MetricSource } from './metric-data.ts';

/** Upper bounds of the duration buckets, in seconds. 0.25 is the latency objective. */
export const durationBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

const knownMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** What every other method is counted as, by OpenTelemetry's semantic conventions. */
const otherMethod = '_OTHER';

/**
 * The attributes of a request by OpenTelemetry's semantic conventions. Behind a proxy the client may have used https; this
 * is the scheme of the connection that the service has accepted.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration
 */
function describe(method: string, route: string, status: number): Attributes {
  return {
    'http.request.method': method,
    ...(route !== '' && { 'http.route': route }),
    'http.response.status_code': status,
    'url.scheme': 'http',
    ...(status >= 500 && { 'error.type': String(status) }),
  };
}

/** One combination of method, route and status, with its durations in seconds. */
export type HttpSeries = {
  readonly method: string;
  /** The route's pattern; empty for a path without a route. */
  readonly route: string;
  readonly status: number;
  readonly durations: HistogramCounts;
  /** Traced requests by bucket. */
  readonly exemplars: Exemplars;
};

export type ShedReason = 'concurrency' | 'event_loop';

/** Why something that arrived over a connection never became a request that a route could answer. */
export type UnreadableReason = 'malformed' | 'headers_too_large' | 'timeout' | 'misdirected';

export type HttpMetrics = {
  /**
   * Counts one answered request. `route` is a pattern of the API or empty, never a path from the wire; `traceId` is that
   * of a trace that is recorded.
   */
  record(method: string, route: string, status: number, durationSeconds: number, traceId?: string): void;
  /** Requests being answered; the owner of the server updates it. */
  active: number;
  readonly shed: Record<ShedReason, number>;
  readonly unreadable: Record<UnreadableReason, number>;
  readonly series: readonly HttpSeries[];
  readonly source: MetricSource;
};

/**
 * Counts the requests of one listener.
 *
 * @param expected combinations whose counts start at 0, so that `increase()` sees the first request of each
 */
export function createHttpMetrics(
  expected: readonly { method: string; route: string; status: number }[],
): HttpMetrics {
  const series: (HttpSeries & { attributes: Attributes })[] = [];
  const find = (method: string, route: string, status: number) => {
    const known = knownMethods.includes(method) ? method : otherMethod;
    // searching the few that exist is faster than building a key for them
    let found = series.find((one) => one.status === status && one.route === route && one.method === known);
    if (!found) {
      found = {
        method: known,
        route,
        status,
        durations: createHistogram(durationBoundaries),
        exemplars: createExemplars(durationBoundaries.length + 1),
        attributes: describe(known, route, status),
      };
      series.push(found);
    }
    return found;
  };
  for (const { method, route, status } of expected) find(method, route, status);
  const shed = { concurrency: 0, event_loop: 0 };
  const unreadable = { malformed: 0, headers_too_large: 0, timeout: 0, misdirected: 0 };
  const byReason = (counts: Record<string, number>) =>
    Object.entries(counts).map(([reason, value]) => ({ attributes: { reason }, value }));
  const metrics: HttpMetrics = {
    record(method, route, status, durationSeconds, traceId) {
      const { durations, exemplars } = find(method, route, status);
      const bucket = recordValue(durations, durationSeconds);
      if (traceId !== undefined) {
        exemplars.note(bucket, { traceId, value: durationSeconds, timeMs: Date.now() });
      }
    },
    active: 0,
    shed,
    unreadable,
    series,
    source: () => [
      histogramData(
        instruments.httpDuration,
        series.map(({ attributes, durations: { boundaries, counts, sum }, exemplars }) => ({
          attributes,
          value: histogramValue(boundaries, counts, sum),
          exemplars: exemplars.recent(0, counts.length),
        })),
      ),
      gaugeData(instruments.httpActive, [{ attributes: {}, value: metrics.active }]),
      counterData(instruments.httpShed, byReason(shed)),
      counterData(instruments.httpUnreadable, byReason(unreadable)),
    ],
  };
  return metrics;
}
