import { hostname } from 'node:os';
import { createNoopMeter } from '@opentelemetry/api';
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { AlwaysOnSampler, ParentBasedSampler } from '@opentelemetry/sdk-trace';
import manifest from '../package.json' with { type: 'json' };
import { type Config, processConfig } from '../src/config.ts';
import { exitOnFailure } from '../src/exit-on-failure.ts';
import { createContextManager } from '../src/telemetry/context-manager.ts';
import { createExposition } from '../src/telemetry/expose-metrics.ts';
import { createMetricProducer, type MetricSource } from '../src/telemetry/metric-data.ts';
import { createCountedSpanProcessor, createSpanCounts, spanMetrics } from '../src/telemetry/span-counts.ts';

/** What this service is made of; every other instrumentation is left unloaded, each costs start-up time and memory. */
const instrumented = 'http,koa,pino,runtime-node,undici';

/** The modules that these wrap when they are imported; the other two listen to Node itself. */
export const instrumentedModules = ['http', 'https', 'koa', 'pino'];

/** How many ended spans wait for export; a lasting outage of the Collector costs no more memory than these. */
const maxQueueSize = 2048;

export type Telemetry = {
  /** Metrics to expose; the server adds its own once its model is loaded. */
  readonly sources: MetricSource[];
  /** Answers a scrape. */
  readonly exposeMetrics: () => Promise<string>;
  /** Where spans go; undefined when tracing is off. */
  readonly tracesEndpoint: string | undefined;
  /** Sends what is queued and stops. A Collector that does not answer makes it reject, late: bound it. */
  shutdown(): Promise<void>;
};

/** Where traces go by the standard variables; undefined when they go nowhere. */
function tracesEndpoint(config: Config): string | undefined {
  if (config.OTEL_SDK_DISABLED || config.OTEL_TRACES_EXPORTER === 'none') return undefined;
  if (config.OTEL_TRACES_SAMPLER.endsWith('always_off')) return undefined;
  return config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? config.OTEL_EXPORTER_OTLP_ENDPOINT;
}

/**
 * Starts the SDK: spans over OTLP/HTTP if there is somewhere to send them, metrics for whoever asks. It must run
 * before anything it instruments is loaded (`register.ts` sees to that).
 */
function startTelemetry(config: Config): Telemetry {
  const endpoint = tracesEndpoint(config);
  const spans = createSpanCounts();
  const sources: MetricSource[] = [spanMetrics(spans)];
  const metrics = new PrometheusExporter({
    preventServerStart: true,
    metricProducers: [createMetricProducer(sources)],
  });
  process.env.OTEL_NODE_ENABLED_INSTRUMENTATIONS ??= endpoint ? instrumented : 'runtime-node';
  // the SDK would take it to mean metrics too, and leave the scrape without an answer
  delete process.env.OTEL_SDK_DISABLED;
  const instrumentations = getNodeAutoInstrumentations({
    '@opentelemetry/instrumentation-koa': { ignoreLayersType: ['middleware' as never] },
    '@opentelemetry/instrumentation-pino': { disableLogSending: true },
  });
  const sdk = new NodeSDK({
    // named one by one: the default detectors would publish the command line
    resource: resourceFromAttributes({
      'service.name': config.OTEL_SERVICE_NAME,
      'service.version': manifest.version,
      'service.instance.id': config.SERVICE_INSTANCE ?? hostname(),
    }),
    resourceDetectors: [envDetector],
    // the ratio has been decided before a request comes here (request-sampling.ts): twice would square it
    sampler: config.OTEL_TRACES_SAMPLER.startsWith('parentbased_')
      ? new ParentBasedSampler({ root: new AlwaysOnSampler() })
      : new AlwaysOnSampler(),
    spanProcessors: endpoint
      ? [
          createCountedSpanProcessor(
            spans,
            new OTLPTraceExporter({ timeoutMillis: config.OTEL_EXPORTER_OTLP_TIMEOUT }),
            {
              maxQueueSize,
              // small batches leave early, before the garbage collector has moved their spans to the old generation
              maxExportBatchSize: 128,
              exportTimeoutMillis: config.OTEL_EXPORTER_OTLP_TIMEOUT,
              scheduledDelayMillis: 1000,
            },
          ),
        ]
      : [],
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
    exposeMetrics: createExposition(metrics),
    tracesEndpoint: endpoint,
    shutdown: () => sdk.shutdown(),
  };
}

/** The telemetry of this process; wrong settings end it here, before anything else has begun. */
export const telemetry = startTelemetry(exitOnFailure(processConfig));
