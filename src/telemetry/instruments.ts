import type { Instrument } from './instrument.ts';
import { modelInstruments } from './model-instruments.ts';
import { performanceInstruments } from './performance-instruments.ts';
import { runtimeInstruments } from './runtime-instruments.ts';
import { shadowInstruments } from './shadow-instruments.ts';

const http = ['http_request_method', 'http_route', 'http_response_status_code'] as const;

/**
 * Every metric that the service exposes, including those that packages record. The table of docs/reference/metrics.md is
 * printed from it; dashboards and rules may name only metrics that are here or in `foreignMetrics`.
 */
export const instruments = {
  httpDuration: {
    name: 'http_server_request_duration_seconds',
    type: 'histogram',
    unit: 's',
    labels: http,
    description: 'Duration of requests to the public API, whether sampled for tracing or not.',
  },
  httpActive: {
    name: 'http_server_active_requests',
    type: 'gauge',
    unit: '{request}',
    labels: [],
    description: 'Requests to the public API that are being answered.',
  },
  httpShed: {
    name: 'http_server_requests_shed_total',
    type: 'counter',
    unit: '{request}',
    labels: ['reason'],
    description: 'Requests rejected with 503 because the service was overloaded.',
  },
  httpUnreadable: {
    name: 'http_server_requests_unreadable_total',
    type: 'counter',
    unit: '{request}',
    labels: ['reason'],
    description:
      'Requests that reached no route: not HTTP, too many headers, not complete in time, or sent to another host name.',
  },
  httpConnectionsEnded: {
    name: 'http_server_connections_ended_total',
    type: 'counter',
    unit: '{connection}',
    labels: ['reason'],
    description:
      'Connections to either listener that were ended because their clients did not read the answers.',
  },
  httpUnread: {
    name: 'http_server_unread_bytes',
    type: 'gauge',
    unit: 'By',
    labels: [],
    description: 'Bytes of answers, on both listeners, that wait for clients to read them.',
  },
  ...modelInstruments,
  ...performanceInstruments,
  ...shadowInstruments,
  samplesWritten: {
    name: 'samples_written_total',
    type: 'counter',
    unit: '{line}',
    labels: [],
    description: 'Input samples written to disk.',
  },
  samplesDropped: {
    name: 'samples_dropped_total',
    type: 'counter',
    unit: '{line}',
    labels: ['reason'],
    description: 'Input samples lost because the queue was full or the disk rejected them.',
  },
  spansExported: {
    name: 'otel_spans_exported_total',
    type: 'counter',
    unit: '{span}',
    labels: [],
    description: 'Spans that the Collector has accepted.',
  },
  spansDropped: {
    name: 'otel_spans_dropped_total',
    type: 'counter',
    unit: '{span}',
    labels: ['reason'],
    description: 'Spans lost: the queue was full, the export failed, or the receiver rejected them.',
  },
  logLinesDropped: {
    name: 'log_lines_dropped_total',
    type: 'counter',
    unit: '{line}',
    labels: [],
    description: 'Log lines lost because they were not read fast enough.',
  },
  wallClock: {
    name: 'process_wall_clock_seconds',
    type: 'gauge',
    unit: 's',
    labels: [],
    description: 'Unix time as this process sees it.',
  },
  processStart: {
    name: 'process_start_time_seconds',
    type: 'gauge',
    unit: 's',
    labels: [],
    description: 'Unix time at which the process started.',
  },
  processCpu: {
    name: 'process_cpu_seconds_total',
    type: 'counter',
    unit: 's',
    labels: ['mode'],
    description: 'Processor time used.',
  },
  processMemory: {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    unit: 'By',
    labels: [],
    description: 'Resident memory of the process.',
  },
  ...runtimeInstruments,
} as const satisfies Record<string, Instrument>;

/** External metrics that dashboards and rules may name, and who exposes them; `*` stands for any ending. */
export const foreignMetrics = [
  { name: 'up', source: 'Prometheus, for every target' },
  { name: 'ALERTS', source: 'Prometheus, for every pending or firing alert' },
  { name: 'scrape_*', source: 'Prometheus, for every scrape' },
  { name: 'prometheus_*', source: 'Prometheus about itself' },
  { name: 'alertmanager_*', source: 'Alertmanager about itself' },
  { name: 'otelcol_*', source: 'OpenTelemetry Collector about itself' },
  { name: 'traces_span_metrics_*', source: 'span_metrics connector of the Collector' },
] as const;
