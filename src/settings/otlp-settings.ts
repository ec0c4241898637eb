import { z } from 'zod';
import { address, milliseconds, oneOf, pairs, type Setting } from './setting-types.ts';

/** What can be sent over OTLP, each with variables of its own that take precedence over the general ones. */
export const signals = ['traces', 'metrics', 'logs'] as const;
export type Signal = (typeof signals)[number];

const protocol = oneOf(['http/json', 'http/protobuf'], ': OTLP is sent over HTTP').optional();
const compression = oneOf(['none', 'gzip']).optional();
const file = z.string().optional();

const headers = pairs((name, value) => {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return 'must begin with the name of a header';
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? undefined : 'has a character that no header may have';
}).optional();

const general = {
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: address(/^https?$/, 'http://host:4318'),
    description:
      'Where OTLP is sent over HTTP, usually a Collector, `http://host:4318`; `/v1/traces`, `/v1/metrics` or `/v1/logs` is appended. If it is set, traces are sent there.',
    secret: true,
  },
  OTEL_EXPORTER_OTLP_PROTOCOL: {
    schema: protocol,
    description: 'Encoding: `http/json` (the default) or `http/protobuf`.',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    schema: headers,
    description: 'Headers to send with exports, `name=value,…`, percent-encoded.',
    secret: true,
  },
  OTEL_EXPORTER_OTLP_TIMEOUT: {
    schema: milliseconds,
    default: '2000',
    description: 'Milliseconds after which an export is abandoned.',
  },
  OTEL_EXPORTER_OTLP_COMPRESSION: { schema: compression, description: '`gzip` or `none` (the default).' },
  OTEL_EXPORTER_OTLP_CERTIFICATE: {
    schema: file,
    description:
      'File with the CA certificates (PEM) to verify the Collector’s certificate with; unset: those of Node.',
  },
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: {
    schema: file,
    description: 'File with the service’s own certificate (PEM), if the Collector asks for one.',
  },
  OTEL_EXPORTER_OTLP_CLIENT_KEY: { schema: file, description: 'File with its private key (PEM).' },
} as const satisfies Record<string, Setting>;

const ofOneSignal = {
  ENDPOINT: address(/^https?$/, 'http://host:4318/v1/…'),
  PROTOCOL: protocol,
  HEADERS: headers,
  TIMEOUT: milliseconds.optional(),
  COMPRESSION: compression,
  CERTIFICATE: file,
  CLIENT_CERTIFICATE: file,
  CLIENT_KEY: file,
} as const;

type Option = keyof typeof ofOneSignal;

/** The variables of each signal. */
type SignalSettings = {
  readonly [Name in Option as `OTEL_EXPORTER_OTLP_${Uppercase<Signal>}_${Name}`]: Setting & {
    readonly schema: (typeof ofOneSignal)[Name];
  };
};

function describe(option: string, signal: Signal): string {
  if (option === 'ENDPOINT')
    return `The same for ${signal} alone, with its path, \`http://host:4318/v1/${signal}\`.`;
  const alone = `The same for ${signal} alone`;
  return option === 'HEADERS' ? `${alone}; added to those above, and takes precedence.` : `${alone}.`;
}

const ofSignals = Object.fromEntries<Setting>(
  signals.flatMap((signal) =>
    Object.entries(ofOneSignal).map(([option, schema]) => [
      `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${option}`,
      {
        schema,
        description: describe(option, signal),
        ...(['ENDPOINT', 'HEADERS'].includes(option) && { secret: true }),
      },
    ]),
  ),
) as unknown as SignalSettings;

/** The standard variables of OpenTelemetry's exporters over OTLP. */
export const otlpSettings = { ...general, ...ofSignals };
