import { randomUUID } from 'node:crypto';
import { TraceFlags } from '@opentelemetry/api';
import type { Middleware } from 'koa';
import { endOfTurn } from './end-of-turn.ts';
import { Problem } from './problem.ts';
import { type RequestState, type TraceContext, traceContext } from './request-context.ts';
import { routePattern } from './router.ts';
import { securityHeaderList } from './security-headers.ts';
import type { Service } from './service.ts';
import { answerProblem, writeAnswer } from './write-answer.ts';

/** A client's request id is kept if it is safe in a header and a log line. */
const requestIdForm = /^[\w.:~+/=-]{1,128}$/;

/** What is needed from the service for each request. */
export type Observed = Pick<Service, 'state' | 'callerTrace' | 'onError'>;

/** Where answered requests are counted and logged. */
export type Observer = Pick<Service, 'httpMetrics' | 'logRequest'>;

/**
 * The outermost layer: gives the request its id, turns what is thrown into a problem document, and counts and logs
 * the answer, whatever it is.
 */
export function observeRequest(
  service: Observed,
  { httpMetrics, logRequest }: Observer,
): Middleware<RequestState> {
  return async (context, next) => {
    const startedMs = performance.now();
    const { req, res, state } = context;
    const given = req.headers['x-request-id'] as string | undefined;
    const requestId = given !== undefined && requestIdForm.test(given) ? given : randomUUID();
    const trace = traceContext(req, service.callerTrace);
    state.requestId = requestId;
    state.trace = trace;
    httpMetrics.active++;
    try {
      await next();
    } catch (error) {
      answerProblem(context, toProblem(error, service, requestId), requestId);
    } finally {
      await endOfTurn();
      httpMetrics.active--;
      const headers = ['x-request-id', requestId, ...securityHeaderList];
      if (service.state === 'draining') headers.push('connection', 'close');
      writeAnswer(context, headers);
      const { method = '' } = req;
      const status = res.statusCode;
      const route = routePattern(context);
      const durationMs = performance.now() - startedMs;
      httpMetrics.record(method, route, status, durationMs / 1000, recordedTrace(trace));
      const { prediction, predicted, observations } = state;
      logRequest({
        event: prediction || predicted ? 'predict' : observations ? 'observations' : 'request',
        route,
        method,
        status,
        durationMs,
        requestId,
        traceId: trace?.traceId,
        spanId: trace?.spanId,
        traceFlags: trace?.traceFlags,
        model: state.model,
        key: (prediction ?? predicted)?.key,
        prediction: prediction?.prediction,
        score: prediction?.score,
        payload: prediction?.payload,
        rows: predicted?.rows,
        accepted: observations?.accepted,
        invalid: observations?.invalid,
        duplicate: observations?.isRepetition || undefined,
      });
    }
  };
}

/** The id of a trace that is recorded here; one that only the caller has is none. */
function recordedTrace(trace: TraceContext | undefined): string | undefined {
  const isRecorded = trace?.spanId !== undefined && (trace.traceFlags & TraceFlags.SAMPLED) !== 0;
  return isRecorded ? trace.traceId : undefined;
}

function toProblem(error: unknown, service: Observed, requestId: string): Problem {
  if (error instanceof Problem) return error;
  service.onError(error, requestId);
  return new Problem('internal', 'the fault is in the service and has been logged under this request id');
}
