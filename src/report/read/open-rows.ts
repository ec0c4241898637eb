import { stat } from 'node:fs/promises';
import { detectJsonLayout, toJsonLines } from '../../files/json-lines.ts';
import { readBytesOf, sourceName } from '../../files/read-bytes.ts';
import { expand, type LineTally } from '../../samples/read-samples.ts';
import type { DecimalSign } from '../../tables/numbers.ts';
import { keepBytes } from './read-again.ts';
import type { RowTimes } from './row-times.ts';
import type { RowSource } from './rows.ts';
import { openSampleRows } from './sample-rows.ts';
import { openTableRows } from './table-rows.ts';

export type OpenOptions = {
  /** Called with the number of bytes read each time; half of them for a table, which is read twice. */
  readonly onBytes?: ((count: number) => void) | undefined;
  /** Decimal sign of the numbers in tables, if it should not be detected. */
  readonly decimalSign?: DecimalSign | undefined;
  /** Learns of each file how its dates are written, before its rows are read. */
  readonly times?: RowTimes | undefined;
};

/**
 * Opens files one after the other: JSONL or delimited text, plain or gzip, told by content.
 *
 * @param paths as `findFiles` gives them; `-` is standard input
 * @param tally where lines and faults are counted
 * @throws Error naming the file, while iterating, when it cannot be read
 */
export async function* openRows(
  paths: readonly string[],
  tally: LineTally,
  options: OpenOptions = {},
): AsyncGenerator<RowSource> {
  const { times } = options;
  for (const [i, path] of paths.entries()) {
    const source = await openFile(path, tally, options, times?.beginFile());
    if (source === null) continue;
    for (const other of times?.isUndecided ? paths.slice(i + 1) : []) {
      if (other !== '-') await openFile(other, { lines: 0, damaged: 0, faults: [] }, {}, times?.learnOther);
    }
    yield source;
  }
}

/** Opens one file; `null` for an empty one. */
async function openFile(
  path: string,
  tally: LineTally,
  { onBytes = () => {}, decimalSign }: OpenOptions,
  learnTime?: (value: unknown) => void,
): Promise<RowSource | null> {
  const name = sourceName(path);
  let peeked = 0;
  let count = (bytes: number) => {
    peeked += bytes;
  };
  const bytes = readBytesOf(path, { onBytes: (read) => count(read) });
  const { begin, all } = await peek(namingErrors(bytes, name), name);
  if (begin.length === 0) return null;
  const layout = detectJsonLayout(begin.toString('utf8', 0, 256));
  if (layout === null) {
    count = (read) => onBytes(read / 2);
    count(peeked);
  }
  const readBytes = await readAgain(path, name, all, (read) => count(read));
  if (layout === null) return openTableRows(readBytes, name, tally, { decimalSign, learnTime });
  const readLines = layout === 'lines' ? readBytes : () => toJsonLines(readBytes(), layout);
  const source = await openSampleRows(readLines, name, tally, learnTime);
  count = onBytes;
  return source;
}

/** The files that paths and globs name, and their size, so far as they have one. @throws Error when there is none */
export async function findFiles(sources: readonly string[]): Promise<{ paths: string[]; bytes: number }> {
  const paths = (await Promise.all(sources.map(expand))).flat();
  const sizes = await Promise.all(
    paths.filter((path) => path !== '-').map(async (path) => (await stat(path)).size),
  );
  return { paths, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Gives the bytes of `all`, and the same again the next time; those of a pipe are kept for that. */
async function readAgain(
  path: string,
  name: string,
  all: AsyncIterable<Buffer>,
  onBytes: (count: number) => void,
): Promise<() => AsyncIterable<Buffer>> {
  const isFile = path !== '-' && (await stat(path)).isFile();
  if (!isFile) return keepBytes(all, name);
  let opened: AsyncIterable<Buffer> | undefined = all;
  return () => {
    const bytes = opened ?? namingErrors(readBytesOf(path, { onBytes }), name);
    opened = undefined;
    return bytes;
  };
}

async function peek(
  bytes: AsyncIterable<Buffer>,
  name: string,
): Promise<{ begin: Buffer; all: AsyncIterable<Buffer> }> {
  const rest = bytes[Symbol.asyncIterator]();
  const first = await rest.next().catch((error: NodeJS.ErrnoException) => {
    throw error.code?.startsWith('Z_') ? new Error(`${name}: damaged gzip data: ${error.message}`) : error;
  });
  if (first.done) return { begin: Buffer.alloc(0), all: bytes };
  async function* all(): AsyncGenerator<Buffer> {
    yield first.value;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  }
  return { begin: first.value, all: all() };
}

/** Says which file it was that could not be read. Errors of zlib go on as they are: damage is not fatal. */
async function* namingErrors(bytes: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  try {
    yield* bytes;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || code.startsWith('Z_')) throw error;
    throw new Error(`${name}: ${code === 'EISDIR' ? 'is a folder' : `cannot be read: ${code}`}`);
  }
}
