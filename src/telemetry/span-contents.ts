import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { copyOf } from '../text/own-text.ts';

/** Attributes that contain a whole address, in the current and the older semantic conventions. */
const addressAttributes = new Set(['url.full', 'http.url', 'http.target']);
/** Attributes that an instrumentation cuts out of longer texts of the request. */
const cutAttributes = new Set(['url.path', 'client.address', 'server.address']);

/** An address without credentials (`user:password@`), query and fragment. */
function withoutQuery(address: string): string {
  return address.replace(/^([a-z][a-z\d+.-]*:)?\/\/[^/?#]*@/i, '$1//').replace(/[?#].*$/s, '');
}

function trim(attributes: Attributes, maxLength: number): void {
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (typeof value !== 'string') continue;
    if (key === 'url.query') delete attributes[key];
    else if (addressAttributes.has(key)) attributes[key] = copyOf(withoutQuery(value));
    else if (value.length >= maxLength || cutAttributes.has(key)) attributes[key] = copyOf(value);
  }
}

/**
 * Removes from a span, before it waits for export, what it must not reveal and what would occupy memory: the query of
 * an address, which may contain the input, and the long headers that shortened attributes were cut from.
 *
 * @param maxLength to which the SDK shortens the attributes' values
 */
export function trimSpans(next: SpanProcessor, maxLength: number): SpanProcessor {
  return {
    onStart: (span, context) => next.onStart(span, context),
    onEnd(span: ReadableSpan) {
      trim(span.attributes, maxLength);
      for (const { attributes } of span.events) if (attributes) trim(attributes, maxLength);
      const { message } = span.status;
      if (message !== undefined && message.length > maxLength) {
        span.status.message = copyOf(message.slice(0, maxLength));
      }
      next.onEnd(span);
    },
    forceFlush: () => next.forceFlush(),
    shutdown: () => next.shutdown(),
  };
}
