import { rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lockErasures } from '../files/lock-erasures.ts';
import {
  isRotatedPath,
  listCopies,
  listRotatedFiles,
  listSeries,
  livePath,
  putAside,
} from '../files/rotated-files.ts';
import { createSeriesLock, type SeriesLock } from '../files/series-lock.ts';
import { statIfThere } from '../files/stat-if-there.ts';
import { FileChanged, forgetInFile, holdsAny, type Leave } from './forget-in-file.ts';

/** A service does not write a row twice: lines that reappear this often are written by something else. */
const maxPasses = 8;

export type Forgotten = {
  /** The number of lines. */
  deleted: number;
  /** Names the first file that could not be read or replaced, and says why: it may still contain lines. */
  failure?: Error;
};

/**
 * Deletes the lines of some ids from a series of JSONL files: the live one and those rotated from it. Each file is
 * replaced in one step, by a copy without the lines; a failure leaves it as it was. Files that contained any, and those
 * that were written to in the meantime, are then searched again, until no line is found.
 *
 * Services may be writing to the live file. It is first moved aside under the name that rotation would give it: a
 * service opens a new one for its next line, and writes still in progress are awaited, so no line is lost. If no new
 * file was opened in the meantime, the file gets its name back.
 *
 * Deletions in one folder wait for each other: the copy of one would restore what another has deleted.
 *
 * @param path of the live file, which need not exist; or of a rotated one, to treat only that
 * @param leave the line that replaces a deleted one, if any
 * @param onWait told in one line if another deletion has to be awaited and takes long
 */
export async function forgetRows(
  path: string,
  ids: ReadonlySet<string>,
  leave?: Leave,
  onWait: (message: string) => void = () => {},
): Promise<Forgotten> {
  const forgotten: Forgotten = { deleted: 0 };
  try {
    if ((await statIfThere(dirname(path))) === undefined) return forgotten;
    const erasing = await lockErasures(dirname(path), onWait);
    const lock = createSeriesLock(isRotatedPath(path) ? livePath(path) : path);
    try {
      await forgetInSeries(path, ids, leave, lock, forgotten);
    } finally {
      lock.close();
      await erasing.release();
    }
  } catch (error) {
    forgotten.failure ??= describe(path, error);
  }
  return forgotten;
}

async function forgetInSeries(
  path: string,
  ids: ReadonlySet<string>,
  leave: Leave | undefined,
  lock: SeriesLock,
  forgotten: Forgotten,
): Promise<void> {
  /**
   * Files without any of the ids, by an identity that does not depend on their name, with their state when they were
   * searched.
   */
  const clean = new Map<bigint, string>();
  const failed = new Set<string>();
  /** A file that cannot be read or replaced does not prevent the others from being treated. */
  const attempt = async (file: string, work: () => Promise<number>) => {
    try {
      return await work();
    } catch (error) {
      // deleted by a service in the meantime, or changed: the next pass sees what is there
      if (error instanceof FileChanged || (error as NodeJS.ErrnoException).code === 'ENOENT')
        return undefined;
      failed.add(file);
      forgotten.failure ??= describe(file, error);
      return 0;
    }
  };
  const isNew = async (file: string) => {
    const found = await findFile(file);
    if (found === undefined || failed.has(file)) return false;
    // the live one has been searched, and anything written to it now was predicted since
    return file === path ? !clean.has(found.inode) : clean.get(found.inode) !== found.state;
  };
  await deleteCopies(path, attempt);
  let isFound = true;
  for (let pass = 1; pass <= maxPasses; pass++) {
    isFound = false;
    for (const file of await filesOf(path)) {
      const found = await findFile(file);
      if (found === undefined || failed.has(file) || clean.get(found.inode) === found.state) continue;
      const forget = file === path && !isRotatedPath(path) ? forgetInLive : forgetInFile;
      const deleted = await attempt(file, () => forget(file, ids, leave, lock));
      if (deleted !== 0) isFound = true;
      // a service may have rotated the file, and the one after it was searched
      else if ((await findFile(file))?.inode === found.inode) clean.set(found.inode, found.state);
      forgotten.deleted += deleted ?? 0;
    }
    // a service may have rotated its file between two looks
    const areNew = await Promise.all((await filesOf(path)).map(isNew));
    if (!isFound && !areNew.includes(true)) return;
  }
  if (isFound) {
    forgotten.failure ??= new Error(
      `${path}: lines reappeared after they had been deleted; is a backup being restored?`,
    );
  }
}

/** The rotated files, oldest first, and the live one; or only the one that was requested. */
async function filesOf(path: string): Promise<string[]> {
  return isRotatedPath(path) ? [path] : listSeries(path);
}

/** The file at a path: its inode, and what changes whenever it is written to. Devices contain nothing. */
async function findFile(path: string): Promise<{ inode: bigint; state: string } | undefined> {
  const found = await statIfThere(path);
  if (found === undefined || found.isCharacterDevice() || found.isFIFO()) return undefined;
  return { inode: found.ino, state: `${found.size} ${found.mtimeNs}` };
}

/**
 * Leftovers of a deletion that was killed contain lines as well; while we hold the lock nobody else is making copies.
 */
async function deleteCopies(
  path: string,
  attempt: (file: string, work: () => Promise<number>) => Promise<unknown>,
): Promise<void> {
  for (const copy of await listCopies(isRotatedPath(path) ? livePath(path) : path)) {
    await attempt(copy, () => rm(copy, { force: true }).then(() => 0));
  }
}

async function forgetInLive(
  path: string,
  ids: ReadonlySet<string>,
  leave: Leave | undefined,
  lock: SeriesLock,
): Promise<number> {
  const found = await statIfThere(path);
  if (!found?.isFile() || !(await holdsAny(path, ids))) return 0;
  const newest = (await listRotatedFiles(path)).at(-1)?.endedAt ?? 0;
  const aside = await lock.hold(() => putAside(path, Math.max(Number(found.mtimeMs), newest + 1)));
  if (aside === undefined) throw new FileChanged(`${path}: was rotated in the meantime`);
  try {
    return await forgetInFile(aside.path, ids, leave, lock);
  } finally {
    await lock.hold(() => giveBack(aside.path, path, lock)).catch(() => {});
  }
}

/** Without the lock another process may create a file there at any time: then it stays among the rotated ones. */
async function giveBack(aside: string, path: string, lock: SeriesLock): Promise<void> {
  const isFree = await stat(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
  if (isFree && !lock.isMissing) await rename(aside, path);
}

function describe(file: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  return new Error(`${file}: ${code ?? message}`);
}
