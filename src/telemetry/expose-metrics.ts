import { setImmediate } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import type { MetricReader } from '@opentelemetry/sdk-metrics';
import { createPrometheusText } from './prometheus-text.ts';

/**
 * Makes the function that answers a scrape: all metrics of the reader in Prometheus's text format, as bytes, because
 * for a slow client a string would stay in memory at two or three times the size. Scrapes that arrive in the same turn
 * of the event loop, or while another one is being prepared, share one collection, so that many simultaneous scrapers
 * cost little more than one.
 *
 * @param beforeAnswer called one after the other for each collection, and awaited, before the answer is returned
 * @returns a function that rejects if the reader has been shut down
 */
export function createExposition(
  reader: MetricReader,
  beforeAnswer: readonly (() => Promise<void>)[] = [],
): () => Promise<Buffer> {
  const format = createPrometheusText();
  let shared: Promise<Buffer> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  async function collect(before: Promise<unknown>): Promise<Buffer> {
    await setImmediate();
    await before.catch(() => {});
    shared = undefined;
    const { resourceMetrics, errors } = await reader.collect();
    if (errors.length > 0) diag.error('metrics collection', ...errors);
    const text = Buffer.from(format(resourceMetrics));
    await Promise.all(beforeAnswer.map((step) => step()));
    return text;
  }
  return () => {
    shared ??= last = collect(last);
    return shared;
  };
}
