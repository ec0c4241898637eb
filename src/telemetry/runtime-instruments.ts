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
    name: 'nodejs.eventloop.time',
    type: 'counter',
    unit: 's',
    attributes: ['nodejs.eventloop.state'],
    description: 'Time the event loop was active or idle.',
  },
  eventLoopUtilization: {
    name: 'nodejs.eventloop.utilization',
    type: 'gauge',
    unit: '1',
    attributes: [],
    description: 'Share of time the event loop was active.',
  },
  gcDuration: {
    name: 'v8js.gc.duration',
    type: 'histogram',
    unit: 's',
    attributes: ['v8js.gc.type'],
    description: 'Garbage collection duration by kind.',
  },
  heapUsed: heap('v8js.memory.heap.used', 'Heap memory in use'),
  heapSpaceSize: heap('v8js.memory.heap.space.size', 'Heap memory allocated'),
  heapSpaceAvailable: heap('v8js.memory.heap.space.available_size', 'Heap memory free'),
  heapSpacePhysical: heap('v8js.memory.heap.space.physical_size', 'Heap memory committed'),
  activeResources: {
    name: 'v8js.resource.active',
    type: 'gauge',
    unit: '{resource}',
    attributes: ['v8js.resource.type'],
    description: 'Handles and requests that keep the event loop alive.',
  },
} as const satisfies Record<string, Instrument>;

function eventLoopDelay<const Statistic extends string>(statistic: Statistic, words: string) {
  return {
    name: `nodejs.eventloop.delay.${statistic}`,
    type: 'gauge',
    unit: 's',
    attributes: [],
    description: `${words} event-loop delay since the last scrape.`,
  } as const;
}

function heap<const Name extends string>(name: Name, words: string) {
  return {
    name,
    type: 'gauge',
    unit: 'By',
    attributes: ['v8js.heap.space.name'],
    description: `${words}, by space.`,
  } as const;
}
