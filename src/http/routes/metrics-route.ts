import { histogramCount, histogramQuantile } from '../../monitor/histogram.ts';
import type { HttpMetrics, HttpSeries } from '../../telemetry/http-metrics.ts';
import type { RequestContext } from '../request-context.ts';
import type { AppRouter } from '../router.ts';
import { send, sendJson } from '../send.ts';
import type { Service } from '../service.ts';

/** `GET /metrics` of the admin listener: Prometheus text. */
export function addPrometheusRoute(router: AppRouter, service: Service): void {
  router.get('/metrics', (context) => sendPrometheus(context, service));
}

/**
 * `GET /metrics` of the public API: a summary of its requests in JSON, whatever the client accepts. The other metrics
 * (distributions, performance, decisions by protected group) are the operator's.
 */
export function addSummaryRoute(router: AppRouter, service: Service): void {
  router.get('/metrics', (context) => sendSummary(context, service));
}

/** `GET /metrics` of the public API with `API_METRICS=full`: Prometheus text for a client that asks for it. */
export function addFullMetricsRoute(router: AppRouter, service: Service): void {
  router.get('/metrics', async (context) => {
    context.vary('Accept');
    if (wantsPrometheus(context.get('accept'))) await sendPrometheus(context, service);
    else sendSummary(context, service);
  });
}

/**
 * Whether an Accept header names one of Prometheus's formats and not JSON. Parameters are ignored: Prometheus sends
 * versions and weights that a negotiation would have to match.
 */
function wantsPrometheus(accept: string): boolean {
  const types = accept.split(',').map((range) => range.split(';', 1)[0].trim().toLowerCase());
  if (types.includes('application/json')) return false;
  return types.includes('text/plain') || types.includes('application/openmetrics-text');
}

async function sendPrometheus(context: RequestContext, service: Service): Promise<void> {
  send(context, 200, 'text/plain; version=0.0.4; charset=utf-8', await service.exposeMetrics());
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
