import type { Pause } from '../times/pauses.ts';
import { BodyProblem, describeFault, tooManyRows } from './read-body.ts';
import { RowFault } from './row-fault.ts';

/** Examining this many bytes takes a fraction of a millisecond. */
const bytesPerPause = 64 * 1024;
const maxSpace = 1024 * 1024;

const quote = 0x22;
const backslash = 0x5c;
const lineBreak = 0x0a;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** Limits on the rows of a request. */
export type RowLimits = { readonly maxRows: number; readonly maxRowBytes: number };

/** The rows of one request, each parsed at the latest when it is needed. */
export type BodyRows = {
  readonly count: number;
  /** A row as parsed from JSON; a `RowFault` for one that cannot be parsed or is too long. */
  read(index: number): unknown;
};

/**
 * Finds the rows in a body: one object, an array of them, or one on each line that is not empty. A body is never parsed
 * as a whole, because that would delay everybody else: its rows are separated by scanning the bytes, and each is then
 * parsed individually.
 *
 * @param bytes UTF-8
 * @param limits the maximum number of rows, and of bytes per row: a longer row is refused on its own
 * @throws Problem 413 for too many rows, 400 for an array or a single object that is not JSON; nothing of it is
 * accepted then
 */
export async function findRows(
  bytes: Buffer,
  mediaType: string,
  limits: RowLimits,
  pause: Pause,
): Promise<BodyRows> {
  const { maxRowBytes, maxRows } = limits;
  const start = hasByteOrderMark(bytes) ? byteOrderMark.length : 0;
  if (mediaType !== 'application/json') {
    const ends = await cutLines(bytes, start, maxRows, pause);
    return { count: ends.length / 2, read: (i) => parse(bytes, ends, i, maxRowBytes, 'the line') };
  }
  const first = skipSpace(bytes, start, bytes.length);
  const isArray = bytes[first] === openBracket;
  const ends = isArray ? await cutArray(bytes, first, maxRows, pause) : [first, bytes.length];
  const rows = await parseAll(bytes, ends, maxRowBytes, isArray, pause);
  return { count: rows.length, read: (i) => rows[i] };
}

/** Whether a body is an array, if it is JSON. */
export function startsArray(bytes: Buffer): boolean {
  let i = hasByteOrderMark(bytes) ? byteOrderMark.length : 0;
  while (i < bytes.length && isSpace(bytes[i])) i++;
  return bytes[i] === openBracket;
}

function hasByteOrderMark(bytes: Buffer): boolean {
  return bytes[0] === byteOrderMark[0] && byteOrderMark.every((byte, i) => bytes[i] === byte);
}

/** Where each non-empty line begins and ends: two numbers per line. */
async function cutLines(bytes: Buffer, from: number, maxRows: number, pause: Pause): Promise<number[]> {
  const ends: number[] = [];
  const { length } = bytes;
  for (let start = from; ; ) {
    const turn = pause();
    if (turn) await turn;
    start = endOfSpace(bytes, start, length);
    if (start >= length) return ends;
    // more empty lines than can be skipped in one turn
    if (isSpace(bytes[start])) continue;
    const found = bytes.indexOf(lineBreak, start);
    const end = found < 0 ? length : found;
    add(ends, start, end, maxRows);
    start = end;
  }
}

/**
 * Where each item of an array begins and ends. Commas within strings, objects and arrays do not separate items. Whether
 * an item is JSON is left to its parser: all items are if and only if the array is.
 *
 * @param from where the array's bracket opens
 */
async function cutArray(bytes: Buffer, from: number, maxRows: number, pause: Pause): Promise<number[]> {
  const ends: number[] = [];
  const { length } = bytes;
  let depth = 1;
  let start = from + 1;
  let i = start;
  let isText = false;
  let nextPause = i;
  for (; i < length && depth > 0; i++) {
    if (i >= nextPause) {
      nextPause = i + bytesPerPause;
      const turn = pause();
      if (turn) await turn;
    }
    const byte = bytes[i];
    if (isText) {
      if (byte === quote) isText = false;
      else if (byte === backslash) i++;
    } else if (byte === quote) {
      isText = true;
    } else if ((byte | 0x20) === 0x7b) {
      depth++;
    } else if ((byte | 0x20) === 0x7d) {
      depth--;
    } else if (byte === comma && depth === 1) {
      add(ends, start, i, maxRows);
      start = i + 1;
    }
  }
  const isClosed = depth === 0 && bytes[i - 1] === closeBracket;
  if (!isClosed) throw malformed('the array does not end with ]');
  if (skipSpace(bytes, i, length) < length) throw malformed('something follows the array');
  if (ends.length > 0 || skipSpace(bytes, start, i - 1) < i - 1) add(ends, start, i - 1, maxRows);
  return ends;
}

function add(ends: number[], start: number, end: number, maxRows: number): void {
  ends.push(start, end);
  if (ends.length / 2 <= maxRows) return;
  throw tooManyRows(maxRows);
}

/** All rows of a body that must be valid JSON as a whole. */
async function parseAll(
  bytes: Buffer,
  ends: readonly number[],
  maxRowBytes: number,
  isArray: boolean,
  pause: Pause,
): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (let i = 0; i < ends.length / 2; i++) {
    const turn = pause();
    if (turn) await turn;
    const row = parse(bytes, ends, i, maxRowBytes, isArray ? 'the row' : 'the body');
    if (row instanceof RowFault && row.code === 'malformed_json') {
      throw malformed(isArray ? `row ${i}: ${row.message}` : row.message);
    }
    rows.push(row);
  }
  return rows;
}

function parse(
  bytes: Buffer,
  ends: readonly number[],
  index: number,
  maxRowBytes: number,
  what: 'the body' | 'the line' | 'the row',
): unknown {
  const start = ends[2 * index];
  const end = ends[2 * index + 1];
  if (end - start > maxRowBytes) {
    return new RowFault('too_large', '', `may have at most ${maxRowBytes} bytes`);
  }
  const text = bytes.toString('utf8', start, end);
  try {
    return JSON.parse(text);
  } catch {
    return new RowFault('malformed_json', '', describeFault(text, what));
  }
}

function malformed(detail: string): BodyProblem {
  return new BodyProblem('malformed-json', 'malformed_json', detail);
}

/**
 * The index of the first byte that is not white space; the end if there is none. @throws Problem 400 for too much white
 * space
 */
function skipSpace(bytes: Buffer, start: number, end: number): number {
  const i = endOfSpace(bytes, start, end);
  if (i === end || !isSpace(bytes[i])) return i;
  throw malformed(`more than ${maxSpace} consecutive characters of white space`);
}

/** Where white space ends, or where others should get a turn before scanning on. */
function endOfSpace(bytes: Buffer, start: number, end: number): number {
  const limit = Math.min(end, start + maxSpace);
  let i = start;
  while (i < limit && isSpace(bytes[i])) i++;
  return i;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === lineBreak || byte === 0x0d || byte === 0x09;
}
