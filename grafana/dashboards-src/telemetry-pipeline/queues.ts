import type { Row } from '../compose.ts';
import { timeSeries } from '../time-series.ts';
import { collector, sum } from './pipeline-queries.ts';

const limited = (direction: 'incoming' | 'outgoing') =>
  sum(`otelcol_processor_${direction}_items{processor="memory_limiter"}`, collector);

export const queues: Row = {
  question: 'Does the Collector keep up?',
  panels: [
    timeSeries(
      {
        title: 'Sending queues',
        description:
          'Items that wait in each exporter, and how many fit. A queue that grows while Jaeger is away and drains afterwards does its work; one that stays full drops.',
        unit: 'locale',
        noData: 'the Collector is not scraped',
      },
      [
        { expr: 'max by (exporter) (otelcol_exporter_queue_size)', legend: '{{exporter}} waiting' },
        { expr: 'max by (exporter) (otelcol_exporter_queue_capacity)', legend: '{{exporter}} capacity' },
      ],
      8,
    ),
    timeSeries(
      {
        title: 'Refused for lack of memory',
        description:
          'Items a second, spans and the metrics made of them, that the memory limiter did not let through. It refuses when the Collector nears its memory limit; the service then tries again or drops.',
        unit: 'suffix:items/s',
        noData: 'the Collector is not scraped, or nothing has come in yet',
      },
      [
        {
          expr: `clamp_min(${limited('incoming')} - ${limited('outgoing')}, 0)`,
          legend: 'refused',
        },
      ],
      8,
    ),
    timeSeries(
      {
        title: 'Memory of the Collector',
        description:
          'Resident memory of the Collector and what its heap holds. Data is refused before the limit of its container is reached.',
        unit: 'bytes',
        noData: 'the Collector is not scraped',
      },
      [
        { expr: 'max(otelcol_process_memory_rss)', legend: 'resident' },
        { expr: 'max(otelcol_process_runtime_heap_alloc_bytes)', legend: 'heap' },
      ],
      8,
    ),
  ],
};
