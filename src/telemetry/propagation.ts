import type { IncomingHttpHeaders } from 'node:http';
import {
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type SpanContext,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { AWSXRayPropagator } from '@opentelemetry/propagator-aws-xray';
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3';
import type { Config } from '../settings/config.ts';
import { copyOf } from '../text/own-text.ts';

type PropagatorName = Config['OTEL_PROPAGATORS'][number];

/** Finds the trace context in the headers of a request. */
export type CallerTrace = (headers: IncomingHttpHeaders) => SpanContext | undefined;

const makers: Readonly<Record<Exclude<PropagatorName, 'none'>, () => TextMapPropagator>> = {
  tracecontext: () => withOwnIds(new W3CTraceContextPropagator()),
  baggage: () => new W3CBaggagePropagator(),
  b3: () => ofShortHeaders('b3', new B3Propagator()),
  b3multi: () => ofShortHeaders('b3', new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER })),
  xray: () => ofShortHeaders(xrayHeader, new AWSXRayPropagator()),
};

/** A `b3` header has at most 68 characters, one of X-Ray not many more. */
const longestHeader = 256;
const xrayHeader = 'x-amzn-trace-id';

/** The same propagator, with a different way of reading headers. */
function readingBy(extract: TextMapPropagator['extract'], propagator: TextMapPropagator): TextMapPropagator {
  return {
    inject: (context, carrier, setter) => propagator.inject(context, carrier, setter),
    fields: () => propagator.fields(),
    extract,
  };
}

/** Ignores a long header: B3's propagator would look for an id anywhere in it, which takes milliseconds. */
function ofShortHeaders(name: string, propagator: TextMapPropagator): TextMapPropagator {
  return readingBy((context, carrier, getter) => {
    const isLong = (getter.get(carrier, name)?.length ?? 0) > longestHeader;
    return isLong ? context : propagator.extract(context, carrier, getter);
  }, propagator);
}

/** The length of version 00; later versions may be longer. */
const traceparentLength = 55;

/**
 * Copies the ids out of a longer `traceparent`: as slices of the header they would keep all of it in memory as long as
 * a span waits.
 */
function withOwnIds(propagator: TextMapPropagator): TextMapPropagator {
  return readingBy((context, carrier, getter) => {
    const extracted = propagator.extract(context, carrier, getter);
    const header = getter.get(carrier, 'traceparent');
    if (header === undefined || header.length <= traceparentLength) return extracted;
    const found = trace.getSpanContext(extracted);
    if (found === undefined) return extracted;
    const own = { traceId: copyOf(found.traceId), spanId: copyOf(found.spanId) };
    return trace.setSpanContext(extracted, { ...found, ...own });
  }, propagator);
}

/** The headers without which a propagator finds no trace. Both of B3's read either form. */
const traceHeaders: Readonly<Record<PropagatorName, readonly string[]>> = {
  tracecontext: ['traceparent'],
  baggage: [],
  b3: ['b3', 'x-b3-traceid'],
  b3multi: ['b3', 'x-b3-traceid'],
  xray: [xrayHeader],
  none: [],
};

/** The propagator that `OTEL_PROPAGATORS` describes; with `none` among the names, one that does nothing. */
export function createPropagator(names: readonly PropagatorName[]): TextMapPropagator {
  const chosen = names.includes('none') ? [] : (names as readonly (keyof typeof makers)[]);
  return new CompositePropagator({ propagators: chosen.map((name) => makers[name]()) });
}

/**
 * Makes the reader of callers' trace contexts, which uses the same propagators as the instrumentation, so that the
 * sampling decision, the span, the log line and the sample refer to the same trace.
 */
export function createCallerTrace(names: readonly PropagatorName[]): CallerTrace {
  // baggage contains no trace id, and may be long
  const propagator = createPropagator(names.filter((name) => name !== 'baggage'));
  const needed = [...new Set(names.flatMap((name) => traceHeaders[name]))];
  // the sampler asks, and right after it the request log
  let lastAsked: IncomingHttpHeaders | undefined;
  let lastFound: SpanContext | undefined;
  return (headers) => {
    if (headers === lastAsked) return lastFound;
    lastAsked = headers;
    lastFound = undefined;
    for (let i = 0; i < needed.length; i++) {
      if (headers[needed[i]] === undefined) continue;
      lastFound = trace.getSpanContext(propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter));
      break;
    }
    return lastFound;
  };
}
