import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type Config, ConfigError } from '../settings/config.ts';

/** Where and how spans are sent. */
export type OtlpOptions = {
  readonly url: string;
  readonly format: 'http/json' | 'http/protobuf';
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMillis: number;
  readonly compression: 'none' | 'gzip';
  /** Certificates and the key, as in the files (PEM). */
  readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
};

/** The path of traces that OpenTelemetry appends to the address of a Collector. */
export const tracesPath = '/v1/traces';

/**
 * Where and how traces are sent, by the standard variables; undefined if they are not sent. A variable for traces alone
 * takes precedence over the general one.
 *
 * @throws ConfigError naming the variable of a certificate or key that cannot be used
 */
export function otlpOptions(config: Config): OtlpOptions | undefined {
  const url = tracesUrl(config);
  if (url === undefined) return undefined;
  return {
    url,
    format: config.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? config.OTEL_EXPORTER_OTLP_PROTOCOL ?? 'http/json',
    headers: {
      ...lowerNames(config.OTEL_EXPORTER_OTLP_HEADERS),
      ...lowerNames(config.OTEL_EXPORTER_OTLP_TRACES_HEADERS),
    },
    timeoutMillis: config.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? config.OTEL_EXPORTER_OTLP_TIMEOUT,
    compression:
      config.OTEL_EXPORTER_OTLP_TRACES_COMPRESSION ?? config.OTEL_EXPORTER_OTLP_COMPRESSION ?? 'none',
    tls: readTls(config),
  };
}

function tracesUrl(config: Config): string | undefined {
  if (whyOff(config) !== undefined) return undefined;
  if (config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const url = new URL(config.OTEL_EXPORTER_OTLP_ENDPOINT as string);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${tracesPath}`;
  return url.href;
}

/** The setting that turns tracing off, as the operator wrote it; undefined if it is on. */
export function whyOff(config: Config): string | undefined {
  if (config.OTEL_SDK_DISABLED) return 'OTEL_SDK_DISABLED is true';
  if (config.OTEL_TRACES_EXPORTER === 'none') return 'OTEL_TRACES_EXPORTER is none';
  if (config.OTEL_TRACES_SAMPLER === 'always_off') return 'OTEL_TRACES_SAMPLER is always_off';
  return (config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? config.OTEL_EXPORTER_OTLP_ENDPOINT) === undefined
    ? 'set OTEL_EXPORTER_OTLP_ENDPOINT'
    : undefined;
}

/** Header names are case-insensitive. */
function lowerNames(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function readTls(config: Config): OtlpOptions['tls'] {
  const ca = readPem(config, 'CERTIFICATE');
  const cert = readPem(config, 'CLIENT_CERTIFICATE');
  const key = readPem(config, 'CLIENT_KEY');
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
  what: keyof typeof tlsNames,
): { readonly tls: OtlpOptions['tls'] } | undefined {
  const [own, general] = [`OTEL_EXPORTER_OTLP_TRACES_${what}`, `OTEL_EXPORTER_OTLP_${what}`] as const;
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
