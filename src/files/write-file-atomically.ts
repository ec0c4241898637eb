import { randomInt } from 'node:crypto';
import { chmod, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** What tells of rows or of a model in use is for the owner and the group. */
const privateMode = 0o640;

/**
 * Replaces a file in one step: a reader sees the old content or the new, never a part, and a failure leaves the old.
 * Makes the folder if there is none. Of several who write it at once, one has the last word.
 *
 * @param mode of a new file, less the umask; whoever may read it may enter a new folder. A file that is there keeps its
 * own mode.
 * @throws Error naming the file when it cannot be written
 */
export async function writeFileAtomically(path: string, content: string, mode = privateMode): Promise<void> {
  // the id of a process is another's in each container
  const temporary = `${path}.${randomInt(2 ** 47)}.tmp`;
  try {
    const mayEnter = (mode & 0o444) >> 2;
    await makeFolder(dirname(path), mode | mayEnter);
    const replaced = await stat(path).catch(() => undefined);
    await writeFile(temporary, content, { flush: true, flag: 'wx', mode });
    if (replaced?.isFile()) await chmod(temporary, replaced.mode & 0o777);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new Error(`${path}: cannot be written: ${(error as NodeJS.ErrnoException).code ?? error}`);
  }
}
