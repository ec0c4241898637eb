import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it, where they are not there. Node's own recursive call never ends in a folder such as
 * `/proc`, which says of every new name that it does not exist.
 *
 * @param mode of what is made, less the umask
 * @throws the file system's error
 */
export async function makeFolder(path: string, mode = 0o750): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (await isFolder(path)) return;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const above = dirname(path);
    if (!(await isFolder(above))) await makeFolder(above, mode);
    // once more in any case: another process may have made either folder meanwhile
    await mkdir(path, { mode }).catch(async (failure: Error) => {
      if (!(await isFolder(path))) throw failure;
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
