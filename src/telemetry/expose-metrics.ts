import { setImmediate } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import type { MetricReader } from '@opentelemetry/sdk-metrics';
import { createPrometheusText } from './prometheus-text.ts';

/**
 * Makes what answers a scrape: all metrics of the reader in Prometheus's text format. Scrapes that come in the same
 * turn of the event loop share one collection, so that many scrapers at once cost little more than one.
 *
 * @returns a function that rejects when the reader has been shut down
 */
export function createExposition(reader: MetricReader): () => Promise<string> {
  const format = createPrometheusText();
  let shared: Promise<string> | undefined;
  async function collect(): Promise<string> {
    await setImmediate();
    shared = undefined;
    const { resourceMetrics, errors } = await reader.collect();
    if (errors.length > 0) diag.error('metrics collection', ...errors);
    return format(resourceMetrics);
  }
  return () => {
    shared ??= collect();
    return shared;
  };
}
