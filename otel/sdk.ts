import { hostname } from 'node:os';
import { createNoopMeter, trace } from '@opentelemetry/api';
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { AlwaysOnSampler, ParentBasedSampler, type SpanLimits } from '@opentelemetry/sdk-trace';
import manifest from '../package.json' with { type: 'json' };
import { exitOnFailure } from '../src/exit-on-failure.ts';
import { type Config, readConfig } from '../src/settings/config.ts';
import { createContextManager } from '../src/telemetry/context-manager.ts';
import { createExportAnswers, type ExportAnswers } from '../src/telemetry/export-answers.ts';
import { createExportReport } from '../src/telemetry/export-report.ts';
import { createExposition, type ExposeMetrics } from '../src/telemetry/expose-metrics.ts';
import { createMetricProducer, type MetricSource } from '../src/telemetry/metric-data.ts';
import { otelNotices } from '../src/telemetry/otel-notices.ts';
import { createOtlpExporter } from '../src/telemetry/otlp-exporter.ts';
import { type OtlpOptions, otlpOptions, secretsOf } from '../src/telemetry/otlp-options.ts';
import { createPropagator } from '../src/telemetry/propagation.ts';
import { logDiagnostics } from '../src/telemetry/sdk-diagnostics.ts';
import {
  createSpanCounts,
  createSpanProcessor,
  type SpanCounts,
  spanMetrics,
} from '../src/telemetry/span-counts.ts';
import { createTelemetryLog, type TelemetryLog } from '../src/telemetry/telemetry-log.ts';

/** What this service is made of; every other instrumentation is left unloaded, each costs start-up time and memory. */
const instrumented = 'http,koa,pino,runtime-node,undici';

/** The modules that these wrap when they are imported; the other two listen to Node itself. */
export const instrumentedModules = ['http', 'https', 'koa', 'pino'];

export type Telemetry = {
  /** Metrics to expose; the server adds its own once its model is loaded. */
  readonly sources: MetricSource[];
  /** What has to be done before a scrape is answered with the metrics that were just collected. */
  readonly beforeAnswer: (() => Promise<void>)[];
  /** Answers a scrape. */
  readonly exposeMetrics: ExposeMetrics;
  /** Where spans go; undefined when tracing is off. */
  readonly tracesEndpoint: string | undefined;
  /** Spans that were lost since the start. */
  readonly droppedSpans: () => number;
  /** What there is to say of settings and exports; connect it to the logger. */
  readonly log: TelemetryLog;
  /** Sends what is queued and stops. A Collector that does not answer makes it reject, late: bound it. */
  shutdown(): Promise<void>;
};

/** Starts what exports spans, counted. */
function spanProcessor(
  config: Config,
  options: OtlpOptions,
  answers: ExportAnswers,
  counts: SpanCounts,
  log: TelemetryLog,
) {
  const maxQueueSize = config.OTEL_BSP_MAX_QUEUE_SIZE;
  const batches = {
    exporter: createOtlpExporter(options, answers, createExportReport(counts, options, log)),
    maxQueueSize,
    // small batches leave early, before the garbage collector has moved their spans to the old generation
    maxExportBatchSize: Math.min(config.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, maxQueueSize),
    exportTimeoutMillis: config.OTEL_BSP_EXPORT_TIMEOUT ?? options.timeoutMillis,
    scheduledDelayMillis: config.OTEL_BSP_SCHEDULE_DELAY,
    maxValueLength: valueLength(config),
  };
  return createSpanProcessor(counts, batches, () => {
    log.write('tracing', 'warn', `spans are lost: ${maxQueueSize} wait for their export already (said once)`);
  });
}

/** Characters of an attribute's value at most. */
function valueLength(config: Config): number {
  return config.OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT ?? config.OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT;
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

/**
 * Starts the SDK: spans over OTLP/HTTP if there is somewhere to send them, metrics on request. It must run
 * before anything it instruments is loaded (`register.ts` sees to that).
 */
function startTelemetry(config: Config, otlp: OtlpOptions | undefined): Telemetry {
  const log = createTelemetryLog(otlp ? secretsOf(otlp) : []);
  for (const notice of otelNotices(config, process.env)) log.write('settings', 'warn', notice);
  replaceEnvironment(otlp ? instrumented : 'runtime-node');
  const answers = createExportAnswers();
  logDiagnostics(log, config.OTEL_LOG_LEVEL, answers);
  const spans = createSpanCounts();
  const sources: MetricSource[] = [spanMetrics(spans)];
  const beforeAnswer: (() => Promise<void>)[] = [];
  const metrics = new PrometheusExporter({
    preventServerStart: true,
    metricProducers: [createMetricProducer(sources)],
  });
  const instrumentations = getNodeAutoInstrumentations({
    '@opentelemetry/instrumentation-http': {
      // a request to a model's server belongs to a trace where the request that needs it does
      ignoreOutgoingRequestHook: () => trace.getActiveSpan()?.isRecording() !== true,
    },
    '@opentelemetry/instrumentation-koa': { ignoreLayersType: ['middleware' as never] },
    '@opentelemetry/instrumentation-pino': { disableLogSending: true },
  });
  const sdk = new NodeSDK({
    // named one by one: the default detectors would publish the command line
    resource: resourceFromAttributes({
      'service.name': 'vigia',
      'service.version': manifest.version,
      'service.instance.id': config.SERVICE_INSTANCE ?? hostname(),
      ...config.OTEL_RESOURCE_ATTRIBUTES,
      ...(config.OTEL_SERVICE_NAME !== undefined && { 'service.name': config.OTEL_SERVICE_NAME }),
    }),
    autoDetectResources: false,
    textMapPropagator: createPropagator(config.OTEL_PROPAGATORS),
    // the ratio has been decided before a request comes here (request-sampling.ts): twice would square it
    sampler: config.OTEL_TRACES_SAMPLER.startsWith('parentbased_')
      ? new ParentBasedSampler({ root: new AlwaysOnSampler() })
      : new AlwaysOnSampler(),
    spanLimits: spanLimits(config),
    spanProcessors: otlp ? [spanProcessor(config, otlp, answers, spans, log)] : [],
    metricReaders: [metrics],
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
    exposeMetrics: createExposition(metrics, beforeAnswer),
    tracesEndpoint: otlp?.url,
    droppedSpans: () => spans.queueFull + spans.exportFailed + spans.rejected,
    log,
    shutdown: () => sdk.shutdown(),
  };
}

/** The settings of this process; wrong ones end it here, before anything else has begun. */
export const config = exitOnFailure(() => readConfig(process.env));

/** The telemetry of this process. */
export const telemetry = startTelemetry(
  config,
  exitOnFailure(() => otlpOptions(config)),
);
