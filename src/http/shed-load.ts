import type { IncomingMessage, RequestListener } from 'node:http';
import type { HttpMetrics, ShedReason } from '../telemetry/http-metrics.ts';
import { Problem, problemMediaType, problemText } from './problem.ts';

/** How often the event loop's delay is measured. */
const intervalMs = 25;

/** What an operator and a load balancer need most when everything else is too much. */
const alwaysAnswered: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);

const overloaded = problemText(
  new Problem('overloaded', 'too many requests are waiting; try again after the time in retry-after'),
);

export type LoadGuard = {
  /** Answers in the application's place while there is too much to do. */
  wrap(answer: RequestListener): RequestListener;
  stop(): void;
};

/**
 * Turns requests away with 503 and `Retry-After` while more than `maxConcurrent` are in flight, or while the event
 * loop runs later than `maxDelayMs`. It does so before anything else has touched the request, at a fraction of its
 * cost, so that what is accepted is answered in time and the service recovers as soon as the load falls.
 */
export function createLoadGuard(
  metrics: Pick<HttpMetrics, 'active' | 'shed'>,
  { maxConcurrent, maxDelayMs }: { maxConcurrent: number; maxDelayMs: number },
): LoadGuard {
  let tickedMs = performance.now();
  let delayMs = 0;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    delayMs = nowMs - tickedMs - intervalMs;
    tickedMs = nowMs;
  }, intervalMs).unref();

  function reason({ url = '' }: IncomingMessage): ShedReason | undefined {
    const overdueMs = performance.now() - tickedMs - intervalMs;
    const isLate = delayMs > maxDelayMs || overdueMs > maxDelayMs;
    if (!isLate && metrics.active < maxConcurrent) return undefined;
    if (alwaysAnswered.has(url.split('?', 1)[0])) return undefined;
    return isLate ? 'event_loop' : 'concurrency';
  }

  return {
    wrap: (answer) => (request, response) => {
      const why = reason(request);
      if (why === undefined) {
        answer(request, response);
        return;
      }
      metrics.shed[why]++;
      response.writeHead(503, {
        'retry-after': '1',
        'content-type': problemMediaType,
        'content-length': Buffer.byteLength(overloaded),
        'cache-control': 'no-store',
      });
      response.end(overloaded);
    },
    stop: () => clearInterval(timer),
  };
}
