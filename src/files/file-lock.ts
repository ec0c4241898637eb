import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, chown, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const retryMs = 100;

/** A lock that the operating system releases when the process ends, however it ends. */
export type FileLock = { release(): void };

/** A lock that is taken and released many times. */
export type ReusableLock = {
  /**
   * @returns false if another process has the lock, or the file system does not support locks: SQLite does not
   * distinguish them
   * @throws Error for any other reason
   */
  take(): boolean;
  giveBack(): void;
  close(): void;
};

const sqliteBusy = 5;

/**
 * Opens the lock of a file, which is created if necessary and stays empty. Node has no API for that, but SQLite locks
 * its files with the file system's own locks: they work between containers that share a volume, need no clock, and
 * leave nothing behind that could be mistaken for a running process.
 *
 * @throws Error if the file cannot be created, or belongs to another user and is not writable
 */
export async function openFileLock(path: string): Promise<ReusableLock> {
  await makeFile(path);
  // SQLite opens a file read-only if it may not write to it, and several processes could then lock it at the same time
  await access(path, constants.R_OK | constants.W_OK);
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(path);
  let hasJournal = true;
  return {
    take() {
      try {
        // no journal next to the file: nothing is ever written to it
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
 * @returns `undefined` if another process has it, the file belongs to another user, or the file system does not support
 * locks
 * @throws Error if the file cannot be created
 */
export async function lockFile(path: string): Promise<FileLock | undefined> {
  return tryLock(path).catch((error: NodeJS.ErrnoException) => {
    // the file exists, but this user may not lock it
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
 * Creates the file if there is none. SQLite would make it readable for everyone, and any user who can read it can
 * prevent others from locking it. It gets the owner of its folder, and the group may lock it if it may write to the
 * folder, so that the service can also lock a file that another user's command has created.
 */
async function makeFile(path: string): Promise<void> {
  try {
    // Never opens an existing file: closing it would release a lock that this process holds.
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

/** The file system does not support locks. */
export class NoLocks extends Error {}

/**
 * A file system without locks answers as if another process held each of them, so none would ever be free.
 *
 * @throws NoLocks if not even a file that no other process knows can be locked; Error if none can be created
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
 * Takes the lock of a file as soon as the process that holds it releases it or ends.
 *
 * @throws Error if there are no locks, or the file cannot be created or belongs to another user
 */
export async function waitForLock(path: string): Promise<FileLock> {
  await requireLocks(dirname(path));
  for (;;) {
    const lock = await tryLock(path);
    if (lock !== undefined) return lock;
    await delay(retryMs);
  }
}
