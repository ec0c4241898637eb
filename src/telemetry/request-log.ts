import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { isoTime } from '../times/iso-time.ts';
import type { LogDestination } from './log-destination.ts';

/** One answered request. Strings may contain anything; names follow pino and its OpenTelemetry instrumentation. */
export type RequestEntry = {
  /** `predict` for answered predictions, `observations` for a batch of observations, `request` for everything else. */
  readonly event: 'predict' | 'observations' | 'request';
  readonly route: string;
  readonly method: string;
  readonly status: number;
  /** Written to the microsecond. */
  readonly durationMs: number;
  readonly requestId: string;
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  /** W3C trace flags; bit 0 is `sampled`. */
  readonly traceFlags?: number | undefined;
  /** JSON text of the members that name the model that answered. */
  readonly model?: string | undefined;
  /** The caller's own key for the prediction. */
  readonly key?: string | undefined;
  readonly prediction?: string | undefined;
  readonly score?: number | undefined;
  /** The payload as JSON text, already redacted (see `createRowFormatter`). */
  readonly payload?: string | undefined;
  /** Rows that were predicted together. */
  readonly rows?: number | undefined;
  /** Rows of a batch of observations. */
  readonly accepted?: number | undefined;
  readonly invalid?: number | undefined;
  /** The batch was sent before, and was counted then. */
  readonly duplicate?: true | undefined;
};

const info = 30;
const warn = 40;
const error = 50;

/**
 * Makes the writer of the log line of each request: the line that pino would write for it, at a third of the cost, with
 * `level` info below status 400, warn below 500 and error above, if the logger's level allows it.
 *
 * @param sampleRatio the share of successes (status below 400) that is logged; everything else is always logged
 */
export function createRequestLog(options: {
  logger: Logger;
  destination: LogDestination;
  sampleRatio: number;
}): (entry: RequestEntry) => void {
  const { logger, destination, sampleRatio } = options;
  const bindings = JSON.stringify({ pid: process.pid, hostname: hostname(), ...logger.bindings() }).slice(
    1,
    -1,
  );
  return (entry) => {
    const level = entry.status < 400 ? info : entry.status < 500 ? warn : error;
    if (level < logger.levelVal || (level === info && sampleRatio < 1 && Math.random() >= sampleRatio))
      return;
    destination.write(format(entry, level));
  };

  function format(entry: RequestEntry, level: number): string {
    const {
      traceId,
      spanId,
      traceFlags,
      model,
      key,
      prediction,
      score,
      payload,
      rows,
      accepted,
      invalid,
      duplicate,
    } = entry;
    let line = `{"level":${level},"time":"${isoTime(Date.now())}",${bindings},"event":"${entry.event}"`;
    line += `,"route":${JSON.stringify(entry.route)},"method":${JSON.stringify(entry.method)}`;
    line += `,"status":${entry.status},"durationMs":${Math.round(entry.durationMs * 1000) / 1000}`;
    line += `,"requestId":${JSON.stringify(entry.requestId)}`;
    if (traceId !== undefined) line += `,"trace_id":${JSON.stringify(traceId)}`;
    if (spanId !== undefined) line += `,"span_id":${JSON.stringify(spanId)}`;
    if (traceFlags !== undefined)
      line += `,"trace_flags":"${traceFlags < 16 ? '0' : ''}${traceFlags.toString(16)}"`;
    if (model !== undefined) line += `,${model}`;
    if (key !== undefined) line += `,"key":${JSON.stringify(key)}`;
    if (prediction !== undefined) line += `,"prediction":${JSON.stringify(prediction)}`;
    if (score !== undefined) line += `,"score":${score}`;
    if (payload !== undefined) line += `,"payload":${payload}`;
    if (rows !== undefined) line += `,"rows":${rows}`;
    if (accepted !== undefined) line += `,"accepted":${accepted}`;
    if (invalid !== undefined) line += `,"invalid":${invalid}`;
    if (duplicate) line += ',"duplicate":true';
    return `${line}}\n`;
  }
}
