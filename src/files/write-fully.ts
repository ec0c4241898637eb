import type { FileHandle } from 'node:fs/promises';

/** Writes all of the data, in as many calls as that takes. Never rejects; `error` says why not all of it was written. */
export async function writeFully(
  handle: FileHandle,
  data: Buffer,
): Promise<{ writtenBytes: number; error?: NodeJS.ErrnoException }> {
  let writtenBytes = 0;
  try {
    while (writtenBytes < data.length) {
      writtenBytes += (await handle.write(data, writtenBytes)).bytesWritten;
    }
    return { writtenBytes };
  } catch (error) {
    return { writtenBytes, error: error as NodeJS.ErrnoException };
  }
}
