import { type Attributes, type LogRecord, ROOT_CONTEXT, SeverityNumber, trace } from '@opentelemetry/api';

/** Pino's levels, by their numbers. */
const severities = new Map<
  unknown,
  { readonly severityNumber: SeverityNumber; readonly severityText: string }
>([
  [10, { severityNumber: SeverityNumber.TRACE, severityText: 'trace' }],
  [20, { severityNumber: SeverityNumber.DEBUG, severityText: 'debug' }],
  [30, { severityNumber: SeverityNumber.INFO, severityText: 'info' }],
  [40, { severityNumber: SeverityNumber.WARN, severityText: 'warn' }],
  [50, { severityNumber: SeverityNumber.ERROR, severityText: 'error' }],
  [60, { severityNumber: SeverityNumber.FATAL, severityText: 'fatal' }],
]);

/**
 * A log line of the service as a log record: its text, or what it is about, is the body; the trace and the level have
 * fields of their own; an error becomes the attributes `exception.*`, and everything else an attribute of its name.
 *
 * @param line JSON, as the logger writes it
 */
export function logRecordOf(line: string): LogRecord {
  // the resource says which service and replica it is
  const { level, time, pid, hostname, name, msg, err, trace_id, span_id, trace_flags, ...rest } = JSON.parse(
    line,
  ) as Record<string, unknown>;
  const hasSpan = typeof trace_id === 'string' && typeof span_id === 'string';
  return {
    ...severities.get(level),
    timestamp: new Date(String(time)),
    body: (msg ?? rest.event) as string,
    attributes: {
      ...rest,
      ...exceptionOf(err),
      // the caller's trace, of which nothing is recorded here
      ...(trace_id !== undefined && !hasSpan && { trace_id }),
    } as Attributes,
    ...(hasSpan && {
      context: trace.setSpanContext(ROOT_CONTEXT, {
        traceId: trace_id,
        spanId: span_id,
        traceFlags: Number.parseInt(String(trace_flags ?? '0'), 16),
      }),
    }),
  };
}

/** A logged error by the semantic conventions. */
function exceptionOf(err: unknown): Attributes {
  if (typeof err !== 'object' || err === null) return {};
  const { type, message, stack } = err as Record<string, string>;
  return { 'exception.type': type, 'exception.message': message, 'exception.stacktrace': stack };
}
