import { open } from 'node:fs/promises';
import { isRotatedPath, listSeries } from '../files/rotated-files.ts';
import { readLines } from './forget-in-file.ts';

/**
 * The ids of the samples that have one of some keys, in a series of files: the live one and those rotated from it. A
 * file that a service rotates in the meantime is searched under its new name.
 *
 * @param path of the live file, which need not exist; or of a rotated one, to search only that
 * @throws Error naming the file, if one cannot be read
 */
export async function findIdsOfKeys(path: string, keys: ReadonlySet<string>): Promise<Set<string>> {
  const ids = new Set<string>();
  const searched = new Set<bigint>();
  for (let isNew = true; isNew; ) {
    isNew = false;
    const files = isRotatedPath(path) ? [path] : await listSeries(path).catch(noneIfAbsent);
    for (const file of files) {
      const inode = await searchFile(file, keys, ids, searched).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw new Error(`${file}: ${error.code ?? error.message}`);
      });
      if (inode !== undefined) {
        searched.add(inode);
        isNew = true;
      }
    }
  }
  return ids;
}

/** @returns the inode of the file, undefined if it has been searched before */
async function searchFile(
  file: string,
  keys: ReadonlySet<string>,
  ids: Set<string>,
  searched: ReadonlySet<bigint>,
): Promise<bigint | undefined> {
  const handle = await open(file, 'r');
  try {
    const found = await handle.stat({ bigint: true });
    // devices contain nothing
    if (!found.isFile() || searched.has(found.ino)) return undefined;
    for await (const line of readLines(handle, 0)) {
      const id = line.includes('"key"') ? idOfKey(line, keys) : undefined;
      if (id !== undefined) ids.add(id);
    }
    return found.ino;
  } finally {
    await handle.close();
  }
}

function idOfKey(line: Buffer, keys: ReadonlySet<string>): string | undefined {
  try {
    const { id, key } = JSON.parse(line.toString()) as { id?: unknown; key?: unknown };
    return typeof id === 'string' && typeof key === 'string' && keys.has(key) ? id : undefined;
  } catch {
    return undefined;
  }
}

function noneIfAbsent(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
