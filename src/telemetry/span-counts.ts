import { type Counter, createNoopMeter } from '@opentelemetry/api';
import {
  BatchSpanProcessor,
  type BatchSpanProcessorOptions,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { instruments } from './instruments.ts';
import { counterData, type MetricSource } from './metric-data.ts';
import { trimSpans } from './span-contents.ts';

/** What happened to recorded spans. */
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
 * A batching span processor whose losses are counted. It reports them only through its own metrics, so they are read
 * from there; of those metrics, only the number of spans that did not fit into the queue is used.
 *
 * @param options includes the length to which attribute values are shortened
 * @param onQueueFull called when the first span is lost
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
