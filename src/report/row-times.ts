import { type DateOrder, dateOrderOf, parseTime } from '../times/parse-time.ts';
import { formatAmount, formatCount } from './format.ts';

/** The times of rows, file after file. */
export type RowTimes = {
  /** Begins with the next file: how its dates are written is found out by itself. */
  beginFile(): void;
  /** Learns from a value whether the day or the month comes first. */
  learn(value: unknown): void;
  /** Whether the dates of the file, and of all others so far, leave that open. */
  readonly isUndecided: boolean;
  /** Reads a time in ms since 1970, and counts what cannot be read. @returns NaN for none */
  read(value: unknown): number;
  /**
   * @param needs what needs times, such as `--backtest needs`
   * @throws Error when no time was read, or it cannot be told which number of some dates is the day
   */
  require(needs: string, paths: readonly string[]): void;
  /** What was not read, in words. @param isPeriod whether rows without a time were left out */
  notes(isPeriod: boolean): string[];
};

/** The first date of each kind that was seen. */
type Seen = Map<DateOrder | 'either', string>;

/** The one order that was seen. */
function decide(seen: Seen): DateOrder | null {
  if (seen.has('day-first') === seen.has('month-first')) return null;
  return seen.has('day-first') ? 'day-first' : 'month-first';
}

/**
 * Makes the reader of the times of rows. Which number of dates such as `03/04/2026` is the day, all dates of the column
 * decide: one has a first number above 12, and none a second one. A file that cannot tell follows the others.
 *
 * @param asked the order that the user gave; then nothing is to be decided
 */
export function createRowTimes(asked: DateOrder | null): RowTimes {
  const all: Seen = new Map();
  let seen: Seen = new Map();
  let order = asked;
  let count = 0;
  let missing = 0;
  let unreadable = 0;
  let unreadableText = '';
  let undecided = 0;
  let undecidedText = '';

  function findOrder(): DateOrder | null {
    const isMixed = seen.has('day-first') && seen.has('month-first');
    return asked ?? decide(seen) ?? (isMixed ? null : decide(all));
  }

  function describeUndecided(): string {
    return `${formatAmount(undecided, 'time')} such as '${undecidedText}' could be day-first or month-first: say which with --dates day-first or --dates month-first`;
  }

  return {
    beginFile() {
      seen = new Map();
      order = findOrder();
    },
    learn(value) {
      const told = dateOrderOf(value);
      if (asked !== null || told === null || seen.has(told)) return;
      seen.set(told, String(value));
      all.set(told, String(value));
      order = findOrder();
    },
    get isUndecided() {
      return order === null && seen.has('either');
    },
    read(value) {
      const timeMs = parseTime(value, order);
      if (!Number.isNaN(timeMs)) count++;
      else if (value === null || value === undefined || value === '') missing++;
      else if (order === null && dateOrderOf(value) === 'either') {
        if (undecided++ === 0) undecidedText = String(value);
      } else if (unreadable++ === 0) unreadableText = String(value);
      return timeMs;
    },
    require(needs, paths) {
      const where = paths.join(', ');
      if (undecided > 0) throw new Error(`${where}: ${describeUndecided()}`);
      if (count > 0 || missing + unreadable === 0) return;
      throw new Error(
        unreadable > 0
          ? `${where}: no row has a time that can be read: '${unreadableText}'`
          : `${where}: no row has a time: ${needs} sample lines, or a column named time`,
      );
    },
    notes(isPeriod) {
      const notes: string[] = [];
      if (undecided > 0) notes.push(`${describeUndecided()}. These rows count, but at no time.`);
      if (unreadable > 0) {
        const effect = isPeriod ? 'are left out' : 'count, but at no time';
        notes.push(
          `Rows whose time cannot be read, such as '${unreadableText}', ${effect}: ${formatCount(unreadable)}.`,
        );
      }
      if (isPeriod && missing > 0) notes.push(`Rows without a time are left out: ${formatCount(missing)}.`);
      return notes;
    },
  };
}
