import { ExportResultCode } from '@opentelemetry/core';
import {
  BatchSpanProcessor,
  type BatchSpanProcessorOptions,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { instruments } from './instruments.ts';
import { counterData, type MetricSource } from './metric-data.ts';

/** What became of the spans that were recorded. */
export type SpanCounts = { exported: number; queueFull: number; exportFailed: number };

export function createSpanCounts(): SpanCounts {
  return { exported: 0, queueFull: 0, exportFailed: 0 };
}

/** The counts as metrics. */
export function spanMetrics(counts: SpanCounts): MetricSource {
  return () => [
    counterData(instruments.spansExported, [{ attributes: {}, value: counts.exported }]),
    counterData(instruments.spansDropped, [
      { attributes: { reason: 'queue_full' }, value: counts.queueFull },
      { attributes: { reason: 'export_failed' }, value: counts.exportFailed },
    ]),
  ];
}

/**
 * A batching span processor that counts what is exported and what is lost. The SDK's own drops spans without a word
 * when its queue is full; here they are turned away one step before.
 */
export function createCountedSpanProcessor(
  counts: SpanCounts,
  exporter: SpanExporter,
  options: Omit<BatchSpanProcessorOptions, 'exporter'> & { maxQueueSize: number },
): SpanProcessor {
  let queued = 0;
  const batches = new BatchSpanProcessor({
    ...options,
    exporter: {
      export(spans, done) {
        queued -= spans.length;
        exporter.export(spans, (result) => {
          if (result.code === ExportResultCode.SUCCESS) counts.exported += spans.length;
          else counts.exportFailed += spans.length;
          done(result);
        });
      },
      shutdown: () => exporter.shutdown(),
      forceFlush: async () => exporter.forceFlush?.(),
    },
  });
  return {
    onStart: (span, context) => batches.onStart(span, context),
    onEnd(span) {
      if (queued >= options.maxQueueSize) {
        counts.queueFull++;
        return;
      }
      queued++;
      batches.onEnd(span);
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  };
}
