import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpMetrics, ShedReason } from '../telemetry/http-metrics.ts';
import { answerNow } from './end-of-turn.ts';
import { isV2, Problem, problemMediaType, problemText } from './problem.ts';
import { securityHeaders } from './security-headers.ts';

/** How often the event loop's delay is measured. */
const intervalMs = 25;

/** The paths that an operator and a load balancer need most under overload. */
const alwaysAnswered: ReadonlySet<string> = new Set([
  '/health',
  '/ready',
  '/metrics',
  '/v2/health/live',
  '/v2/health/ready',
]);

/** Prepared answers. @param url of a request that is answered in this way */
function overloadedAnswer(url: string) {
  const problem = new Problem(
    'overloaded',
    'too many requests are waiting; try again after the time in retry-after',
  );
  const text = problemText(problem, { url });
  const headers = {
    ...securityHeaders,
    'retry-after': '1',
    'content-type': problemMediaType,
    'content-length': Buffer.byteLength(text),
  };
  return { text, headers };
}
const overloaded = overloadedAnswer('');
const overloadedV2 = overloadedAnswer('/v2');

export type LoadGuard = {
  /** Answers a request with 503 under overload; false if it should be served. */
  refuse(request: IncomingMessage, response: ServerResponse): boolean;
  stop(): void;
};

/**
 * Turns requests away with 503 and `Retry-After` while more than `maxConcurrent` are in flight, or while the event loop
 * is persistently delayed by more than `maxDelayMs`. It must be called before anything else touches the request,
 * including the instrumentation, so that a refusal costs a fraction of an answer: then accepted requests are answered
 * in time, and the service recovers as soon as the load falls.
 */
export function createLoadGuard(
  metrics: Pick<HttpMetrics, 'active' | 'shed'>,
  { maxConcurrent, maxDelayMs }: { maxConcurrent: number; maxDelayMs: number },
): LoadGuard {
  let tickedMs = performance.now();
  /** The number of consecutive late measurements. A single one is a hiccup of the machine, not overload. */
  let lateInARow = 0;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    lateInARow = nowMs - tickedMs - intervalMs > maxDelayMs ? lateInARow + 1 : 0;
    tickedMs = nowMs;
  }, intervalMs).unref();

  function reason({ url = '' }: IncomingMessage): ShedReason | undefined {
    const overdueMs = Math.max(0, performance.now() - tickedMs - intervalMs);
    // with a thousand sockets to read, the loop may not reach its timers for long: a delay of twice the limit counts as
    // two
    const isLate = lateInARow + Math.floor(overdueMs / maxDelayMs) > 1;
    if (!isLate && metrics.active < maxConcurrent) return undefined;
    if (alwaysAnswered.has(url.split('?', 1)[0])) return undefined;
    return isLate ? 'event_loop' : 'concurrency';
  }

  return {
    refuse(request, response) {
      const why = reason(request);
      if (why === undefined) return false;
      metrics.shed[why]++;
      // after the rest of what was read is parsed: an answer before its request has arrived would close the connection
      const { text, headers } = isV2(request.url ?? '') ? overloadedV2 : overloaded;
      setImmediate(() => response.writeHead(503, headers).end(text));
      // requests accepted just before must not wait for the end of a turn in which everything else is refused
      answerNow();
      return true;
    },
    stop: () => clearInterval(timer),
  };
}
