import { stat } from 'node:fs/promises';
import { readBytesOf, sourceName } from '../samples/read-bytes.ts';
import { expand, type LineTally } from '../samples/read-samples.ts';
import type { RowSource } from './rows.ts';
import { openSampleRows } from './sample-rows.ts';
import { openTableRows } from './table-rows.ts';

/**
 * Opens files one after the other: JSONL or delimited text, plain or gzip, told by content.
 *
 * @param paths as `findFiles` gives them; `-` is standard input
 * @param tally where lines and faults are counted
 * @param onBytes called with the number of bytes read each time
 * @throws Error naming the file, while iterating, when it cannot be read
 */
export async function* openRows(
  paths: readonly string[],
  tally: LineTally,
  onBytes?: (count: number) => void,
): AsyncGenerator<RowSource> {
  for (const path of paths) {
    const name = sourceName(path);
    const bytes = namingErrors(readBytesOf(path, onBytes), name);
    const { begin, all } = await peek(bytes);
    if (begin.length === 0) continue;
    const isJson = /^\ufeff?\s*\{/.test(begin.toString('utf8', 0, 256));
    yield await (isJson ? openSampleRows : openTableRows)(all, name, tally);
  }
}

/** The files that paths and globs name, and their size, so far as they have one. @throws Error when there is none */
export async function findFiles(sources: readonly string[]): Promise<{ paths: string[]; bytes: number }> {
  const paths = (await Promise.all(sources.map(expand))).flat();
  const sizes = await Promise.all(
    paths.filter((path) => path !== '-').map(async (path) => (await stat(path)).size),
  );
  return { paths, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

async function peek(bytes: AsyncIterable<Buffer>): Promise<{ begin: Buffer; all: AsyncIterable<Buffer> }> {
  const rest = bytes[Symbol.asyncIterator]();
  const first = await rest.next();
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
