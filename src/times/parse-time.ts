import { plainText } from '../stats/category-text.ts';
import { endOfDateInWords } from './dates-in-words.ts';
import { dayMs } from './day.ts';

/** Which of the two numbers before the year is the day in dates such as `03/04/2026`. */
export type DateOrder = 'day-first' | 'month-first';

export const dateOrders: readonly DateOrder[] = ['day-first', 'month-first'];

const months = 'january february march april may june july august september october november december'.split(
  ' ',
);

const minuteMs = 60_000;
const fourCenturiesMs = 146_097 * dayMs;

const yearFirst = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/;
const compact = /^(\d{4})(\d\d)(\d\d)(?!\d)/;
const numeric = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)/;
/** In either order, the second part is the month or the day, so it is not 0: `10.0.19` is a program version. */
const shortYear = /^(\d\d|[1-9])([-/.])(0?[1-9]|[1-3]\d)\2(\d{2})(?!\d)/;
/** `2026-W05-6` and `2026W056`. */
const weekDate = /^(\d{4})(?:-W(\d\d)-|W(\d\d))([1-7])(?![-\d])/;
/** `2026-031`, the 31st day of the year. */
const dayOfYear = /^(\d{4})-(\d{3})(?!\d)/;
/** A month or a week alone, `2026-01` and `2026-W05`; the form of the two before. */
const monthOrWeek = /^(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])|-?W[0-5]\d)$/;
const weekOrYearDay =
  /^(?:19|20)\d\d(?:-W[0-5]\d-[1-7]|W[0-5]\d[1-7]|-(?!000)(?:[0-2]\d\d|3[0-6]\d))(?![-\d])/;
const weekday = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? +/i;
/** By the name of each part: `y` is the year, with two or four digits. */
const named = [
  /^(?<d>\d{1,2})(?:st|nd|rd|th)?(?:\. ?| of |[-/ ])(?<m>[a-z]{3,9})\.?,?[-/ ](?<y>\d\d|\d{4})(?!\d)/i,
  /^(?<m>[a-z]{3,9})\.?[ -](?<d>\d{1,2})(?:st|nd|rd|th)?(?:, ?|[ -])(?<y>\d\d|\d{4})(?!\d)/i,
  /^(?<y>\d{4})[-/ ](?<m>[a-z]{3,9})\.?[-/ ](?<d>\d{1,2})(?!\d)/i,
];
const plainNumber = /^-?\d+(?:\.\d*)?$/;
/** The time before the year, as `date` and C print it: `Jan 31 12:00:00 UTC 2026`. */
const yearLast =
  /^(?:([a-z]{3}),? +)?([a-z]{3,9}) +(\d{1,2}) +(\d\d?:\d\d:\d\d(?:\.\d+)?)( [a-z]{3,4}| [+-]\d{4})? (\d{4})$/i;
const monthAndYear = /^([a-z]{3,9})\.?[-/ ]\d{4}$/i;

/** What may follow the time of day. A name after an offset adds nothing: `+01:00[Europe/Berlin]`. */
const zone = String.raw`(?: ?(?:Z|UTC|GMT|(?:UTC|GMT)?([+-])(\d\d?)(?::?(\d\d))?)(?:\[[^\]]*\]| \([^)]*\))?)?`;
/** Hour, minute, second, fraction, A or P, then the sign, hours and minutes of the zone. */
const clock = new RegExp(
  String.raw`^(?:T|,? +|:)(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?: ?([AP])\.?M\.?)?${zone}$`,
  'i',
);
const compactClock = new RegExp(String.raw`^T(\d\d)(\d\d)(?:(\d\d)(?:[.,](\d+))?)?()${zone}$`, 'i');

/** Numbers with this many digits are seconds, milli-, micro- or nanoseconds since 1970: all of them in 2001 to 2286. */
const epoch = /^([1-9]\d{9}(?:\d{3}|\d{6}|\d{9})?)(?:\.\d*)?$/;

/**
 * Reads a time, in milliseconds since 1970. It is UTC unless a zone is given, whatever zone the machine is in.
 *
 * - ISO 8601: `2026-01-31`, `2026-01-31T12:00:00.5+01:00`, with a space instead of the T, without seconds,
 *   `20260131T120000Z`; also `2026/01/31` and `2026.1.31`
 * - its week dates, `2026-W05-6`, and ordinal dates, `2026-031`
 * - `31/01/2026`, `01/31/2026`, with `/`, `.` or `-`, the time after it with AM or PM or without
 * - English names: `3 Jan 2026`, `January 3, 2026`, `2026-Jan-03`, `Sat, 03 Jan 2026 10:00:00 GMT`, `Sat Jan  3 10:00:00 2026`
 * - zones: `Z`, `UTC`, `GMT`, `+01`, `+0100`, `+01:00`, `GMT+1`
 * - seconds since 1970 (10 digits), milli- (13), micro- (16) and nanoseconds (19)
 *
 * 24:00 is the end of the day. A leap second, 23:59:60 UTC, is the second after it. Years have four digits, 0001 on.
 *
 * @param order of day and month; without it a date that could be both is not read
 * @returns NaN for anything else, and for a day that does not exist
 */
export function parseTime(value: unknown, order: DateOrder | null = null): number {
  if (typeof value !== 'string' && typeof value !== 'number') return Number.NaN;
  const text = plainText(String(value)).replace(yearLast, '$2 $3 $6 $4$5');
  const date = parseDate(text, order);
  if (date === undefined) return parseEpoch(text);
  const rest = text.slice(date.end);
  return rest === '' ? date.ms : date.ms + parseClock(rest, date.isCompact, date.ms);
}

/**
 * Whether a text has the form of a date or time, readable or not: with a two-digit year, in a language other than
 * English, on 31 February, in another zone, or a month or week alone. Numbers such as 20260131 and those since 1970 are
 * not distinguished from others.
 */
export function looksLikeTime(value: string): boolean {
  if (plainNumber.test(value)) return false;
  const text = plainText(value);
  if (monthOrWeek.test(text) || monthOf(monthAndYear.exec(text)?.[1] ?? '') > 0) return true;
  const end = endOfDate(text);
  return end > 0 && /^(?:[T ,:]+\d|Z$|$)/i.test(text.slice(end));
}

/** Where the date at the beginning of a text ends; −1 if there is none. */
function endOfDate(text: string): number {
  const year = yearFirst.exec(text);
  if (year !== null) return isMonthAndDay(year[3], year[4]) ? year[0].length : -1;
  const numbers = numeric.exec(text) ?? shortYear.exec(text);
  if (numbers !== null) {
    const [all, first, , second, last] = numbers;
    const isDate =
      isMonthAndDay(first, second) || isMonthAndDay(second, first) || isMonthAndDay(second, last);
    return isDate ? all.length : -1;
  }
  return (
    weekOrYearDay.exec(text)?.[0].length ??
    findNamed(text)?.end ??
    /^\d{8}(?=T\d)/.exec(text)?.[0].length ??
    endOfDateInWords(text)
  );
}

function isMonthAndDay(month: string, day: string): boolean {
  return Number(month) <= 12 && Number(day) <= 31;
}

/**
 * What a date such as `31/01/2026` says about the order of day and month; `either` if both are possible and differ,
 * `null` if it says nothing.
 */
export function dateOrderOf(value: unknown): DateOrder | 'either' | null {
  const parts = typeof value === 'string' ? numeric.exec(plainText(value)) : null;
  if (parts === null) return null;
  const [first, second] = [Number(parts[1]), Number(parts[3])];
  if (first === second || (first > 12 && second > 12)) return null;
  if (first > 12) return 'day-first';
  return second > 12 ? 'month-first' : 'either';
}

/** The result of reading a date: where its text ends, and the time at which it begins. */
type ReadDate = { readonly ms: number; readonly end: number; readonly isCompact: boolean };

function parseDate(text: string, order: DateOrder | null): ReadDate | undefined {
  const year = yearFirst.exec(text);
  if (year !== null) return readDate(year[0].length, Number(year[1]), Number(year[3]), Number(year[4]));
  const numbers = numeric.exec(text);
  if (numbers !== null) {
    const own = dateOrderOf(text);
    if (own === 'either' && order === null) return undefined;
    const isDayFirst = (order ?? own ?? 'day-first') === 'day-first';
    const [day, month] = isDayFirst ? [numbers[1], numbers[3]] : [numbers[3], numbers[1]];
    return readDate(numbers[0].length, Number(numbers[4]), Number(month), Number(day));
  }
  const other = parseWeekDate(text) ?? parseDayOfYear(text);
  if (other !== undefined) return other;
  const joined = compact.exec(text);
  if (joined !== null)
    return readDate(joined[0].length, Number(joined[1]), Number(joined[2]), Number(joined[3]), true);
  const found = findNamed(text);
  return found?.year.length === 4
    ? readDate(found.end, Number(found.year), found.month, found.day)
    : undefined;
}

/** The first week of a year is the one with 4 January; it begins on Monday. */
function parseWeekDate(text: string): ReadDate | undefined {
  const match = weekDate.exec(text);
  if (match === null) return undefined;
  const [{ length }, year, extended, compactWeek, day] = match;
  const inFirstWeek = readDate(length, Number(year), 1, 4, extended === undefined);
  const week = Number(extended ?? compactWeek);
  if (inFirstWeek === undefined || week < 1) return undefined;
  const daysAfterMonday = (new Date(inFirstWeek.ms).getUTCDay() + 6) % 7;
  const mondayMs = inFirstWeek.ms + ((week - 1) * 7 - daysAfterMonday) * dayMs;
  // A week belongs to the year that contains its Thursday.
  const isOfYear = new Date(mondayMs + 3 * dayMs).getUTCFullYear() === Number(year);
  return isOfYear ? { ...inFirstWeek, ms: mondayMs + (Number(day) - 1) * dayMs } : undefined;
}

function parseDayOfYear(text: string): ReadDate | undefined {
  const match = dayOfYear.exec(text);
  const first = match === null ? undefined : readDate(match[0].length, Number(match[1]), 1, 1);
  if (match === null || first === undefined) return undefined;
  const day = Number(match[2]);
  return day >= 1 && day <= 337 + daysOf(Number(match[1]), 2)
    ? { ...first, ms: first.ms + (day - 1) * dayMs }
    : undefined;
}

/** The parts of a date that names its month in English, and where it ends. */
function findNamed(text: string) {
  const skipped = weekday.exec(text)?.[0].length ?? 0;
  const date = text.slice(skipped);
  for (const form of named) {
    const match = form.exec(date);
    const month = monthOf(match?.groups?.m ?? '');
    if (match?.groups && month > 0) {
      return { year: match.groups.y, month, day: Number(match.groups.d), end: skipped + match[0].length };
    }
  }
  return undefined;
}

/** 1 to 12; 0 for anything that is not a month's name. */
function monthOf(name: string): number {
  const lower = name.toLowerCase();
  const short = lower === 'sept' ? 'sep' : lower;
  return months.findIndex((month) => month === short || month.slice(0, 3) === short) + 1;
}

function readDate(
  end: number,
  year: number,
  month: number,
  day: number,
  isCompact = false,
): ReadDate | undefined {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  // Date.UTC treats the years 1 to 99 as 1901 to 1999; 400 years later the calendar is the same.
  const ms =
    year < 100 ? Date.UTC(year + 400, month - 1, day) - fourCenturiesMs : Date.UTC(year, month - 1, day);
  return { ms, end, isCompact };
}

function daysOf(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

/** The time of day, in ms after the beginning of the date. */
function parseClock(text: string, isCompact: boolean, dateMs: number): number {
  const parts = (isCompact ? compactClock.exec(text) : null) ?? clock.exec(text);
  if (parts === null) return Number.NaN;
  const [, hours, minutes, seconds = '0', fraction = '', half, sign, zoneHours = '0', zoneMinutes = '0'] =
    parts;
  const hour = readHour(Number(hours), half);
  const minute = Number(minutes);
  const second = Number(seconds);
  const milliseconds = fraction === '' ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  if (minute > 59 || Number(zoneHours) > 23 || Number(zoneMinutes) > 59) return Number.NaN;
  if (hour === 24 && (minute > 0 || second > 0 || Number(fraction) > 0)) return Number.NaN;
  const offset = Number(zoneHours) * 60 + Number(zoneMinutes);
  const minuteAtMs = (hour * 60 + minute - (sign === '-' ? -offset : offset)) * minuteMs;
  const isLastMinute = (((dateMs + minuteAtMs) % dayMs) + dayMs) % dayMs === dayMs - minuteMs;
  return second > (isLastMinute ? 60 : 59) ? Number.NaN : minuteAtMs + second * 1000 + milliseconds;
}

/** NaN for hours that do not exist. */
function readHour(hour: number, half: string | undefined): number {
  if (!half) return hour <= 24 ? hour : Number.NaN;
  if (hour < 1 || hour > 12) return Number.NaN;
  return (hour % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
}

function parseEpoch(text: string): number {
  const digits = epoch.exec(text)?.[1].length;
  // seconds have 10 digits, milliseconds 13
  return digits === undefined ? Number.NaN : Math.floor(Number(text) * 10 ** (13 - digits));
}
