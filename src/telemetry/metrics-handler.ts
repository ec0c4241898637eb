import type { IncomingMessage, ServerResponse } from 'node:http';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { createExposition } from './expose-metrics.ts';
import { createMetricProducer, type MetricSource } from './metric-data.ts';
import { metricsMediaTypes } from './prometheus-text.ts';

/**
 * Makes the handler of a Prometheus scrape, for a program without an SDK of its own. It writes to Node's own response, so
 * that it fits under any framework:
 *
 *     const metrics = createMetricsHandler([churn.metrics]);
 *     http.createServer(metrics).listen(9464);
 *     express().get('/metrics', metrics);
 *
 * A program with an SDK gives `createMetricProducer(sources)` to its reader instead, as one of `metricProducers`.
 *
 * @param sources the metrics of one or several models; each pair of model and version once
 */
export function createMetricsHandler(
  sources: readonly MetricSource[],
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const exporter = new PrometheusExporter({
    preventServerStart: true,
    metricProducers: [createMetricProducer(sources)],
  });
  // a reader collects nothing before it belongs to a provider
  new MeterProvider({ readers: [exporter] });
  const exposeMetrics = createExposition(exporter);
  return async (_request, response) => {
    response.setHeader('content-type', metricsMediaTypes.text);
    response.end(await exposeMetrics('text'));
  };
}
