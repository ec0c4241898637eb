import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';

const readBytes = 256 * 1024;

/** The name of a path in messages: `-` is standard input. */
export function sourceName(path: string): string {
  return path === '-' ? 'standard input' : path;
}

export type ReadBytesOptions = {
  /** Called with the number of bytes read each time, before decompression. */
  readonly onBytes?: ((count: number) => void) | undefined;
  /** Whether truncated gzip data are an error, rather than read as far as possible. */
  readonly isWhole?: boolean;
};

/**
 * The bytes of a file, or of standard input for `-`, decompressed if they are gzip data (detected by content).
 *
 * @throws the file system's error while iterating, or zlib's (its code begins with `Z_`) for damaged gzip data
 */
export async function* readBytesOf(
  path: string,
  { onBytes, isWhole = false }: ReadBytesOptions = {},
): AsyncGenerator<Buffer> {
  const input = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: readBytes });
  const blocks: AsyncIterator<Buffer> = input[Symbol.asyncIterator]();
  const first = await blocks.next();
  if (first.done) return;
  const all = resume(first.value, blocks, onBytes);
  yield* first.value[0] === 0x1f && first.value[1] === 0x8b ? gunzip(all, isWhole) : all;
}

/**
 * The same for a file that must be complete, such as one that a user names to a command.
 *
 * @throws Error in one line that names the file if it cannot be read, or is compressed and damaged (while iterating)
 */
export async function* readWholeFile(
  path: string,
  onBytes?: (count: number) => void,
): AsyncGenerator<Buffer> {
  try {
    yield* readBytesOf(path, { onBytes, isWhole: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const fault = code.startsWith('Z_') ? `damaged gzip data: ${message}` : `cannot be read: ${code}`;
    throw new Error(`${sourceName(path)}: ${code === 'ENOENT' ? 'no such file' : fault}`);
  }
}

async function* resume(
  first: Buffer,
  rest: AsyncIterator<Buffer>,
  onBytes?: (count: number) => void,
): AsyncGenerator<Buffer> {
  try {
    onBytes?.(first.length);
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      onBytes?.(next.value.length);
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}

/** Decompresses; truncated data yield what is there, like a truncated plain file, unless they must be complete. */
function gunzip(packed: AsyncIterable<Buffer>, isWhole: boolean): AsyncIterable<Buffer> {
  const finishFlush = isWhole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  const unzip = createGunzip({ chunkSize: readBytes, finishFlush });
  // Errors reach the reader through `unzip`.
  pipeline(packed, unzip, () => {});
  return unzip;
}
