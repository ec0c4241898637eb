import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Creates a folder and its parents if they do not exist. Node's own recursive call never returns in a folder such as
 * `/proc`, which reports every new name as not existing.
 *
 * @param mode of new folders, minus the umask
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
    // once more in any case: another process may have created either folder in the meantime
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
