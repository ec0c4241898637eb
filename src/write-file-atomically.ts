import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file in one step: a reader sees the old content or the new, never a part, and a failure leaves the old.
 * Makes the folder if there is none.
 *
 * @throws Error naming the file when it cannot be written
 */
export async function writeFileAtomically(path: string, content: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, content, { flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new Error(`${path}: cannot be written: ${(error as NodeJS.ErrnoException).code ?? error}`);
  }
}
