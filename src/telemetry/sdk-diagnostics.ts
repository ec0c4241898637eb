import { inspect } from 'node:util';
import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import type { Config } from '../settings/config.ts';
import { oneLine } from '../text/one-line.ts';
import type { ExportAnswers } from './export-answers.ts';
import type { TelemetryLevel, TelemetryLog } from './telemetry-log.ts';

/** Deep enough for an error and its reason; spans are shown by name. */
const inspectOptions = {
  depth: 1,
  breakLength: Number.POSITIVE_INFINITY,
  maxArrayLength: 3,
  maxStringLength: 300,
};

/**
 * Sends the SDK's own messages to the log, one line each, from `level` on. They include how each export ended;
 * `createExportReport` already logs that once, so failures are logged here only at level `debug`, and answers go only
 * to `answers`.
 */
export function logDiagnostics(
  log: TelemetryLog,
  level: Config['OTEL_LOG_LEVEL'],
  answers: ExportAnswers,
): void {
  const write =
    (as: TelemetryLevel) =>
    (...parts: unknown[]) =>
      log.write('opentelemetry', as, parts.map(describe).join(' '));
  const warn = write('warn');
  const threshold = DiagLogLevel[level.toUpperCase() as Uppercase<typeof level>];
  const logger: DiagLogger = {
    error: threshold >= DiagLogLevel.ERROR ? write('error') : () => {},
    warn: (...parts) => {
      if (!answers.hear(parts) && threshold >= DiagLogLevel.WARN) warn(...parts);
    },
    info: write('info'),
    debug: write('debug'),
    verbose: write('trace'),
  };
  // warnings are processed at every level, as some are answers
  diag.setLogger(logger, Math.max(threshold, DiagLogLevel.WARN));
  setGlobalErrorHandler((error) => diag.debug(oneLine(error)));
}

function describe(part: unknown): string {
  if (typeof part === 'string') return part;
  return part instanceof Error ? oneLine(part) : inspect(part, inspectOptions);
}
