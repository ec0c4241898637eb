import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, chown, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const retryMs = 100;

/** A lock that the operating system takes back when the process ends, however it ends. */
export type FileLock = { release(): void };

/** A lock that is taken and given back many times. */
export type ReusableLock = {
  /**
   * @returns false when another process has the lock, or the file system has none: SQLite does not tell them apart
   * @throws Error for any other reason
   */
  take(): boolean;
  giveBack(): void;
  close(): void;
};

const sqliteBusy = 5;

/**
 * Opens the lock of a file, which is made if there is none and stays empty. Node has no call for that, but SQLite locks
 * its files with the file system's own locks: they hold between containers that share a volume, need no clock, and
 * leave nothing behind that could be taken for a process that is gone.
 *
 * @throws Error when the file cannot be made, or is another user's who lets nobody write to it
 */
export async function openFileLock(path: string): Promise<ReusableLock> {
  await makeFile(path);
  // SQLite opens for reading what it may not write to, and several processes can then lock it at once
  await access(path, constants.R_OK | constants.W_OK);
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(path);
  let hasJournal = true;
  return {
    take() {
      try {
        // no journal beside the file: nothing is ever written to it
        if (hasJournal) database.exec('PRAGMA journal_mode = MEMORY');
        hasJournal = false;
        database.exec('BEGIN EXCLUSIVE');
        return true;
      } catch (error) {
        if ((error as { errcode?: number }).errcode === sqliteBusy) return false;
        throw error;
      }
    },
    giveBack: () => database.exec('ROLLBACK'),
    close: () => database.close(),
  };
}

/**
 * Takes the lock of a file.
 *
 * @returns `undefined` when another process has it, the file is another user's, or the file system has none
 * @throws Error when the file cannot be made
 */
export async function lockFile(path: string): Promise<FileLock | undefined> {
  return tryLock(path).catch((error: NodeJS.ErrnoException) => {
    // the file is there, and this user may not lock it
    if (error.syscall === 'access' && error.code === 'EACCES') return undefined;
    throw error;
  });
}

async function tryLock(path: string): Promise<FileLock | undefined> {
  const lock = await openFileLock(path);
  try {
    if (lock.take()) return { release: lock.close };
  } catch (error) {
    lock.close();
    throw error;
  }
  lock.close();
  return undefined;
}

/**
 * Makes the file if there is none. SQLite would let everyone read it, and whoever may read it may keep others from
 * locking it. It is given the owner of its folder, and may be locked by the group where that may write to the folder:
 * the service has to lock it too, whoever came first.
 */
async function makeFile(path: string): Promise<void> {
  try {
    // Never opens what is there: closing it would give back a lock that this process has.
    const file = await open(path, 'wx', 0o640);
    await file.close();
    const [made, folder] = await Promise.all([stat(path), stat(dirname(path))]);
    if (made.uid !== folder.uid || made.gid !== folder.gid) {
      await chown(path, folder.uid, folder.gid).catch(() => {});
    }
    if (folder.mode & constants.S_IWGRP) await chmod(path, 0o660).catch(() => {});
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** The file system has no locks. */
export class NoLocks extends Error {}

/**
 * A file system without locks answers as if another process had each of them, so that none would ever be free.
 *
 * @throws NoLocks when not even a file that no other process knows can be locked; Error when none can be made
 */
export async function requireLocks(folder: string): Promise<void> {
  const path = join(folder, `.${randomUUID()}.lock`);
  try {
    const lock = await lockFile(path);
    if (lock === undefined) throw new NoLocks('the file system has no locks');
    lock.release();
  } finally {
    await rm(path, { force: true });
  }
}

/**
 * Takes the lock of a file as soon as the process that has it gives it back or ends.
 *
 * @throws Error where there are no locks, or the file cannot be made or is another user's
 */
export async function waitForLock(path: string): Promise<FileLock> {
  await requireLocks(dirname(path));
  for (;;) {
    const lock = await tryLock(path);
    if (lock !== undefined) return lock;
    await delay(retryMs);
  }
}
