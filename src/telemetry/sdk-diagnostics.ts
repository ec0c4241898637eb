import { inspect } from 'node:util';
import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import type { Config } from '../config.ts';
import { oneLine } from '../one-line.ts';
import type { TelemetryLevel, TelemetryLog } from './telemetry-log.ts';

/** Deep enough for an error and its reason; spans are shown as what they are called. */
const inspectOptions = {
  depth: 1,
  breakLength: Number.POSITIVE_INFINITY,
  maxArrayLength: 3,
  maxStringLength: 300,
};

/**
 * Sends what the SDK says of itself to the log, a line each. Failed exports come to it as errors too, one for each
 * batch; they are told once by `createExportReport`, and here only to who asked for all.
 */
export function logDiagnostics(log: TelemetryLog, level: Config['OTEL_LOG_LEVEL']): void {
  const write =
    (as: TelemetryLevel) =>
    (...parts: unknown[]) =>
      log.write('opentelemetry', as, parts.map(describe).join(' '));
  const logger: DiagLogger = {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    verbose: write('trace'),
  };
  diag.setLogger(logger, DiagLogLevel[level.toUpperCase() as Uppercase<typeof level>]);
  setGlobalErrorHandler((error) => diag.debug(oneLine(error)));
}

function describe(part: unknown): string {
  if (typeof part === 'string') return part;
  return part instanceof Error ? oneLine(part) : inspect(part, inspectOptions);
}
