import { randomInt } from 'node:crypto';
import { chmod, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** Files about rows or models in use are readable by the owner and the group only. */
const privateMode = 0o640;

/**
 * Replaces a file in one step: a reader sees the old content or the new, never a part, and a failure leaves the old.
 * Creates the folder if there is none. If several processes write it at once, the last one wins.
 *
 * @param mode of a new file, minus the umask; a new folder can be entered by everyone who may read the file. An
 * existing file keeps its own mode.
 * @throws Error naming the file, if it cannot be written
 */
export async function writeFileAtomically(path: string, content: string, mode = privateMode): Promise<void> {
  // process ids are not unique across containers
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
