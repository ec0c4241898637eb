import { readWholeFile, sourceName } from '../files/read-bytes.ts';
import { cellText } from './cells.ts';
import { decodeText } from './decode-text.ts';
import { type Delimiter, detectDelimiter } from './detect-delimiter.ts';
import { type DamagedRow, parseRows, type RowBatch } from './parse-rows.ts';

export type { DamagedRow, RowBatch } from './parse-rows.ts';

/** A table being read: its header is known, its rows come in batches, once. */
export type Table = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly delimiter: Delimiter;
  readonly batches: AsyncIterable<RowBatch>;
};

export type TableOptions = {
  /** Called for each row that cannot be read, which is then skipped. Without it, such a row is an error. */
  readonly onDamaged?: (damaged: DamagedRow) => void;
};

export type TableFileOptions = TableOptions & {
  /** Called with each part of the table as it is read, decompressed, for a digest. */
  readonly onBytes?: (bytes: Uint8Array) => void;
};

const sampleLength = 64 * 1024;

/** The beginning of an error about a place in a table: `file:line: column limit: `. */
export function placeInTable(name: string, line: number, column?: string): string {
  return `${name}:${line}: ${column === undefined ? '' : `column ${column}: `}`;
}

function toLf(text: string): string {
  if (!text.includes('\r')) return text;
  const lines = text.replaceAll('\r\n', '\n');
  return lines.includes('\r') ? lines.replaceAll('\r', '\n') : lines;
}

function checkHeader(name: string, line: number, header: readonly string[]): string[] {
  const columns = header.map((column, i) => (column === '' ? `column ${i + 1}` : cellText(column)));
  const twice = columns.find((column, i) => columns.indexOf(column) !== i);
  if (twice !== undefined) throw new Error(`${placeInTable(name, line, twice)}the header names it twice`);
  return columns;
}

/** What is wrong with a row whose number of fields differs from the header's. */
export function wrongLength(columns: readonly string[], fields: number): string {
  const missing = fields < columns.length ? `: column ${columns[fields]} is missing` : '';
  return `${fields} field${fields === 1 ? '' : 's'}, the header has ${columns.length}${missing}`;
}

async function* checkedRows(
  first: RowBatch,
  rest: AsyncIterable<RowBatch>,
  columns: readonly string[],
  damaged: (damaged: DamagedRow) => void,
): AsyncGenerator<RowBatch> {
  function checked(batch: RowBatch): RowBatch {
    if (batch.rows.every((row) => row.length === columns.length)) return batch;
    const whole: RowBatch = { rows: [], lines: [], nextLine: batch.nextLine };
    for (const [i, row] of batch.rows.entries()) {
      if (row.length === columns.length) {
        whole.rows.push(row);
        whole.lines.push(batch.lines[i]);
      } else {
        damaged({ line: batch.lines[i], message: wrongLength(columns, row.length) });
      }
    }
    return whole;
  }
  yield checked(first);
  for await (const batch of rest) yield checked(batch);
}

async function* prependText(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  if (first !== '') yield first;
  for await (const text of rest) yield toLf(text);
}

/**
 * Opens a table of delimited text: its first row is the header. Encoding and delimiter (`,` `;` tab `|`) are
 * detected; a byte order mark, CRLF, blank lines and RFC 4180 quotes are understood. Memory stays constant.
 *
 * @param source the bytes
 * @param name what to call the source in errors, usually its path
 * @throws Error `name:line: …` for JSON, no header, a column named twice and, without `onDamaged`, for a row with more
 * or fewer fields than the header or with broken quotes (while iterating)
 */
export async function openTable(
  source: AsyncIterable<Uint8Array>,
  name: string,
  { onDamaged }: TableOptions = {},
): Promise<Table> {
  const damaged =
    onDamaged ??
    (({ line, message }: DamagedRow) => {
      throw new Error(placeInTable(name, line) + message);
    });
  const texts = decodeText(source, name);
  let sample = '';
  while (sample.length < sampleLength) {
    const next = await texts.next();
    if (next.done) break;
    sample += toLf(next.value);
  }
  if (/^\s*(\[\s*\[|(\[\s*)?\{\s*("|\}|$))/.test(sample.slice(0, 1024))) {
    throw new Error(`${name}: is JSON, not a table: write it as CSV, with a header`);
  }
  const delimiter = detectDelimiter(sample.slice(0, sampleLength));
  const batches = parseRows(prependText(sample, texts), delimiter, damaged);
  for (let next = await batches.next(); !next.done; next = await batches.next()) {
    const { rows, lines, nextLine } = next.value;
    if (rows.length === 0) continue;
    const columns = checkHeader(name, lines[0], rows[0]);
    const first = { rows: rows.slice(1), lines: lines.slice(1), nextLine };
    return { name, columns, delimiter, batches: checkedRows(first, batches, columns, damaged) };
  }
  throw new Error(`${name}: is empty: a header row is needed`);
}

/**
 * Opens a table in a file, or in standard input for `-`, plain or compressed with gzip; see `openTable`.
 *
 * @throws Error also if the file cannot be read, or is compressed and damaged
 */
export async function openTableFile(
  path: string,
  { onBytes, ...options }: TableFileOptions = {},
): Promise<Table> {
  return openTable(readTableBytes(path, onBytes), sourceName(path), options);
}

async function* readTableBytes(
  path: string,
  onBytes?: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of readWholeFile(path)) {
    onBytes?.(bytes);
    yield bytes;
  }
}
