import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Logger } from 'pino';
import { oneLine } from '../text/one-line.ts';

export type TelemetryEvent = 'settings' | 'tracing' | 'opentelemetry';
export type TelemetryLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** The service's log, for what starts before there is one. */
export type TelemetryLog = {
  /** Writes a line without the secrets in it; before the logger is there it is kept, if not too many are. */
  write(event: TelemetryEvent, level: TelemetryLevel, message: string): void;
  /** Writes what was kept to this logger, and from now on everything. */
  connect(logger: Logger): void;
};

/** Kept before there is a logger; the SDK says some 200 things at its start when it is asked to say all. */
const maxKept = 1000;
const maxMessageLength = 2000;

/**
 * Makes the log of the tracing.
 *
 * @param secrets texts that stand in no line
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
    // else the line would name the request that happened to be there when the timer of the export was set
    context.with(ROOT_CONTEXT, () => logger[level](hide(oneLine(message), secrets)));
  }

  function connect(logger: Logger): void {
    // what the SDK says has been chosen by OTEL_LOG_LEVEL
    const level = logger.level === 'silent' ? 'silent' : 'trace';
    loggers = {
      settings: logger.child({ event: 'settings' }),
      tracing: logger.child({ event: 'tracing' }),
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
