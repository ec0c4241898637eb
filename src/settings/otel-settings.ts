import { z } from 'zod';
import { otlpSettings } from './otlp-settings.ts';
import {
  count,
  flag,
  milliseconds,
  oneOf,
  pairs,
  ratio,
  type Setting,
  size,
  someOf,
} from './setting-types.ts';

const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const limit = count.optional();

/** The standard variables of OpenTelemetry that the service follows. They are read here and nowhere else. */
export const otelSettings = {
  ...otlpSettings,
  OTEL_TRACES_EXPORTER: {
    schema: oneOf(['otlp', 'none']).optional(),
    description:
      '`otlp` sends traces, without an endpoint to `http://localhost:4318`; `none` does not. Unset: they are sent if an endpoint is set.',
  },
  OTEL_METRICS_EXPORTER: {
    schema: someOf(['prometheus', 'otlp', 'none']),
    default: 'prometheus',
    description:
      '`prometheus`: `/metrics` can be scraped. `otlp`: metrics are pushed, without an endpoint to `http://localhost:4318`. `prometheus,otlp`: both; `none`: neither.',
  },
  OTEL_LOGS_EXPORTER: {
    schema: someOf(['console', 'otlp', 'none']),
    default: 'console',
    description:
      '`otlp`, also as `console,otlp`: log lines are sent, too, without an endpoint to `http://localhost:4318`. They go to standard output in any case.',
  },
  OTEL_METRICS_EXEMPLAR_FILTER: {
    schema: oneOf(['trace_based', 'always_off'], ': an exemplar leads to a trace'),
    default: 'trace_based',
    description:
      'Which requests can become exemplars in OpenMetrics: those that are traced (`trace_based`), or none (`always_off`).',
  },
  OTEL_METRIC_EXPORT_INTERVAL: {
    schema: milliseconds,
    default: '60000',
    description: 'Milliseconds between two pushes of metrics.',
  },
  OTEL_METRIC_EXPORT_TIMEOUT: {
    schema: milliseconds,
    default: '30000',
    description:
      'Milliseconds after which a push is abandoned, if the timeout of an export or the interval is not shorter.',
  },
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: {
    schema: oneOf(['cumulative'], ': counts are cumulative, as Prometheus needs them'),
    default: 'cumulative',
    description: '`cumulative` only.',
  },
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: {
    schema: oneOf(['explicit_bucket_histogram'], ': the buckets of a model’s histograms are its bins'),
    default: 'explicit_bucket_histogram',
    description: '`explicit_bucket_histogram` only.',
  },
  OTEL_TRACES_SAMPLER: {
    schema: oneOf(samplers),
    default: 'parentbased_always_on',
    description: `Which requests are traced: ${samplers.map((name) => `\`${name}\``).join(', ')}.`,
  },
  OTEL_TRACES_SAMPLER_ARG: {
    schema: ratio,
    default: '1',
    description: 'Share of requests to trace, for the ratio samplers.',
  },
  OTEL_PROPAGATORS: {
    schema: someOf(['tracecontext', 'baggage', 'b3', 'b3multi', 'xray', 'none']),
    default: 'tracecontext,baggage',
    description:
      'Header formats in which the trace context is read and passed on: some of `tracecontext`, `baggage`, `b3`, `b3multi`, `xray`; or `none`.',
  },
  OTEL_SERVICE_NAME: {
    schema: z.string().optional(),
    description:
      '`service.name` of spans and metrics. Unset: that of `OTEL_RESOURCE_ATTRIBUTES`, otherwise `vigia`.',
  },
  OTEL_RESOURCE_ATTRIBUTES: {
    schema: pairs().optional(),
    description:
      'Further attributes of the service in spans and `target_info`: `name=value,…`, percent-encoded.',
  },
  OTEL_BSP_SCHEDULE_DELAY: {
    schema: milliseconds,
    default: '1000',
    description: 'Milliseconds after which spans are sent even if the batch is not full.',
  },
  OTEL_BSP_EXPORT_TIMEOUT: {
    schema: milliseconds.optional(),
    description:
      'Maximum time that the next batch waits for this one, in milliseconds; unset: the timeout of an export.',
  },
  OTEL_BSP_MAX_QUEUE_SIZE: {
    schema: size,
    default: '2048',
    description: 'Maximum number of spans that wait for export; further ones are dropped and counted.',
  },
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: {
    schema: size,
    default: '128',
    description: 'Maximum number of spans in one export.',
  },
  OTEL_BLRP_SCHEDULE_DELAY: {
    schema: milliseconds,
    default: '1000',
    description: 'Milliseconds after which log lines are sent even if the batch is not full.',
  },
  OTEL_BLRP_EXPORT_TIMEOUT: {
    schema: milliseconds.optional(),
    description:
      'Maximum time that the next batch waits for this one, in milliseconds; unset: the timeout of an export.',
  },
  OTEL_BLRP_MAX_QUEUE_SIZE: {
    schema: size,
    default: '2048',
    description: 'Maximum number of log lines that wait for export; further ones are dropped and counted.',
  },
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: {
    schema: size,
    default: '512',
    description: 'Maximum number of log lines in one export.',
  },
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: {
    schema: limit,
    description:
      'Maximum length of an attribute’s value in characters; longer ones are cut. Unset: 256 in spans, none in log lines.',
  },
  OTEL_ATTRIBUTE_COUNT_LIMIT: {
    schema: limit,
    description: 'Maximum number of attributes of a span or a log line; unset: 128.',
  },
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: { schema: limit, description: 'The same for spans alone.' },
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: { schema: limit, description: 'The same for spans alone.' },
  OTEL_SPAN_EVENT_COUNT_LIMIT: {
    schema: limit,
    description: 'Maximum number of events of a span; unset: 128.',
  },
  OTEL_SPAN_LINK_COUNT_LIMIT: {
    schema: limit,
    description: 'Maximum number of links of a span; unset: 128.',
  },
  OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: {
    schema: limit,
    description: 'Maximum number of attributes of an event; unset: 128.',
  },
  OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: {
    schema: limit,
    description: 'Maximum number of attributes of a link; unset: 128.',
  },
  OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: {
    schema: limit,
    description: 'The same for log lines alone.',
  },
  OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: { schema: limit, description: 'The same for log lines alone.' },
  OTEL_LOG_LEVEL: {
    schema: oneOf(['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all']),
    default: 'error',
    description:
      'Which messages of OpenTelemetry’s SDK itself are logged, whatever `LOG_LEVEL` is: `none`, `error`, `warn`, `info`, `debug`, `verbose` or `all`.',
  },
  OTEL_SDK_DISABLED: {
    schema: flag,
    default: 'false',
    description: '`true`: no traces, no metrics, and log lines are not sent.',
  },
} as const satisfies Record<string, Setting>;

const noFile = 'configuration files are not supported: set the equivalent variables';
const noZipkin =
  'traces are not sent in the format of Zipkin: send them over OTLP, which Zipkin and Collectors accept';
const adminListener = 'metrics are exposed by the admin listener: set ADMIN_HOST and ADMIN_PORT';

/**
 * Standard variables that are not supported, and why. They must not be ignored silently because they would change too
 * much.
 */
export const refusedVariables: Readonly<Record<string, string>> = {
  OTEL_CONFIG_FILE: noFile,
  OTEL_EXPERIMENTAL_CONFIG_FILE: noFile,
  OTEL_ENTITIES: 'entities are not supported: set OTEL_RESOURCE_ATTRIBUTES',
  OTEL_EXPORTER_PROMETHEUS_HOST: adminListener,
  OTEL_EXPORTER_PROMETHEUS_PORT: adminListener,
  OTEL_EXPORTER_ZIPKIN_ENDPOINT: noZipkin,
  OTEL_EXPORTER_ZIPKIN_TIMEOUT: noZipkin,
  OTEL_EXPORTER_ZIPKIN_PROTOCOL: noZipkin,
};

/** Standard variables that by the specification have no effect on OTLP over HTTP: the address says whether TLS is used. */
export const grpcVariables: readonly string[] = [
  'OTEL_EXPORTER_OTLP_INSECURE',
  'OTEL_EXPORTER_OTLP_TRACES_INSECURE',
  'OTEL_EXPORTER_OTLP_METRICS_INSECURE',
  'OTEL_EXPORTER_OTLP_LOGS_INSECURE',
  'OTEL_EXPORTER_OTLP_SPAN_INSECURE',
  'OTEL_EXPORTER_OTLP_METRIC_INSECURE',
];
