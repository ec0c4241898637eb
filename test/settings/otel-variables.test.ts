import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readConfig } from '../../src/settings/config.ts';
import { grpcVariables, otelSettings, refusedVariables } from '../../src/settings/otel-settings.ts';

const perSignal = [
  'ENDPOINT',
  'INSECURE',
  'CERTIFICATE',
  'CLIENT_KEY',
  'CLIENT_CERTIFICATE',
  'HEADERS',
  'COMPRESSION',
  'TIMEOUT',
  'PROTOCOL',
];

/**
 * Every variable of the specification, in its version of August 2026: configuration/sdk-environment-variables.md,
 * protocol/exporter.md and metrics/sdk_exporters/otlp.md of open-telemetry/opentelemetry-specification.
 */
const specified = [
  'OTEL_SDK_DISABLED',
  'OTEL_ENTITIES',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_SERVICE_NAME',
  'OTEL_LOG_LEVEL',
  'OTEL_PROPAGATORS',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  ...['BSP', 'BLRP'].flatMap((processor) =>
    ['SCHEDULE_DELAY', 'EXPORT_TIMEOUT', 'MAX_QUEUE_SIZE', 'MAX_EXPORT_BATCH_SIZE'].map(
      (option) => `OTEL_${processor}_${option}`,
    ),
  ),
  'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
  'OTEL_ATTRIBUTE_COUNT_LIMIT',
  'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT',
  'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT',
  'OTEL_SPAN_EVENT_COUNT_LIMIT',
  'OTEL_SPAN_LINK_COUNT_LIMIT',
  'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT',
  'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT',
  'OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT',
  'OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT',
  ...['', 'TRACES_', 'METRICS_', 'LOGS_'].flatMap((signal) =>
    perSignal.map((option) => `OTEL_EXPORTER_OTLP_${signal}${option}`),
  ),
  'OTEL_EXPORTER_OTLP_SPAN_INSECURE',
  'OTEL_EXPORTER_OTLP_METRIC_INSECURE',
  'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
  'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
  'OTEL_EXPORTER_ZIPKIN_ENDPOINT',
  'OTEL_EXPORTER_ZIPKIN_TIMEOUT',
  'OTEL_EXPORTER_ZIPKIN_PROTOCOL',
  'OTEL_EXPORTER_PROMETHEUS_HOST',
  'OTEL_EXPORTER_PROMETHEUS_PORT',
  'OTEL_TRACES_EXPORTER',
  'OTEL_METRICS_EXPORTER',
  'OTEL_LOGS_EXPORTER',
  'OTEL_METRICS_EXEMPLAR_FILTER',
  'OTEL_METRIC_EXPORT_INTERVAL',
  'OTEL_METRIC_EXPORT_TIMEOUT',
  'OTEL_CONFIG_FILE',
  'OTEL_EXPERIMENTAL_CONFIG_FILE',
];

/** What the specification allows and the service does not, by variable. */
const unsupported: Readonly<Record<string, readonly string[]>> = {
  OTEL_PROPAGATORS: ['jaeger', 'ottrace'],
  OTEL_TRACES_SAMPLER: ['jaeger_remote', 'parentbased_jaeger_remote', 'xray'],
  OTEL_TRACES_EXPORTER: ['zipkin', 'console', 'logging', 'otlp/stdout'],
  OTEL_METRICS_EXPORTER: ['console', 'logging', 'otlp/stdout'],
  OTEL_LOGS_EXPORTER: ['logging', 'otlp/stdout'],
  OTEL_EXPORTER_OTLP_PROTOCOL: ['grpc'],
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: ['delta', 'lowmemory'],
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: ['base2_exponential_bucket_histogram'],
  OTEL_METRICS_EXEMPLAR_FILTER: ['always_on'],
};

describe('the variables of OpenTelemetry’s specification', () => {
  it('are each followed, refused, or for gRPC alone, and the document lists them', () => {
    const known = [...Object.keys(otelSettings), ...Object.keys(refusedVariables), ...grpcVariables];
    assert.deepEqual(known.toSorted(), specified.toSorted());
    const text = readFileSync('docs/tracing.md', 'utf8');
    for (const name of specified) assert.ok(text.includes(`| \`${name}\` |`), name);
  });

  for (const name of Object.keys(refusedVariables)) {
    it(`refuse ${name} by name`, () => {
      assert.throws(() => readConfig({ [name]: 'x' }), new RegExp(`^Error: ${name}: `));
    });
  }

  for (const [name, values] of Object.entries(unsupported)) {
    it(`refuse by name what ${name} may not be here: ${values.join(', ')}`, () => {
      for (const value of values) {
        assert.throws(() => readConfig({ [name]: value }), new RegExp(`^Error: ${name}=${value}: .*must be`));
      }
    });
  }
});
