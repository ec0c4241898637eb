import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type Config, ConfigError } from '../settings/config.ts';
import type { Signal } from '../settings/otlp-settings.ts';

/** Where and how one signal is sent. */
export type OtlpOptions = {
  readonly signal: Signal;
  readonly url: string;
  readonly format: 'http/json' | 'http/protobuf';
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMillis: number;
  readonly compression: 'none' | 'gzip';
  /** Certificates and the key, as in the files (PEM). */
  readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
};

const defaultEndpoint = 'http://localhost:4318';

/** The path that OpenTelemetry appends to the address of a Collector. */
export function pathOf(signal: Signal): string {
  return `/v1/${signal}`;
}

/** The name of the variable for one signal alone. */
export function variableOf<const Option extends string>(signal: Signal, option: Option) {
  return `OTEL_EXPORTER_OTLP_${signal.toUpperCase() as Uppercase<Signal>}_${option}` as const;
}

/**
 * Where and how a signal is sent, by the standard variables; undefined if it is not sent. A variable for the signal alone
 * takes precedence over the general one.
 *
 * @throws ConfigError naming the variable of a certificate or key that cannot be used
 */
export function otlpOptions(config: Config, signal: Signal): OtlpOptions | undefined {
  if (!isSent(config, signal)) return undefined;
  const format = config[variableOf(signal, 'PROTOCOL')] ?? config.OTEL_EXPORTER_OTLP_PROTOCOL;
  const compression = config[variableOf(signal, 'COMPRESSION')] ?? config.OTEL_EXPORTER_OTLP_COMPRESSION;
  return {
    signal,
    url: urlOf(config, signal),
    format: format ?? 'http/json',
    headers: {
      ...lowerNames(config.OTEL_EXPORTER_OTLP_HEADERS),
      ...lowerNames(config[variableOf(signal, 'HEADERS')]),
    },
    timeoutMillis: config[variableOf(signal, 'TIMEOUT')] ?? config.OTEL_EXPORTER_OTLP_TIMEOUT,
    compression: compression ?? 'none',
    tls: readTls(config, signal),
  };
}

/** Whether Prometheus may scrape the metrics. */
export function isScraped(config: Config): boolean {
  return exportersOf(config, 'metrics').includes('prometheus');
}

/** Whether metrics, traces or log lines leave the service over OTLP. */
export function isSent(config: Config, signal: Signal): boolean {
  if (signal === 'traces') return whyOff(config) === undefined;
  return exportersOf(config, signal).includes('otlp');
}

/** Where metrics, or log lines, go; nowhere if the SDK is turned off. */
function exportersOf(config: Config, signal: 'metrics' | 'logs'): readonly string[] {
  const names: readonly string[] =
    signal === 'metrics' ? config.OTEL_METRICS_EXPORTER : config.OTEL_LOGS_EXPORTER;
  return config.OTEL_SDK_DISABLED || names.includes('none') ? [] : names;
}

function urlOf(config: Config, signal: Signal): string {
  const own = config[variableOf(signal, 'ENDPOINT')];
  if (own !== undefined) return own;
  const url = new URL(config.OTEL_EXPORTER_OTLP_ENDPOINT ?? defaultEndpoint);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${pathOf(signal)}`;
  return url.href;
}

/** The setting that turns tracing off, as the operator wrote it; undefined if it is on. */
export function whyOff(config: Config): string | undefined {
  if (config.OTEL_SDK_DISABLED) return 'OTEL_SDK_DISABLED is true';
  if (config.OTEL_TRACES_EXPORTER === 'none') return 'OTEL_TRACES_EXPORTER is none';
  if (config.OTEL_TRACES_SAMPLER === 'always_off') return 'OTEL_TRACES_SAMPLER is always_off';
  const endpoint = config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? config.OTEL_EXPORTER_OTLP_ENDPOINT;
  return endpoint === undefined && config.OTEL_TRACES_EXPORTER === undefined
    ? 'set OTEL_EXPORTER_OTLP_ENDPOINT'
    : undefined;
}

/** Header names are case-insensitive. */
function lowerNames(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function readTls(config: Config, signal: Signal): OtlpOptions['tls'] {
  const ca = readPem(config, signal, 'CERTIFICATE');
  const cert = readPem(config, signal, 'CLIENT_CERTIFICATE');
  const key = readPem(config, signal, 'CLIENT_KEY');
  if ((cert === undefined) !== (key === undefined)) {
    throw new ConfigError(
      'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY belong together: set both or none',
    );
  }
  const own = { ...cert?.tls, ...key?.tls };
  if (!isUsable(own)) {
    throw new ConfigError(
      'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY: the key does not belong to the certificate',
    );
  }
  return { ...ca?.tls, ...own };
}

function isUsable(tls: OtlpOptions['tls']): boolean {
  try {
    createSecureContext(tls);
    // for TLS, a CA without certificates is not an error: it would trust nobody
    if (tls.ca !== undefined) new X509Certificate(tls.ca);
    return true;
  } catch {
    return false;
  }
}

const tlsNames = { CERTIFICATE: 'ca', CLIENT_CERTIFICATE: 'cert', CLIENT_KEY: 'key' } as const;

/** A file with certificates or a key, checked. */
function readPem(
  config: Config,
  signal: Signal,
  what: keyof typeof tlsNames,
): { readonly tls: OtlpOptions['tls'] } | undefined {
  const [own, general] = [variableOf(signal, what), `OTEL_EXPORTER_OTLP_${what}`] as const;
  const setting = config[own] === undefined ? general : own;
  const path = config[setting];
  if (path === undefined) return undefined;
  let pem: Buffer;
  try {
    pem = readFileSync(path);
  } catch (error) {
    throw new ConfigError(
      `${setting}=${path}: cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}`,
    );
  }
  const tls = { [tlsNames[what]]: pem };
  if (!pem.includes('-----BEGIN ') || !isUsable(tls)) {
    const lacking = what === 'CLIENT_KEY' ? 'private key without a passphrase' : 'certificate';
    throw new ConfigError(`${setting}=${path}: contains no ${lacking} in PEM format`);
  }
  return { tls };
}

/** What must never appear in a log line: the values of headers, and the credentials and the query of the address. */
export function secretsOf({ url, headers }: OtlpOptions): string[] {
  const { username, password, search } = new URL(url);
  const basic = Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64');
  const texts = [...Object.values(headers), username, password, basic, search.slice(1)];
  const parts = texts.flatMap((text) => {
    // after a scheme, as in "Bearer …", the secret can also appear alone
    const afterScheme = text.split(/\s+/).slice(1);
    return [text, decode(text), encodeURIComponent(text), ...afterScheme];
  });
  // a shorter one would match ordinary words
  return [...new Set(parts)].filter((text) => text.length >= 4).sort((a, b) => b.length - a.length);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
