import { hostname } from 'node:os';
import { createNoopMeter, trace } from '@opentelemetry/api';
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanLimits,
} from '@opentelemetry/sdk-trace';
import manifest from '../package.json' with { type: 'json' };
import { exitOnFailure } from '../src/exit-on-failure.ts';
import { type Config, readConfig } from '../src/settings/config.ts';
import type { Signal } from '../src/settings/otlp-settings.ts';
import { createContextManager } from '../src/telemetry/context-manager.ts';
import { createExportAnswers, type ExportAnswers } from '../src/telemetry/export-answers.ts';
import {
  createExportCounts,
  type ExportCounts,
  exportMetrics,
  lostOf,
} from '../src/telemetry/export-counts.ts';
import { createExportReport } from '../src/telemetry/export-report.ts';
import { createExposition, type ExposeMetrics } from '../src/telemetry/expose-metrics.ts';
import { createMetricProducer, type MetricSource } from '../src/telemetry/metric-data.ts';
import { otelNotices } from '../src/telemetry/otel-notices.ts';
import {
  createLogExporter,
  createMetricExporter,
  createSpanExporter,
  type ExportListener,
} from '../src/telemetry/otlp-exporter.ts';
import { type OtlpOptions, otlpOptions, secretsOf } from '../src/telemetry/otlp-options.ts';
import { createPropagator } from '../src/telemetry/propagation.ts';
import { createMetricPush, pushOptions } from '../src/telemetry/push-metrics.ts';
import { createQueueMeter } from '../src/telemetry/queue-meter.ts';
import { logDiagnostics } from '../src/telemetry/sdk-diagnostics.ts';
import { createLogSender, type LogSender } from '../src/telemetry/send-logs.ts';
import { trimSpans } from '../src/telemetry/span-contents.ts';
import { createTelemetryLog, type TelemetryLog } from '../src/telemetry/telemetry-log.ts';

/** What this service is made of; every other instrumentation is left unloaded, each costs start-up time and memory. */
const instrumented = 'http,koa,pino,runtime-node,undici';

/** The modules that these wrap when they are imported; the other two listen to Node itself. */
export const instrumentedModules = ['http', 'https', 'koa', 'pino'];

export type Telemetry = {
  /** Metrics to expose; the server adds its own once its model is loaded. */
  readonly sources: MetricSource[];
  /** What has to be done before a scrape is answered, or metrics are pushed, with what was just collected. */
  readonly beforeAnswer: (() => Promise<void>)[];
  /** Answers a scrape. */
  readonly exposeMetrics: ExposeMetrics;
  /** Where each signal goes over OTLP; undefined for one that is not sent. */
  readonly endpoints: Readonly<Record<Signal, string | undefined>>;
  /** Spans that were lost since the start. */
  readonly droppedSpans: () => number;
  /** Takes a log line that is to be sent, too; undefined if none is. */
  readonly sendLog: ((line: string) => void) | undefined;
  /** What there is to say of settings and exports; connect it to the logger. */
  readonly log: TelemetryLog;
  /** Sends what is queued and stops. A Collector that does not answer makes it reject, late: bound it. */
  shutdown(): Promise<void>;
};

type Reports = {
  readonly answers: ExportAnswers;
  readonly counts: Readonly<Record<Signal, ExportCounts>>;
  readonly log: TelemetryLog;
};

/** Counts and reports what becomes of a signal's exports. */
function createListener(options: OtlpOptions, { answers, counts, log }: Reports): ExportListener {
  return { answers, onOutcome: createExportReport(counts[options.signal], options, log) };
}

/** Starts what exports spans, counted. */
function spanProcessor(config: Config, options: OtlpOptions, reports: Reports) {
  const maxQueueSize = config.OTEL_BSP_MAX_QUEUE_SIZE;
  const batches = new BatchSpanProcessor({
    exporter: createSpanExporter(options, createListener(options, reports)),
    maxQueueSize,
    // small batches leave early, before the garbage collector has moved their spans to the old generation
    maxExportBatchSize: Math.min(config.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, maxQueueSize),
    exportTimeoutMillis: config.OTEL_BSP_EXPORT_TIMEOUT ?? options.timeoutMillis,
    scheduledDelayMillis: config.OTEL_BSP_SCHEDULE_DELAY,
    selfObsMeterProvider: createQueueMeter(reports.counts.traces, () => {
      const text = `spans are lost: ${maxQueueSize} wait for their export already (said once)`;
      reports.log.write('tracing', 'warn', text);
    }),
  });
  return trimSpans(batches, valueLength(config));
}

/** Starts what sends log lines, counted. */
function logSender(config: Config, options: OtlpOptions, resource: Resource, reports: Reports): LogSender {
  const exporter = createLogExporter(options, createListener(options, reports));
  return createLogSender(config, options, { exporter, resource }, reports.counts.logs, () => {
    const text = `log lines are not sent: ${config.OTEL_BLRP_MAX_QUEUE_SIZE} wait for their export already (said once)`;
    reports.log.write('logs', 'warn', text);
  });
}

/** Characters of an attribute's value at most: callers choose headers and addresses in spans, of which many may wait. */
function valueLength(config: Config): number {
  return config.OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT ?? config.OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT ?? 256;
}

/** The limits that are set; the SDK has its own for the others. */
function spanLimits(config: Config): SpanLimits {
  const limits = {
    attributeCountLimit: config.OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT ?? config.OTEL_ATTRIBUTE_COUNT_LIMIT,
    attributeValueLengthLimit: valueLength(config),
    eventCountLimit: config.OTEL_SPAN_EVENT_COUNT_LIMIT,
    linkCountLimit: config.OTEL_SPAN_LINK_COUNT_LIMIT,
    attributePerEventCountLimit: config.OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT,
    attributePerLinkCountLimit: config.OTEL_LINK_ATTRIBUTE_COUNT_LIMIT,
  };
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
}

/**
 * Takes OpenTelemetry's variables out of the environment once they are read, so that no package of the SDK reads them
 * again in a way of its own. The one that is set is the only way to say which instrumentations are loaded.
 */
function replaceEnvironment(instrumentations: string): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('OTEL_')) delete process.env[name];
  }
  process.env.OTEL_NODE_ENABLED_INSTRUMENTATIONS = instrumentations;
}

/** Named one by one: the default detectors would publish the command line. */
function resourceOf(config: Config): Resource {
  return defaultResource().merge(
    resourceFromAttributes({
      'service.name': 'vigia',
      'service.version': manifest.version,
      'service.instance.id': config.SERVICE_INSTANCE ?? hostname(),
      ...config.OTEL_RESOURCE_ATTRIBUTES,
      ...(config.OTEL_SERVICE_NAME !== undefined && { 'service.name': config.OTEL_SERVICE_NAME }),
    }),
  );
}

/**
 * Starts the SDK: spans, metrics and log lines over OTLP/HTTP as far as they are to be sent, metrics on request. It must
 * run before anything it instruments is loaded (`register.ts` sees to that).
 */
function startTelemetry(config: Config, otlp: Readonly<Record<Signal, OtlpOptions | undefined>>): Telemetry {
  const log = createTelemetryLog(
    Object.values(otlp).flatMap((options) => (options ? secretsOf(options) : [])),
  );
  for (const notice of otelNotices(config, process.env)) log.write('settings', 'warn', notice);
  replaceEnvironment(otlp.traces ? instrumented : 'runtime-node');
  const answers = createExportAnswers();
  logDiagnostics(log, config.OTEL_LOG_LEVEL, answers);
  const counts = {
    traces: createExportCounts(),
    metrics: createExportCounts(),
    logs: createExportCounts(),
  };
  const reports = { answers, counts, log };
  const sources: MetricSource[] = [exportMetrics(counts)];
  const beforeAnswer: (() => Promise<void>)[] = [];
  const resource = resourceOf(config);
  const producer = createMetricProducer(sources);
  const scraped = new PrometheusExporter({ preventServerStart: true, metricProducers: [producer] });
  const pushed = otlp.metrics && [
    createMetricPush(
      config,
      createMetricExporter(otlp.metrics, createListener(otlp.metrics, reports)),
      producer,
      beforeAnswer,
    ),
  ];
  const logs = otlp.logs && logSender(config, otlp.logs, resource, reports);
  const instrumentations = getNodeAutoInstrumentations({
    '@opentelemetry/instrumentation-http': {
      // a request to a model's server belongs to a trace where the request that needs it does
      ignoreOutgoingRequestHook: () => trace.getActiveSpan()?.isRecording() !== true,
    },
    '@opentelemetry/instrumentation-koa': { ignoreLayersType: ['middleware' as never] },
    '@opentelemetry/instrumentation-pino': { disableLogSending: true },
  });
  const sdk = new NodeSDK({
    resource,
    autoDetectResources: false,
    textMapPropagator: createPropagator(config.OTEL_PROPAGATORS),
    // the ratio has been decided before a request comes here (request-sampling.ts): twice would square it
    sampler: config.OTEL_TRACES_SAMPLER.startsWith('parentbased_')
      ? new ParentBasedSampler({ root: new AlwaysOnSampler() })
      : new AlwaysOnSampler(),
    spanLimits: spanLimits(config),
    spanProcessors: otlp.traces ? [spanProcessor(config, otlp.traces, reports)] : [],
    metricReaders: [scraped, ...(pushed ?? [])],
    contextManager: createContextManager(),
    logRecordProcessors: [],
    instrumentations,
  });
  sdk.start();
  // The service counts requests itself, sampled or not; these would count, at a price, the sampled ones only.
  for (const instrumentation of instrumentations) {
    if (!instrumentation.instrumentationName.endsWith('/instrumentation-runtime-node')) {
      instrumentation.setMeterProvider({ getMeter: () => createNoopMeter() });
    }
  }
  return {
    sources,
    beforeAnswer,
    exposeMetrics: createExposition(
      scraped,
      beforeAnswer,
      config.OTEL_METRICS_EXEMPLAR_FILTER !== 'always_off',
    ),
    endpoints: {
      traces: otlp.traces?.url,
      metrics: otlp.metrics?.url,
      logs: otlp.logs?.url,
    },
    droppedSpans: () => lostOf(counts.traces),
    sendLog: logs?.send,
    log,
    async shutdown() {
      await Promise.all([sdk.shutdown(), logs?.shutdown()]);
    },
  };
}

/** The settings of this process; wrong ones end it here, before anything else has begun. */
export const config = exitOnFailure(() => readConfig(process.env));

/** The telemetry of this process. */
export const telemetry = startTelemetry(
  config,
  exitOnFailure(() => ({
    traces: otlpOptions(config, 'traces'),
    metrics: pushOptions(config),
    logs: otlpOptions(config, 'logs'),
  })),
);
