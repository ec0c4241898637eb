import type { Resource } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import type { Config } from '../settings/config.ts';
import type { ExportCounts } from './export-counts.ts';
import { logRecordOf } from './log-records.ts';
import type { OtlpOptions } from './otlp-options.ts';
import { createQueueMeter } from './queue-meter.ts';

/** How long lines wait until they are read again, all together, after requests have been answered. */
const readAfterMs = 100;

export type LogSender = {
  /** Takes a log line; it is dropped and counted if too many are waiting. */
  send(line: string): void;
  /** Sends what is waiting, and stops. */
  shutdown(): Promise<void>;
};

/**
 * Sends log lines over OTLP, in batches. Each is read again outside of its request.
 *
 * @param onQueueFull called when the first line is lost because too many wait for their export
 */
export function createLogSender(
  config: Config,
  { timeoutMillis }: OtlpOptions,
  { exporter, resource }: { readonly exporter: LogRecordExporter; readonly resource: Resource },
  counts: ExportCounts,
  onQueueFull: () => void,
): LogSender {
  const meter = createQueueMeter(counts, onQueueFull);
  const maxQueueSize = config.OTEL_BLRP_MAX_QUEUE_SIZE;
  const processor = new BatchLogRecordProcessor({
    exporter,
    maxQueueSize,
    maxExportBatchSize: Math.min(config.OTEL_BLRP_MAX_EXPORT_BATCH_SIZE, maxQueueSize),
    exportTimeoutMillis: config.OTEL_BLRP_EXPORT_TIMEOUT ?? timeoutMillis,
    scheduledDelayMillis: config.OTEL_BLRP_SCHEDULE_DELAY,
    selfObsMeterProvider: meter,
  });
  const provider = new LoggerProvider({
    resource,
    processors: [processor],
    logRecordLimits: {
      attributeCountLimit:
        config.OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT ?? config.OTEL_ATTRIBUTE_COUNT_LIMIT ?? 128,
      attributeValueLengthLimit:
        config.OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT ??
        config.OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT ??
        Number.POSITIVE_INFINITY,
    },
  });
  const logger = provider.getLogger('vigia');
  const waiting: string[] = [];
  const dropped = meter.getMeter('').createCounter('');
  let timer: NodeJS.Timeout | undefined;
  const read = () => {
    clearTimeout(timer);
    timer = undefined;
    for (const line of waiting.splice(0)) logger.emit(logRecordOf(line));
  };
  return {
    send(line) {
      if (waiting.length >= maxQueueSize) dropped.add(1, { 'error.type': 'queue_full' });
      else waiting.push(line);
      timer ??= setTimeout(read, readAfterMs).unref();
    },
    async shutdown() {
      read();
      await provider.shutdown();
    },
  };
}
