import { type Counter, createNoopMeter, type MeterProvider } from '@opentelemetry/api';
import type { ExportCounts } from './export-counts.ts';

/**
 * What the SDK's batch processors report their losses to; they do so only through their own metrics. Of these, only the
 * number of items that did not fit into the queue is used.
 *
 * @param onQueueFull called when the first one is lost
 */
export function createQueueMeter(counts: ExportCounts, onQueueFull: () => void): MeterProvider {
  const add: Counter['add'] = (items, attributes) => {
    if (attributes?.['error.type'] !== 'queue_full') return;
    const isFirst = counts.queueFull === 0;
    // before it is said: a log line about it may find no place either
    counts.queueFull += items;
    if (isFirst) onQueueFull();
  };
  const meter = Object.assign(createNoopMeter(), { createCounter: () => ({ add }) });
  return { getMeter: () => meter };
}
