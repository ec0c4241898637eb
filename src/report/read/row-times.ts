import { isMissingText } from '../../stats/category-text.ts';
import { looksLikeDates } from '../../tables/suspicious-columns.ts';
import { formatAmount, formatCount } from '../../text/format.ts';
import { type DateOrder, dateOrderOf, parseTime } from '../../times/parse-time.ts';
import { type ColumnProfile, timeColumn } from './rows.ts';

/** The times of rows, file after file. */
export type RowTimes = {
  /** Takes note of columns that hold other things than when their rows were, or say it under another name. */
  noteColumns(columns: readonly ColumnProfile[]): void;
  /** Begins with the next file. @returns learns from its times, before they are read, which number is the day */
  beginFile(): (value: unknown) => void;
  /** Learns from a time of another file. */
  readonly learnOther: (value: unknown) => void;
  /** Whether the dates of the file, and of all others so far, leave open which number is the day. */
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

/** What dates have told. */
type Seen = Set<DateOrder | 'either'>;

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
  const all: Seen = new Set();
  let seen: Seen = new Set();
  let order = asked;
  let count = 0;
  let missing = 0;
  let unreadable = 0;
  let unreadableText = '';
  let undecided = 0;
  let undecidedText = '';
  let isOtherThing = false;
  let otherName: string | undefined;

  function findOrder(): DateOrder | null {
    const isMixed = seen.has('day-first') && seen.has('month-first');
    return asked ?? decide(seen) ?? (isMixed ? null : decide(all));
  }

  function learn(value: unknown, file: Seen = all): void {
    const told = dateOrderOf(value);
    if (told === null || file.has(told)) return;
    file.add(told);
    all.add(told);
    order = findOrder();
  }

  function describeUndecided(): string {
    return `${formatAmount(undecided, 'time')} such as '${undecidedText}' could be day-first or month-first: say which with --dates day-first or --dates month-first`;
  }

  return {
    noteColumns(columns) {
      isOtherThing ||= columns.some(({ name }) => name === timeColumn);
      otherName ??= columns.find(({ name, texts }) => looksLikeDates(name, texts))?.name;
    },
    beginFile() {
      seen = new Set();
      order = findOrder();
      return (value) => learn(value, seen);
    },
    learnOther: (value) => learn(value),
    get isUndecided() {
      return order === null && seen.has('either');
    },
    read(value) {
      const timeMs = parseTime(value, order);
      if (!Number.isNaN(timeMs)) count++;
      else if (value === null || value === undefined || isMissingText(String(value).trim())) missing++;
      else if (order === null && dateOrderOf(value) === 'either') {
        if (undecided++ === 0) undecidedText = String(value);
      } else if (unreadable++ === 0) unreadableText = String(value);
      return timeMs;
    },
    require(needs, paths) {
      const where = paths.join(', ');
      if (undecided > 0) throw new Error(`${where}: ${describeUndecided()}`);
      if (count > 0 || missing + unreadable === 0) return;
      if (unreadable > 0) {
        throw new Error(`${where}: no row has a time that can be read: '${unreadableText}'`);
      }
      const rename =
        otherName === undefined ? '' : `: rename the column ${otherName}, which looks like dates`;
      const cause = isOtherThing
        ? `its column time holds other things, and ${needs} times in a notation that can be read`
        : `${needs} sample lines, or a column named time${rename}`;
      throw new Error(`${where}: no row has a time: ${cause}`);
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
