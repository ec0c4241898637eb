import { createRequire } from 'node:module';
import { isatty } from 'node:tty';
import { type Logger, pino } from 'pino';
import { isoTime } from '../samples/iso-time.ts';
import type { LogDestination } from './log-destination.ts';

/**
 * The service's logger: JSON lines with `level` (pino's numbers), `time` (ISO 8601, UTC), `pid`, `hostname`, `name`.
 *
 * @param level one of pino's level names, or `silent`
 * @throws Error if pino does not know the level
 */
export function createLogger(options: { level: string; name: string; destination: LogDestination }): Logger {
  const { level, name, destination } = options;
  return pino({ level, name, timestamp: () => `,"time":"${isoTime(Date.now())}"` }, destination);
}

/** Makes log lines readable if standard output is a terminal and pino-pretty, a development dependency, is there. */
export function terminalFormat(): ((line: string) => string) | undefined {
  if (!isatty(1)) return undefined;
  try {
    const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');
    return prettyFactory({ colorize: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' });
  } catch {
    return undefined;
  }
}
