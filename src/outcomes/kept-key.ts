import { randomBytes, randomInt } from 'node:crypto';
import { chown, link, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../files/make-folder.ts';
import { hasPlaceholder, sharedFolder } from '../files/path-pattern.ts';

/** Hidden, like everything that the service keeps for itself: it is neither a series of files nor a replica's name. */
const fileName = '.outcome-key';

/**
 * The path of the key that signs prediction ids if the operator has set none: next to the outcome file, or next to the
 * folders of all replicas, so that each replica accepts the outcomes of the others' predictions.
 *
 * @param outcomesPath as it is set, with `{instance}` in it
 */
export function keptKeyPath(outcomesPath: string): string {
  return join(hasPlaceholder(outcomesPath) ? sharedFolder(outcomesPath) : dirname(outcomesPath), fileName);
}

/**
 * Makes sure that there is a key. If several processes start at once, one of them creates it atomically.
 *
 * @returns whether it was created just now
 * @throws the file system's error if there is none and none can be created
 */
export async function makeKeyOnce(path: string): Promise<boolean> {
  if (await isThere(path)) return false;
  const temporary = `${path}.${randomInt(2 ** 47)}.tmp`;
  try {
    await makeFolder(dirname(path));
    const text = `${randomBytes(32).toString('base64')}\n`;
    await writeFile(temporary, text, { flag: 'wx', flush: true, mode: 0o600 });
    await giveToOwnerOf(dirname(path), temporary);
    // unlike a rename, this never replaces a key that another process has just created
    await link(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary).catch(() => {});
  }
}

/** Whether users other than the file's owner and group may read or write it. */
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

/** If root starts the service once, the key must remain readable when it later runs as the folder's owner. */
async function giveToOwnerOf(folder: string, path: string): Promise<void> {
  const [made, above] = await Promise.all([stat(path), stat(folder)]);
  if (made.uid !== above.uid) await chown(path, above.uid, above.gid).catch(() => {});
}
