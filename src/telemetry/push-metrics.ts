import {
  type MetricProducer,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { Config } from '../settings/config.ts';
import { type OtlpOptions, otlpOptions } from './otlp-options.ts';

/**
 * How metrics are pushed, if they are: no export takes longer than the timeout of pushes or of exports allows, nor than the interval,
 * so that none is left out because of the previous one.
 */
export function pushOptions(config: Config): OtlpOptions | undefined {
  const options = otlpOptions(config, 'metrics');
  if (options === undefined) return undefined;
  const { OTEL_METRIC_EXPORT_INTERVAL: interval, OTEL_METRIC_EXPORT_TIMEOUT: timeout } = config;
  return { ...options, timeoutMillis: Math.min(options.timeoutMillis, timeout, interval) };
}

/**
 * Makes the SDK's reader that pushes all metrics at an interval.
 *
 * @param beforeAnswer what has to be done before anyone is shown the metrics that were just collected
 */
export function createMetricPush(
  config: Config,
  exporter: PushMetricExporter,
  producer: MetricProducer,
  beforeAnswer: readonly (() => Promise<void>)[],
): PeriodicExportingMetricReader {
  return new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: config.OTEL_METRIC_EXPORT_INTERVAL,
    // the exporter gives up earlier, and says so once
    exportTimeoutMillis: config.OTEL_METRIC_EXPORT_INTERVAL,
    metricProducers: [
      {
        async collect() {
          const { resourceMetrics, errors } = await producer.collect();
          await Promise.all(beforeAnswer.map((step) => step()));
          return { resourceMetrics: withoutEmpty(resourceMetrics), errors };
        },
      },
    ],
  });
}

/** Prometheus' receiver refuses a push with a metric that has no series. */
function withoutEmpty({ resource, scopeMetrics }: ResourceMetrics): ResourceMetrics {
  return {
    resource,
    scopeMetrics: scopeMetrics.map(({ scope, metrics }) => ({
      scope,
      metrics: metrics.filter(({ dataPoints }) => dataPoints.length > 0),
    })),
  };
}
