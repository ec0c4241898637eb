import { type Counter, createNoopMeter } from '@opentelemetry/api';
import {
  BatchSpanProcessor,
  type BatchSpanProcessorOptions,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { instruments } from './instruments.ts';
import { counterData, type MetricSource } from './metric-data.ts';
import { trimSpans } from './span-contents.ts';

/** What became of the spans that were recorded. */
export type SpanCounts = { exported: number; queueFull: number; exportFailed: number; rejected: number };

export function createSpanCounts(): SpanCounts {
  return { exported: 0, queueFull: 0, exportFailed: 0, rejected: 0 };
}

/** The counts as metrics. */
export function spanMetrics(counts: SpanCounts): MetricSource {
  return () => [
    counterData(instruments.spansExported, [{ attributes: {}, value: counts.exported }]),
    counterData(instruments.spansDropped, [
      { attributes: { reason: 'queue_full' }, value: counts.queueFull },
      { attributes: { reason: 'export_failed' }, value: counts.exportFailed },
      { attributes: { reason: 'rejected' }, value: counts.rejected },
    ]),
  ];
}

/**
 * A batching span processor whose losses are counted. It tells them only through its own metrics, so that is where they
 * are heard: of those all but the count of the spans that found no place in the queue are left aside.
 *
 * @param options with the length to which attribute values are shortened
 * @param onQueueFull is called for the first of them
 */
export function createSpanProcessor(
  counts: SpanCounts,
  options: Omit<BatchSpanProcessorOptions, 'selfObsMeterProvider'> & { readonly maxValueLength: number },
  onQueueFull: () => void,
): SpanProcessor {
  const add: Counter['add'] = (spans, attributes) => {
    if (attributes?.['error.type'] !== 'queue_full') return;
    if (counts.queueFull === 0) onQueueFull();
    counts.queueFull += spans;
  };
  const meter = Object.assign(createNoopMeter(), { createCounter: () => ({ add }) });
  const { maxValueLength, ...batches } = options;
  return trimSpans(
    new BatchSpanProcessor({ ...batches, selfObsMeterProvider: { getMeter: () => meter } }),
    maxValueLength,
  );
}
