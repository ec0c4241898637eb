import type { IncomingMessage, ServerResponse } from 'node:http';
import { type SpanContext, trace } from '@opentelemetry/api';
import type { DefaultContext, ParameterizedContext } from 'koa';
import type { CallerTrace } from '../telemetry/propagation.ts';

/** What the log line of a prediction tells of it. */
export type Prediction = {
  /** What the caller calls it, redacted where the model withholds that. */
  readonly key: string | undefined;
  readonly prediction: string;
  /** Undefined where it is not to stand beside the payload (see `Disclosure`). */
  readonly score: number | undefined;
  /** The input as JSON text, redacted; undefined when payloads are not logged. */
  readonly payload: string | undefined;
};

/** What the log line of a batch of observations tells of it: how many rows there were of each kind. */
export type ObservationCounts = {
  readonly accepted: number;
  readonly invalid: number;
  /** They were counted when the batch came before. */
  readonly isRepetition: boolean;
};

export type TraceContext = Pick<SpanContext, 'traceId' | 'traceFlags'> & { readonly spanId?: string };

/** A whole answer in text, beside its status. A long one is kept as its bytes, which all who take it slowly share. */
export type Answer = { readonly mediaType: string; readonly text: string | Buffer };

/** An answer that goes on until the client or the service ends it. */
export type AnswerStream = { readonly mediaType: string; readonly begin: (response: ServerResponse) => void };

export type RequestState = {
  requestId: string;
  trace: TraceContext | undefined;
  /** The model that is asked, as the log line names it; see `Deployment.logMembers`. */
  model?: string;
  prediction?: Prediction;
  /** Rows that were predicted together, and what the caller calls the one that may be so called. */
  predicted?: { readonly rows: number; readonly key: string | undefined };
  observations?: ObservationCounts;
  /** Set by `send`. */
  answer?: Answer;
  /** Set by `sendStream`. */
  stream?: AnswerStream;
};

export type RequestContext = ParameterizedContext<RequestState, DefaultContext>;

/** The trace a request belongs to: that of its own span, or the one its caller names when it has none. */
export function traceContext(request: IncomingMessage, callerTrace: CallerTrace): TraceContext | undefined {
  const span = trace.getActiveSpan();
  if (span) return span.spanContext();
  const caller = callerTrace(request.headers);
  // the span of the caller is not ours
  return caller && { traceId: caller.traceId, traceFlags: caller.traceFlags };
}
