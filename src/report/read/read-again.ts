import { createReadStream, openSync, writevSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const readBytes = 256 * 1024;

/**
 * Keeps a stream that cannot be opened again (standard input, a named pipe), so that it can be read more than once. It
 * is written to a temporary file that only this process can read, and that loses its name at once: it is gone when the
 * process ends, however that comes about.
 *
 * @returns gives the bytes from their beginning each time it is called, and at their end the error of damaged gzip
 * data that the stream ended with
 * @throws Error when the file cannot be written, and the stream's error unless it is zlib's
 */
export async function keepBytes(
  bytes: AsyncIterable<Buffer>,
  name: string,
): Promise<() => AsyncGenerator<Buffer>> {
  const fd = await openNameless(name);
  let damage: unknown;
  try {
    for await (const block of bytes) write(fd, block, name);
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw error;
    damage = error;
  }
  return async function* () {
    yield* createReadStream('', { fd, start: 0, autoClose: false, highWaterMark: readBytes });
    if (damage !== undefined) throw damage;
  };
}

async function openNameless(name: string): Promise<number> {
  try {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    const fd = openSync(join(folder, 'input'), 'wx+', 0o600);
    await rm(folder, { recursive: true });
    return fd;
  } catch (error) {
    throw cannotKeep(name, error);
  }
}

function write(fd: number, block: Buffer, name: string): void {
  try {
    for (let rest = block; rest.length > 0; ) rest = rest.subarray(writevSync(fd, [rest]));
  } catch (error) {
    throw cannotKeep(name, error);
  }
}

function cannotKeep(name: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  return new Error(
    `${name}: cannot be kept in ${tmpdir()} (${code}), and it is read twice: give it as a file`,
  );
}
