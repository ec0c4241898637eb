import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { diag } from '@opentelemetry/api';
import type { MetricReader } from '@opentelemetry/sdk-metrics';
import { createPrometheusText, type MetricsFormat } from './prometheus-text.ts';

/** Answers a scrape with all metrics, compressed with gzip if `isCompressed`. */
export type ExposeMetrics = (format: MetricsFormat, isCompressed?: boolean) => Promise<Buffer>;

/** One collection in one format, as it is and compressed. Each is made for the first scrape that wants it. */
type Exposition = { readonly text: () => Buffer; readonly compressed: () => Promise<Buffer> };

/** The fastest level: on text as repetitive as this a higher one saves little. */
const compress = (text: Buffer) => promisify(gzip)(text, { level: 1 });

/**
 * Makes the function that answers a scrape with all metrics of the reader, as bytes, because for a slow client a string
 * would stay in memory at two or three times the size. Scrapes that arrive in the same turn of the event loop, or while
 * another one is being prepared, share one collection, so that many simultaneous scrapers cost little more than one.
 * Compression happens outside the event loop.
 *
 * @param beforeAnswer called one after the other for each collection, and awaited, before the answer is returned
 * @param hasExemplars whether OpenMetrics has exemplars
 * @returns a function that rejects if the reader has been shut down
 */
export function createExposition(
  reader: MetricReader,
  beforeAnswer: readonly (() => Promise<void>)[] = [],
  hasExemplars = true,
): ExposeMetrics {
  const write = createPrometheusText(hasExemplars);
  let shared: Promise<Record<MetricsFormat, Exposition>> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  async function collect(before: Promise<unknown>): Promise<Record<MetricsFormat, Exposition>> {
    await setImmediate();
    await before;
    shared = undefined;
    const { resourceMetrics, errors } = await reader.collect();
    if (errors.length > 0) diag.error('metrics collection', ...errors);
    await Promise.all(beforeAnswer.map((step) => step()));
    const expose = (format: MetricsFormat) => {
      const text = once(() => Buffer.from(write(resourceMetrics, format)));
      return { text, compressed: once(() => compress(text())) };
    };
    return { text: expose('text'), openMetrics: expose('openMetrics') };
  }
  return async (format, isCompressed = false) => {
    if (!shared) {
      shared = collect(last);
      // what was collected is not kept until the next scrape
      last = shared.then(
        () => {},
        () => {},
      );
    }
    const { text, compressed } = (await shared)[format];
    return isCompressed ? compressed() : text();
  };
}

/** A function that makes its result when it is first called. */
function once<Result>(make: () => Result): () => Result {
  let made: { readonly result: Result } | undefined;
  return () => {
    made ??= { result: make() };
    return made.result;
  };
}
