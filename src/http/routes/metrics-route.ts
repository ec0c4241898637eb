import { histogramCount, histogramQuantile } from '../../monitor/histogram.ts';
import type { HttpMetrics, HttpSeries } from '../../telemetry/http-metrics.ts';
import { isScraped } from '../../telemetry/otlp-options.ts';
import { type MetricsFormat, metricsMediaTypes } from '../../telemetry/prometheus-text.ts';
import { Problem } from '../problem.ts';
import type { RequestContext } from '../request-context.ts';
import type { AppRouter } from '../router.ts';
import { send, sendJson } from '../send.ts';
import type { Service } from '../service.ts';

/** `GET /metrics` of the admin listener: OpenMetrics for a client that prefers it, otherwise Prometheus text. */
export function addPrometheusRoute(router: AppRouter, service: Service): void {
  router.get('/metrics', async (context) => {
    if (!isScraped(service.config)) {
      throw new Problem(
        'not-found',
        'the settings of OpenTelemetry let no one scrape: see OTEL_METRICS_EXPORTER',
      );
    }
    context.vary('Accept');
    const format = preferredFormat(context, ['text', 'openMetrics']) ?? 'text';
    await sendMetrics(context, service, format);
  });
}

/**
 * `GET /metrics` of the public API: a summary of its requests in JSON, whatever the client accepts. The other metrics
 * (distributions, performance, decisions by protected group) are the operator's.
 */
export function addSummaryRoute(router: AppRouter, service: Service): void {
  router.get('/metrics', (context) => sendSummary(context, service));
}

/**
 * `GET /metrics` of the public API with `API_METRICS=full`: Prometheus text for a client that prefers it to JSON. Not
 * OpenMetrics: an exemplar tells of a single request.
 */
export function addFullMetricsRoute(router: AppRouter, service: Service): void {
  router.get('/metrics', async (context) => {
    context.vary('Accept');
    const format = preferredFormat(context, ['json', 'text']);
    if (format === 'text') await sendMetrics(context, service, format);
    else sendSummary(context, service);
  });
}

/** How Prometheus may ask for names to be escaped, as part of a media type. None of ours needs it. */
const escapings = ['allow-utf-8', 'underscores', 'dots', 'values'];

const accepted = {
  json: ['application/json'],
  text: [metricsMediaTypes.text],
  openMetrics: escapings.map((escaping) => `${metricsMediaTypes.openMetrics}; escaping=${escaping}`),
};

/** Which of the formats the client likes best, the first of equal ones; undefined if it accepts none. */
function preferredFormat<Format extends keyof typeof accepted>(
  context: RequestContext,
  formats: readonly Format[],
): Format | undefined {
  const mediaType = context.accepts(formats.flatMap((format) => accepted[format]));
  return formats.find((format) => accepted[format].some((one) => one === mediaType));
}

async function sendMetrics(context: RequestContext, service: Service, format: MetricsFormat): Promise<void> {
  context.vary('Accept-Encoding');
  const isCompressed = context.acceptsEncodings('gzip', 'identity') === 'gzip';
  const answer = await service.exposeMetrics(format, isCompressed);
  if (isCompressed) context.set('content-encoding', 'gzip');
  send(context, 200, metricsMediaTypes[format], answer);
}

function sendSummary(context: RequestContext, service: Service): void {
  sendJson(context, JSON.stringify(summarise(service.httpMetrics)));
}

type Summary = {
  request_count: number;
  error_count: number;
  requests: Record<string, number>;
  errors: Record<string, number>;
  latency: Record<string, { meanMs: number; p50Ms: number; p95Ms: number; p99Ms: number }>;
};

/** Requests, errors (status 400 and above) and latency by route, since the start. */
export function summarise({ series }: HttpMetrics): Summary {
  const summary: Summary = { request_count: 0, error_count: 0, requests: {}, errors: {}, latency: {} };
  const byRoute = Map.groupBy(series, ({ method, route }) => `${method} ${route || '(no such route)'}`);
  for (const [name, members] of byRoute) {
    const count = sum(members);
    if (count === 0) continue;
    const errors = sum(members.filter(({ status }) => status >= 400));
    summary.request_count += count;
    summary.error_count += errors;
    summary.requests[name] = count;
    if (errors > 0) summary.errors[name] = errors;
    summary.latency[name] = latency(members);
  }
  return summary;
}

function sum(members: readonly HttpSeries[]): number {
  return members.reduce((total, { durations }) => total + histogramCount(durations), 0);
}

function latency(members: readonly HttpSeries[]) {
  const { boundaries } = members[0].durations;
  const counts = new Float64Array(boundaries.length + 1);
  let seconds = 0;
  for (const { durations } of members) {
    seconds += durations.sum;
    for (let i = 0; i < counts.length; i++) counts[i] += durations.counts[i];
  }
  const all = { boundaries, counts, sum: seconds };
  const quantileMs = (quantile: number) => round((histogramQuantile(all, quantile) ?? 0) * 1000);
  return {
    meanMs: round((seconds / histogramCount(all)) * 1000),
    p50Ms: quantileMs(0.5),
    p95Ms: quantileMs(0.95),
    p99Ms: quantileMs(0.99),
  };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
