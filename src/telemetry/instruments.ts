import type { Instrument } from './instrument.ts';
import { modelInstruments } from './model-instruments.ts';
import { performanceInstruments } from './performance-instruments.ts';
import { runtimeInstruments } from './runtime-instruments.ts';
import { shadowInstruments } from './shadow-instruments.ts';

const http = [
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'url.scheme',
  'error.type',
] as const;

/**
 * Every metric that the service exposes, including those that packages record. The table of docs/reference/metrics.md is
 * printed from it; dashboards and rules may name only metrics that are here or in `foreignMetrics`.
 */
export const instruments = {
  httpDuration: {
    name: 'http.server.request.duration',
    type: 'histogram',
    unit: 's',
    attributes: http,
    description: 'Duration of requests to the public API, whether sampled for tracing or not.',
  },
  httpActive: {
    name: 'http.server.active_requests',
    type: 'gauge',
    unit: '{request}',
    attributes: [],
    description: 'Requests to the public API that are being answered.',
  },
  httpShed: {
    name: 'http.server.requests.shed',
    type: 'counter',
    unit: '{request}',
    attributes: ['reason'],
    description: 'Requests rejected with 503 because the service was overloaded.',
  },
  httpUnreadable: {
    name: 'http.server.requests.unreadable',
    type: 'counter',
    unit: '{request}',
    attributes: ['reason'],
    description:
      'Requests that reached no route: not HTTP, too many headers, not complete in time, or sent to another host name.',
  },
  httpConnectionsEnded: {
    name: 'http.server.connections.ended',
    type: 'counter',
    unit: '{connection}',
    attributes: ['reason'],
    description:
      'Connections to either listener that were ended because their clients did not read the answers.',
  },
  httpUnread: {
    name: 'http.server.unread',
    type: 'gauge',
    unit: 'By',
    attributes: [],
    description: 'Bytes of answers, on both listeners, that wait for clients to read them.',
  },
  ...modelInstruments,
  ...performanceInstruments,
  ...shadowInstruments,
  samplesWritten: {
    name: 'samples.written',
    type: 'counter',
    unit: '{line}',
    attributes: [],
    description: 'Input samples written to disk.',
  },
  samplesDropped: {
    name: 'samples.dropped',
    type: 'counter',
    unit: '{line}',
    attributes: ['reason'],
    description: 'Input samples lost because the queue was full or the disk rejected them.',
  },
  spansExported: {
    name: 'otel.spans.exported',
    type: 'counter',
    unit: '{span}',
    attributes: [],
    description: 'Spans that the Collector has accepted.',
  },
  spansDropped: {
    name: 'otel.spans.dropped',
    type: 'counter',
    unit: '{span}',
    attributes: ['reason'],
    description: 'Spans lost: the queue was full, the export failed, or the receiver rejected them.',
  },
  pointsExported: {
    name: 'otel.metric_points.exported',
    type: 'counter',
    unit: '{data_point}',
    attributes: [],
    description:
      'Data points of pushed metrics that the Collector has accepted; the next push has the counts again.',
  },
  pointsDropped: {
    name: 'otel.metric_points.dropped',
    type: 'counter',
    unit: '{data_point}',
    attributes: ['reason'],
    description: 'Data points of pushed metrics whose export failed, or that the receiver rejected.',
  },
  logRecordsExported: {
    name: 'otel.log_records.exported',
    type: 'counter',
    unit: '{log_record}',
    attributes: [],
    description: 'Log lines that the Collector has accepted over OTLP.',
  },
  logRecordsDropped: {
    name: 'otel.log_records.dropped',
    type: 'counter',
    unit: '{log_record}',
    attributes: ['reason'],
    description:
      'Log lines that did not arrive over OTLP: the queue was full, the export failed, or the receiver rejected them.',
  },
  logLinesDropped: {
    name: 'log.lines.dropped',
    type: 'counter',
    unit: '{line}',
    attributes: [],
    description: 'Log lines lost because they were not read fast enough.',
  },
  wallClock: {
    name: 'process.wall_clock',
    type: 'gauge',
    unit: 's',
    attributes: [],
    description: 'Unix time as this process sees it.',
  },
  processStart: {
    name: 'process.start_time',
    type: 'gauge',
    unit: 's',
    attributes: [],
    description: 'Unix time at which the process started.',
  },
  processCpu: {
    name: 'process.cpu',
    type: 'counter',
    unit: 's',
    attributes: ['mode'],
    description: 'Processor time used.',
  },
  processMemory: {
    name: 'process.resident_memory',
    type: 'gauge',
    unit: 'By',
    attributes: [],
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
