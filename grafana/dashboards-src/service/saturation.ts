import type { Row } from '../compose.ts';
import type { PanelBuilder } from '../panel.ts';
import { thresholdLine, timeSeries } from '../time-series.ts';
import { rate, replica } from './service-queries.ts';

/** @param from the value from which on it is running out */
function byReplica(
  title: string,
  description: string,
  unit: string,
  expr: string,
  from?: number,
): PanelBuilder {
  const panel = timeSeries(
    { title, description, unit, noData: 'no replica is scraped' },
    [{ expr, legend: '{{instance}}' }],
    8,
  );
  return from === undefined ? panel : thresholdLine(panel, from).axisSoftMax(1.2 * from);
}

export const saturation: Row = {
  question: 'What is it running out of?',
  panels: [
    byReplica(
      'CPU',
      'Processor cores in use by replica. JavaScript runs on one thread: near 1 the event loop is saturated; anything above that is garbage collection and I/O.',
      'suffix:cores',
      `sum by (instance) (${rate('process_cpu_seconds_total')})`,
      1,
    ),
    byReplica(
      'Memory',
      'Resident memory by replica. A saw-tooth is garbage collection; a floor that rises for hours is a leak.',
      'bytes',
      `max by (instance) (process_resident_memory_bytes{${replica}})`,
    ),
    byReplica(
      'Heap in use',
      'Memory that JavaScript objects occupy, by replica. It is part of the resident memory, and should be read beside it: if it is most of it, objects are what grows.',
      'bytes',
      `sum by (instance) (v8js_memory_heap_used_bytes{${replica}})`,
    ),
    byReplica(
      'Event loop in use',
      'Share of time in which the event loop was busy. Above 80 % requests begin to queue.',
      'percentunit',
      `max by (instance) (nodejs_eventloop_utilization_ratio{${replica}})`,
      0.8,
    ),
    byReplica(
      'Event-loop delay, p99',
      'How late the event loop was, 99th percentile since the last scrape: what one long task makes all other requests wait. Above 250 ms the service sheds load.',
      's',
      `max by (instance) (nodejs_eventloop_delay_p99_seconds{${replica}})`,
      0.25,
    ),
    byReplica(
      'Garbage collection',
      'Share of time spent collecting garbage. Above 10 % the heap is too small, or too much is allocated for each request.',
      'percentunit',
      `sum by (instance) (${rate('v8js_gc_duration_seconds_sum')}) or 0 * max by (instance) (nodejs_eventloop_utilization_ratio{${replica}})`,
      0.1,
    ),
  ],
};
