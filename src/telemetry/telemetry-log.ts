import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Logger } from 'pino';
import { oneLine } from '../text/one-line.ts';

export type TelemetryEvent = 'settings' | 'tracing' | 'metrics' | 'logs' | 'opentelemetry';
export type TelemetryLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** The service's log, for components that start before it exists. */
export type TelemetryLog = {
  /** Writes a line without the secrets in it; before there is a logger, lines are buffered up to a limit. */
  write(event: TelemetryEvent, level: TelemetryLevel, message: string): void;
  /** Writes the buffered lines to this logger, and from now on everything. */
  connect(logger: Logger): void;
};

/**
 * The number of lines buffered before there is a logger; the SDK writes some 200 lines at its start at the most verbose
 * level.
 */
const maxKept = 1000;
const maxMessageLength = 2000;

/**
 * Makes the log of the tracing.
 *
 * @param secrets texts that must not appear in any line
 */
export function createTelemetryLog(secrets: readonly string[]): TelemetryLog {
  const kept: Parameters<TelemetryLog['write']>[] = [];
  let loggers: Record<TelemetryEvent, Logger> | undefined;
  function write(...line: Parameters<TelemetryLog['write']>): void {
    const [event, level, message] = line;
    if (loggers === undefined) {
      if (kept.length < maxKept) kept.push(line);
      return;
    }
    const logger = loggers[event];
    // otherwise the line would name the request that happened to be active when the export timer was set
    context.with(ROOT_CONTEXT, () => logger[level](hide(oneLine(message), secrets)));
  }

  function connect(logger: Logger): void {
    // what the SDK logs has been filtered by OTEL_LOG_LEVEL
    const level = logger.level === 'silent' ? 'silent' : 'trace';
    loggers = {
      settings: logger.child({ event: 'settings' }),
      tracing: logger.child({ event: 'tracing' }),
      metrics: logger.child({ event: 'metrics' }),
      logs: logger.child({ event: 'logs' }),
      opentelemetry: logger.child({ event: 'opentelemetry' }, { level }),
    };
    for (const line of kept.splice(0)) write(...line);
  }

  return { write, connect };
}

function hide(message: string, secrets: readonly string[]): string {
  const hidden = secrets.reduce((text, secret) => text.replaceAll(secret, '[hidden]'), message);
  return hidden.length > maxMessageLength ? `${hidden.slice(0, maxMessageLength)}…` : hidden;
}
