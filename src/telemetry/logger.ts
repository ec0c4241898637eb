import { createRequire } from 'node:module';
import { isatty } from 'node:tty';
import { type Logger, pino } from 'pino';
import { escapeJson, escapeLine } from '../text/terminal.ts';
import { isoTime } from '../times/iso-time.ts';
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

/**
 * Makes log lines readable if standard output is a terminal and pino-pretty, a development dependency, is installed.
 * Text from others cannot control the terminal, with or without pino-pretty.
 */
export function terminalFormat(): ((line: string) => string) | undefined {
  if (!isatty(1)) return undefined;
  try {
    const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');
    const pretty = prettyFactory({
      colorize: true,
      ignore: 'pid,hostname',
      translateTime: 'SYS:HH:MM:ss.l',
    });
    return (line) => pretty(JSON.parse(line, escapeTexts));
  } catch {
    return escapeJson;
  }
}

/** For `JSON.parse`: escapes names and texts, which pino-pretty writes as they are; a stack keeps its lines. */
function escapeTexts(key: string, value: unknown): unknown {
  if (typeof value === 'string') {
    return key === 'stack' ? value.split('\n').map(escapeLine).join('\n') : escapeLine(value);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [escapeLine(name), member]));
}
