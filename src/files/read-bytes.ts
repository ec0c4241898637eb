import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';

const readBytes = 256 * 1024;

/** What to call a path in messages: `-` is standard input. */
export function sourceName(path: string): string {
  return path === '-' ? 'standard input' : path;
}

export type ReadBytesOptions = {
  /** Called with the number of bytes read each time, before unpacking. */
  readonly onBytes?: ((count: number) => void) | undefined;
  /** Whether gzip data that end too early are damaged, and not read as far as they go. */
  readonly isWhole?: boolean;
};

/**
 * The bytes of a file, or of standard input for `-`, unpacked if they are gzip data (told by content).
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
 * The same for a file that has to be there whole, as users name one to a command.
 *
 * @throws Error in one line that names the file when it cannot be read, or was packed and is damaged (while iterating)
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

/** Unpacks; data that end too early give what is there, as a torn plain file does, unless they must be whole. */
function gunzip(packed: AsyncIterable<Buffer>, isWhole: boolean): AsyncIterable<Buffer> {
  const finishFlush = isWhole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  const unzip = createGunzip({ chunkSize: readBytes, finishFlush });
  // Errors reach the reader through `unzip`.
  pipeline(packed, unzip, () => {});
  return unzip;
}
