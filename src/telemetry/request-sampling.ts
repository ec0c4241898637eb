import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import { TraceFlags } from '@opentelemetry/api';
import type { Config } from '../settings/config.ts';
import type { CallerTrace } from './propagation.ts';

/** Decides, before anything is instrumented, whether a request is traced. */
export type RequestSampler = (headers: IncomingHttpHeaders) => boolean;

/**
 * Makes the sampler that the `OTEL_TRACES_SAMPLER` variables describe. A ratio is decided by the trace id if the
 * request has one (as in OpenTelemetry, so that services agree), otherwise at random.
 */
export function createRequestSampler(
  name: Config['OTEL_TRACES_SAMPLER'],
  ratio: number,
  callerTrace: CallerTrace,
): RequestSampler {
  const byRatio = (traceId?: string) =>
    (traceId === undefined ? Math.random() : foldTraceId(traceId)) < ratio;
  const root = (traceId?: string) => {
    if (name.endsWith('always_off')) return false;
    return name.endsWith('traceidratio') ? byRatio(traceId) : true;
  };
  if (name.startsWith('parentbased_')) {
    return (headers) => {
      const caller = callerTrace(headers);
      return caller === undefined ? root() : (caller.traceFlags & TraceFlags.SAMPLED) !== 0;
    };
  }
  return (headers) => root(callerTrace(headers)?.traceId);
}

/** A trace id as a number in [0, 1): its four 32-bit words XORed, as OpenTelemetry's ratio sampler does. */
function foldTraceId(traceId: string): number {
  let folded = 0;
  for (let i = 0; i < 32; i += 8) folded ^= Number.parseInt(traceId.slice(i, i + 8), 16);
  return (folded >>> 0) / 2 ** 32;
}

const bareEmit = EventEmitter.prototype.emit;

/**
 * Keeps a server's unsampled requests away from the HTTP instrumentation, which has patched `Server.prototype.emit`:
 * asking a sampler after the instrumentation has begun costs almost as much as recording. All events other than
 * `request`, and every sampled request, go through the instrumentation.
 */
export function gateInstrumentation(server: Server, sample: RequestSampler): void {
  const instrumentedEmit = server.emit;
  server.emit = function emit(this: Server, event: string | symbol, ...args: unknown[]): boolean {
    const traced = event !== 'request' || sample((args[0] as IncomingMessage).headers);
    return (traced ? instrumentedEmit : bareEmit).call(this, event, ...args);
  };
}
