import { randomBytes, randomInt } from 'node:crypto';
import { chown, link, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../files/make-folder.ts';
import { hasPlaceholder, sharedFolder } from '../files/path-pattern.ts';

/** Hidden, as all that the service keeps for itself: neither a series of files nor the name of a replica. */
const fileName = '.outcome-key';

/**
 * Where the key is kept that signs prediction ids when the operator has set none: beside the outcome file, or where the
 * folders of all replicas lie side by side, so that each replica there takes the outcomes of the others' predictions.
 *
 * @param outcomesPath as it is set, with `{instance}` in it
 */
export function keptKeyPath(outcomesPath: string): string {
  return join(hasPlaceholder(outcomesPath) ? sharedFolder(outcomesPath) : dirname(outcomesPath), fileName);
}

/**
 * Makes sure that there is a key. Of several processes that start at once one makes it, complete from its first moment.
 *
 * @returns whether it was made just now
 * @throws the file system's error when there is none and none can be made
 */
export async function makeKeyOnce(path: string): Promise<boolean> {
  if (await isThere(path)) return false;
  const temporary = `${path}.${randomInt(2 ** 47)}.tmp`;
  try {
    await makeFolder(dirname(path));
    const text = `${randomBytes(32).toString('base64')}\n`;
    await writeFile(temporary, text, { flag: 'wx', flush: true, mode: 0o600 });
    await giveToOwnerOf(dirname(path), temporary);
    // unlike a rename, this never replaces the key that another process has just made
    await link(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true }).catch(() => {});
  }
}

/** Whether users who are neither the file's owner nor in its group may read or write it. */
export async function isOpenToOthers(path: string): Promise<boolean> {
  return ((await stat(path)).mode & 0o007) !== 0;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

/** A service that root has started once goes on as the user whom the folder belongs to. */
async function giveToOwnerOf(folder: string, path: string): Promise<void> {
  const [made, above] = await Promise.all([stat(path), stat(folder)]);
  if (made.uid !== above.uid) await chown(path, above.uid, above.gid).catch(() => {});
}
