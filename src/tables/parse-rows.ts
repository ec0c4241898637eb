import Papa from 'papaparse';
import { createQuoteMarker } from './cells.ts';
import type { Delimiter } from './detect-delimiter.ts';

/** A row that could not be read: where, and why. */
export type DamagedRow = { readonly line: number; readonly message: string };

/** Rows and the line on which each begins (the first line of the table is 1), and the line after them. */
export type RowBatch = { readonly rows: string[][]; readonly lines: number[]; readonly nextLine: number };

/** A quoted field that is still open after this many characters was never closed. */
const maxRecordLength = 1024 * 1024;

const brokenQuotes = 'a quoted field is never closed, or continues after its closing quote';

type Parsed = {
  data: string[][];
  errors: { row: number; code: string }[];
  meta: { cursor: number };
};

function countNewlines(text: string, end: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

function newlinesIn(row: readonly string[]): number {
  return row.reduce(
    (lines, field) => lines + (field.includes('\n') ? countNewlines(field, field.length) : 0),
    0,
  );
}

function trimFields(row: string[]): void {
  for (let i = 0; i < row.length; i++) {
    const field = row[i];
    if (
      field.length > 0 &&
      (mayBeSpace(field.charCodeAt(0)) || mayBeSpace(field.charCodeAt(field.length - 1)))
    ) {
      row[i] = field.trim();
    }
  }
}

function mayBeSpace(code: number): boolean {
  return code <= 0x20 || code >= 0xa0;
}

/**
 * Parses text that arrives in whole lines; blank lines are skipped, rows with broken quotes reported. A quoted text
 * that would otherwise mean a missing value is marked, see `cellText`.
 */
export async function* parseRows(
  texts: AsyncIterable<string>,
  delimiter: Delimiter,
  damaged: (damaged: DamagedRow) => void,
): AsyncGenerator<RowBatch> {
  const parser = new Papa.Parser({ delimiter, newline: '\n' });
  const markQuoted = createQuoteMarker(delimiter);
  let line = 1;

  function toBatch(text: string, { data, errors, meta }: Parsed): RowBatch {
    const rows: string[][] = [];
    const lines: number[] = [];
    const broken = new Set(errors.map(({ row }) => row));
    const spansLines = text.includes('"') && countNewlines(text, meta.cursor) > data.length;
    for (let i = 0; i < data.length; i++) {
      const row = data[i];
      const start = line;
      line += 1 + (spansLines ? newlinesIn(row) : 0);
      if (row.length === 1 && row[0].trim() === '') continue;
      if (broken.has(i)) {
        damaged({ line: start, message: brokenQuotes });
        continue;
      }
      trimFields(row);
      rows.push(row);
      lines.push(start);
    }
    return { rows, lines, nextLine: line };
  }

  let rest = '';
  for await (const text of texts) {
    rest += markQuoted(text);
    const parsed: Parsed = parser.parse(rest, 0, true);
    yield toBatch(rest, parsed);
    rest = rest.slice(parsed.meta.cursor);
    while (rest.length > maxRecordLength) rest = yield* skipUnclosed(rest, true);
  }
  while (rest !== '') {
    const parsed: Parsed = parser.parse(rest, 0, false);
    const unclosed = parsed.errors.some(({ code }) => code === 'MissingQuotes');
    if (!unclosed) {
      yield toBatch(rest, parsed);
      return;
    }
    rest = yield* skipUnclosed(rest, false);
  }

  /** Skips the line whose quote is never closed, and continues with the next one. */
  function* skipUnclosed(text: string, more: boolean): Generator<RowBatch, string> {
    damaged({ line, message: brokenQuotes });
    line++;
    const end = text.indexOf('\n') + 1;
    const left = end > 0 ? text.slice(end) : '';
    const parsed: Parsed = parser.parse(left, 0, true);
    if (!more && parsed.meta.cursor === 0) return left;
    yield toBatch(left, parsed);
    return left.slice(parsed.meta.cursor);
  }
}
