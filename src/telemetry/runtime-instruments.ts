import type { Instrument } from './instrument.ts';

/** The metrics of OpenTelemetry’s Node.js instrumentation: event loop, garbage collection and heap. */
export const runtimeInstruments = {
  eventLoopDelayMin: eventLoopDelay('min', 'Minimum'),
  eventLoopDelayMax: eventLoopDelay('max', 'Maximum'),
  eventLoopDelayMean: eventLoopDelay('mean', 'Mean'),
  eventLoopDelayStddev: eventLoopDelay('stddev', 'Standard deviation of the'),
  eventLoopDelayP50: eventLoopDelay('p50', 'Median'),
  eventLoopDelayP90: eventLoopDelay('p90', '90th percentile of the'),
  eventLoopDelayP99: eventLoopDelay('p99', '99th percentile of the'),
  eventLoopTime: {
    name: 'nodejs_eventloop_time_seconds_total',
    type: 'counter',
    unit: 's',
    labels: ['nodejs_eventloop_state'],
    description: 'Time the event loop was active or idle.',
  },
  eventLoopUtilization: {
    name: 'nodejs_eventloop_utilization_ratio',
    type: 'gauge',
    unit: '1',
    labels: [],
    description: 'Share of time the event loop was active.',
  },
  gcDuration: {
    name: 'v8js_gc_duration_seconds',
    type: 'histogram',
    unit: 's',
    labels: ['v8js_gc_type'],
    description: 'Garbage collection duration by kind.',
  },
  heapUsed: heap('v8js_memory_heap_used_bytes', 'Heap memory in use'),
  heapSpaceSize: heap('v8js_memory_heap_space_size_bytes', 'Heap memory allocated'),
  heapSpaceAvailable: heap('v8js_memory_heap_space_available_size_bytes', 'Heap memory free'),
  heapSpacePhysical: heap('v8js_memory_heap_space_physical_size_bytes', 'Heap memory committed'),
  activeResources: {
    name: 'v8js_resource_active',
    type: 'gauge',
    unit: '{resource}',
    labels: ['v8js_resource_type'],
    description: 'Handles and requests that keep the event loop alive.',
  },
} as const satisfies Record<string, Instrument>;

function eventLoopDelay<const Statistic extends string>(statistic: Statistic, words: string) {
  return {
    name: `nodejs_eventloop_delay_${statistic}_seconds`,
    type: 'gauge',
    unit: 's',
    labels: [],
    description: `${words} event-loop delay since the last scrape.`,
  } as const;
}

function heap<const Name extends string>(name: Name, words: string) {
  return {
    name,
    type: 'gauge',
    unit: 'By',
    labels: ['v8js_heap_space_name'],
    description: `${words}, by space.`,
  } as const;
}
