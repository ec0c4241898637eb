import { type DateOrder, dateOrderOf, parseTime } from '../times/parse-time.ts';
import { UsageError } from './run-cli.ts';

const unitsMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The length of a time such as `90s`, `5m`, `1h` or `7d` in milliseconds; `undefined` for any other text. */
function parseDuration(text: string): number | undefined {
  const parts = /^(?<amount>\d+(?:\.\d+)?)(?<unit>[smhd])$/.exec(text)?.groups;
  return parts && Number(parts.amount) * unitsMs[parts.unit as keyof typeof unitsMs];
}

/** Reads an option that is a length of time above 0. @returns milliseconds @throws UsageError */
export function readDuration(option: string, text: string): number {
  const durationMs = parseDuration(text);
  if (durationMs !== undefined && durationMs > 0) return durationMs;
  throw new UsageError(`--${option} is a time such as 90s, 5m or 1h, not '${text}'`);
}

/** A period of time, open at an end that was not given. */
export type Period = { readonly sinceMs?: number | undefined; readonly untilMs?: number | undefined };

/**
 * Reads `--since` and `--until`, each a time or how long ago it was.
 *
 * @param order of days and months, `null` where it is not known
 * @param nowMs what ages are counted from
 * @throws UsageError for what is neither, and for a period without length
 */
export function readPeriod(
  { since, until }: { readonly since?: string | undefined; readonly until?: string | undefined },
  order: DateOrder | null,
  nowMs = Date.now(),
): Period {
  const sinceMs = readTime('since', since, order, nowMs);
  const untilMs = readTime('until', until, order, nowMs);
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs >= untilMs) {
    throw new UsageError(`--since ${since} is not before --until ${until}`);
  }
  return { sinceMs, untilMs };
}

function readTime(
  option: string,
  text: string | undefined,
  order: DateOrder | null,
  nowMs: number,
): number | undefined {
  if (text === undefined) return undefined;
  const ageMs = parseDuration(text);
  if (ageMs !== undefined) return nowMs - ageMs;
  const timeMs = parseTime(text, order);
  if (!Number.isNaN(timeMs)) return timeMs;
  throw new UsageError(
    order === null && dateOrderOf(text) === 'either'
      ? `--${option} ${text} could be day-first or month-first: say which with --dates`
      : `--${option} is a time such as 2026-01-31T12:00:00Z or an age such as 24h, not '${text}'`,
  );
}
