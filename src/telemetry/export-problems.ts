import type { Signal } from '../settings/otlp-settings.ts';
import { type OtlpOptions, pathOf, variableOf } from './otlp-options.ts';

/** Why an export failed: `kind` is the same for all failures of one cause, `text` says what to look at. */
export type ExportProblem = { readonly kind: string; readonly text: string };

const untrusted = new Set([
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
/** What to do if an export is too large. */
const advice413: Readonly<Record<Signal, string>> = {
  traces: 'lower OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
  metrics: 'let it accept larger requests, or scrape the metrics',
  logs: 'lower OTEL_BLRP_MAX_EXPORT_BATCH_SIZE',
};
const unreachable = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

/**
 * Explains what an exporter's error means and what to check.
 *
 * The credentials and the query of the address are never repeated.
 */
export function describeExportError(
  error: Error,
  { signal, url, timeoutMillis }: Pick<OtlpOptions, 'signal' | 'url' | 'timeoutMillis'>,
): ExportProblem {
  const { host, hostname, pathname } = new URL(url);
  const { code = codeOf(error.cause) } = error as Error & { code?: unknown };
  if (typeof code === 'number')
    return { kind: String(code), text: describeStatus(code, error, pathname, signal) };
  if (typeof code === 'string') return { kind: code, text: describeCode(code, error, host, hostname) };
  if (error.message === 'Request timed out') {
    return {
      kind: 'timeout',
      text: `${host} does not answer within ${timeoutMillis} ms: is it overloaded, or OTEL_EXPORTER_OTLP_TIMEOUT too short?`,
    };
  }
  if (error.message === 'Export failed with retryable status') {
    return {
      kind: 'retryable',
      text: `${host} answers 429, 502, 503 or 504: it is overloaded, or its backend is unavailable`,
    };
  }
  return { kind: error.message, text: error.message };
}

function codeOf(cause: unknown): unknown {
  return (cause as { code?: unknown } | undefined)?.code;
}

function describeStatus(status: number, { message }: Error, path: string, signal: Signal): string {
  const answer = `the receiver answers ${status}${message ? ` ${message}` : ''}`;
  if (status === 401 || status === 403) {
    return `${answer}: check the credentials in OTEL_EXPORTER_OTLP_HEADERS`;
  }
  if (status === 404 || status === 405) {
    const appended = `${pathOf(signal)} is appended to OTEL_EXPORTER_OTLP_ENDPOINT`;
    const rule = path.endsWith(pathOf(signal) + pathOf(signal))
      ? 'so omit it there'
      : `and ${variableOf(signal, 'ENDPOINT')} is used as it is`;
    return `${answer} at ${path}: check the path; ${appended}, ${rule}`;
  }
  if (status === 413) return `${answer}: ${advice413[signal]}`;
  if (status === 415)
    return `${answer}: it expects a different OTEL_EXPORTER_OTLP_PROTOCOL, http/protobuf or http/json`;
  if (status >= 300 && status < 400) return `${answer}: set the address that it redirects to`;
  return answer;
}

function describeCode(code: string, { message }: Error, host: string, hostname: string): string {
  if (code === 'ECONNREFUSED') return `nothing listens at ${host} (${code}): is the Collector running?`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name ${hostname} is not known (${code})`;
  if (unreachable.has(code)) return `${host} cannot be reached (${code}): check the network and its rules`;
  if (untrusted.has(code)) {
    return `the certificate of ${host} is not trusted (${code}): name its CA in OTEL_EXPORTER_OTLP_CERTIFICATE`;
  }
  if (code === 'CERT_HAS_EXPIRED') return `the certificate of ${host} has expired`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `the certificate of ${host} is for another name`;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return `TLS with ${host} fails (${code}): does it use plain http, or require a client certificate?`;
  }
  if (code.startsWith('HPE_')) {
    return `${host} does not answer in HTTP (${code}): gRPC is on port 4317, OTLP over HTTP on 4318`;
  }
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return `${host} closes the connection (${code}): does it expect https?`;
  return `${message || code} (${code})`;
}
