import { setImmediate } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import type { MetricReader } from '@opentelemetry/sdk-metrics';
import { createPrometheusText } from './prometheus-text.ts';

/**
 * Makes what answers a scrape: all metrics of the reader in Prometheus's text format, as bytes, since a client that
 * takes them slowly would keep two or three times as much in memory as a string. Scrapes that come in the same turn of
 * the event loop, or while another one is prepared, share one collection, so that many scrapers at once cost little more
 * than one.
 *
 * @param beforeAnswer called one after the other for each collection, and waited for, before it is given out
 * @returns a function that rejects when the reader has been shut down
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
