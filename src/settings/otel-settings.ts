import { z } from 'zod';
import {
  address,
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

const protocol = oneOf(['http/json', 'http/protobuf'], ': traces are sent over HTTP').optional();
const compression = oneOf(['none', 'gzip']).optional();
const file = z.string().optional();
const limit = count.optional();

const headers = pairs((name, value) => {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return 'must begin with the name of a header';
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? undefined : 'has a character that no header may have';
}).optional();

/** The standard variables of OpenTelemetry that the service follows. They are read here and nowhere else. */
export const otelSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: address(/^https?$/, 'http://host:4318'),
    description:
      'Collector for traces over OTLP/HTTP, `http://host:4318`; `/v1/traces` is appended. Unset: tracing is off.',
    secret: true,
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: {
    schema: address(/^https?$/, 'http://host:4318/v1/traces'),
    description: 'The same for traces alone, with its path, `http://host:4318/v1/traces`.',
    secret: true,
  },
  OTEL_EXPORTER_OTLP_PROTOCOL: {
    schema: protocol,
    description: 'Encoding of spans: `http/json` (the default) or `http/protobuf`.',
  },
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: { schema: protocol, description: 'The same for traces alone.' },
  OTEL_EXPORTER_OTLP_HEADERS: {
    schema: headers,
    description: 'Headers to send with exports, `name=value,…`, percent-encoded.',
    secret: true,
  },
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: {
    schema: headers,
    description: 'The same for traces alone; added to those above, and takes precedence.',
    secret: true,
  },
  OTEL_EXPORTER_OTLP_TIMEOUT: {
    schema: milliseconds,
    default: '2000',
    description: 'Milliseconds after which an export is abandoned.',
  },
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: {
    schema: milliseconds.optional(),
    description: 'The same for traces alone.',
  },
  OTEL_EXPORTER_OTLP_COMPRESSION: { schema: compression, description: '`gzip` or `none` (the default).' },
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: { schema: compression, description: 'The same for traces alone.' },
  OTEL_EXPORTER_OTLP_CERTIFICATE: {
    schema: file,
    description:
      'File with the CA certificates (PEM) to verify the Collector’s certificate with; unset: those of Node.',
  },
  OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: { schema: file, description: 'The same for traces alone.' },
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: {
    schema: file,
    description: 'File with the service’s own certificate (PEM), if the Collector asks for one.',
  },
  OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: { schema: file, description: 'The same for traces alone.' },
  OTEL_EXPORTER_OTLP_CLIENT_KEY: { schema: file, description: 'File with its private key (PEM).' },
  OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: { schema: file, description: 'The same for traces alone.' },
  OTEL_TRACES_EXPORTER: {
    schema: oneOf(['otlp', 'none']),
    default: 'otlp',
    description: '`none` turns tracing off.',
  },
  OTEL_METRICS_EXPORTER: {
    schema: oneOf(['prometheus', 'none'], ': metrics are scraped from /metrics').optional(),
    description:
      '`prometheus` or `none`; neither has an effect, because metrics are scraped from `/metrics`.',
  },
  OTEL_LOGS_EXPORTER: {
    schema: oneOf(['console', 'none'], ': log lines go to standard output').optional(),
    description: '`console` or `none`; neither has an effect, because log lines go to standard output.',
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
    schema: someOf(['tracecontext', 'baggage', 'b3', 'b3multi', 'none']),
    default: 'tracecontext,baggage',
    description:
      'Header formats in which the trace context is read and passed on: some of `tracecontext`, `baggage`, `b3`, `b3multi`; or `none`.',
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
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: {
    schema: count,
    // callers choose the headers and addresses that spans contain, and 2,048 spans may wait
    default: '256',
    description: 'Maximum length of an attribute’s value in characters; longer ones are cut.',
  },
  OTEL_ATTRIBUTE_COUNT_LIMIT: {
    schema: limit,
    description: 'Maximum number of attributes of a span; unset: 128.',
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
  OTEL_LOG_LEVEL: {
    schema: oneOf(['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all']),
    default: 'error',
    description:
      'Which messages of OpenTelemetry’s SDK itself are logged, whatever `LOG_LEVEL` is: `none`, `error`, `warn`, `info`, `debug`, `verbose` or `all`.',
  },
  OTEL_SDK_DISABLED: { schema: flag, default: 'false', description: '`true` turns tracing off.' },
} as const satisfies Record<string, Setting>;

const noFile = 'configuration files are not supported: set the equivalent variables';

/** Variables that must not be ignored silently because they would change too much, and why they are refused. */
export const refusedVariables: Readonly<Record<string, string>> = {
  OTEL_CONFIG_FILE: noFile,
  OTEL_EXPERIMENTAL_CONFIG_FILE: noFile,
};
