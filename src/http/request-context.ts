import type { IncomingMessage, ServerResponse } from 'node:http';
import { type SpanContext, trace } from '@opentelemetry/api';
import type { DefaultContext, ParameterizedContext } from 'koa';
import type { CallerTrace } from '../telemetry/propagation.ts';

/** What the log line of a prediction contains. */
export type Prediction = {
  /** The caller's own key, redacted if the model withholds it. */
  readonly key: string | undefined;
  readonly prediction: string;
  /** Undefined if it must not appear next to the payload (see `Disclosure`). */
  readonly score: number | undefined;
  /** The input as JSON text, redacted; undefined if payloads are not logged. */
  readonly payload: string | undefined;
};

/** What the log line of a batch of observations contains: how many rows there were of each kind. */
export type ObservationCounts = {
  readonly accepted: number;
  readonly invalid: number;
  /** They were counted when the batch was first sent. */
  readonly isRepetition: boolean;
};

export type TraceContext = Pick<SpanContext, 'traceId' | 'traceFlags'> & { readonly spanId?: string };

/** A whole answer as text, with its status. A long one is kept as bytes, which all slow readers share. */
export type Answer = { readonly mediaType: string; readonly text: string | Buffer };

/** An answer that goes on until the client or the service ends it. */
export type AnswerStream = { readonly mediaType: string; readonly begin: (response: ServerResponse) => void };

export type RequestState = {
  requestId: string;
  trace: TraceContext | undefined;
  /** The model that answers, as the log line names it; see `Deployment.logMembers`. */
  model?: string;
  prediction?: Prediction;
  /** Rows that were predicted together, and the caller's own key if there is just one. */
  predicted?: { readonly rows: number; readonly key: string | undefined };
  observations?: ObservationCounts;
  /** Set by `send`. */
  answer?: Answer;
  /** Set by `sendStream`. */
  stream?: AnswerStream;
};

export type RequestContext = ParameterizedContext<RequestState, DefaultContext>;

/** The trace that a request belongs to: that of its own span, or the caller's if it has none. */
export function traceContext(request: IncomingMessage, callerTrace: CallerTrace): TraceContext | undefined {
  const span = trace.getActiveSpan();
  if (span) return span.spanContext();
  const caller = callerTrace(request.headers);
  // the caller's span is not ours
  return caller && { traceId: caller.traceId, traceFlags: caller.traceFlags };
}
