import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NoLocks, openFileLock, type ReusableLock, requireLocks } from './file-lock.ts';
import { statIfThere } from './stat-if-there.ts';

/**
 * A write takes far less time; a process that holds the lock for longer has been suspended, or is waiting for a hanging
 * disk.
 */
const maxWaitMs = 5_000;
const retryMs = 1;
/** For this long after the lock was found taken, other processes get a chance before it is taken again. */
const considerateMs = 5_000;
const cannotBeMade = new Set(['EACCES', 'EPERM', 'EROFS']);

/** A lock held by one process at a time while it writes to, rotates or replaces a file of a series. */
export type SeriesLock = {
  /**
   * Does the work while no other process does any. If the file system has no locks, or the lock file cannot be created,
   * the work is done anyway: only a single process may use the series then.
   *
   * @throws Error if another process keeps the lock for over five seconds, and whatever the work throws
   */
  hold<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Whether the last work was done without a lock. */
  readonly isMissing: boolean;
  close(): void;
};

/**
 * The lock of a series of JSONL files. It allows several processes to use one path, and rows to be deleted while a
 * service writes: rotating, repairing a truncated line and cutting off a failed write all change a file that another
 * process may be about to write to.
 *
 * Taking it costs some ten microseconds and does not wait for the disk; if the file system hangs, an earlier
 * asynchronous call hangs first.
 *
 * @param path of the live file; the lock is a hidden file next to it, whose folder must exist
 * @param onProblem told in one line, once, if the work was done without a lock
 */
export function createSeriesLock(path: string, onProblem: (message: string) => void = () => {}): SeriesLock {
  // not a possible replica name: a replica's lock may be in the same folder, held by this process (`openReplica`)
  const lockPath = join(dirname(path), `.${basename(path)}.series-lock`);
  let lock: ReusableLock | undefined;
  let inode: bigint | undefined;
  let isMissing = false;
  /** Whether the file system supports locks. That is only checked once the lock seems to be taken. */
  let hasLocks: boolean | undefined;
  /** Why there is no lock. */
  let problem: string | undefined;
  let isSaid = false;
  let busyMs = Number.NEGATIVE_INFINITY;

  function close(): void {
    lock?.close();
    lock = undefined;
  }

  /** The lock of the file that exists now, as its folder may have been deleted and created again. */
  async function current(): Promise<ReusableLock | undefined> {
    const there = await statIfThere(lockPath);
    if (lock !== undefined && there?.ino === inode) return lock;
    close();
    hasLocks = undefined;
    const series = await statIfThere(path);
    problem = undefined;
    if (series !== undefined && !series.isFile()) return undefined;
    try {
      const opened = await openFileLock(lockPath);
      inode = (await stat(lockPath, { bigint: true })).ino;
      lock = opened;
      return lock;
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      if (!cannotBeMade.has(code)) throw error;
      problem = message;
      return undefined;
    }
  }

  /** @returns whether it was taken; false if there are no locks */
  async function take(): Promise<boolean> {
    const deadlineMs = performance.now() + maxWaitMs;
    if (performance.now() - busyMs < considerateMs) await delay(2 * retryMs);
    for (;;) {
      const found = await current();
      if (found === undefined || hasLocks === false) return false;
      const taken = tryTake(found);
      if (taken !== 'busy') return taken === 'taken';
      busyMs = performance.now();
      hasLocks ??= await areThereLocks();
      if (hasLocks === false) return false;
      if (performance.now() > deadlineMs) throw new Error(`another process keeps ${lockPath} locked`);
      await delay(retryMs);
    }
  }

  function tryTake(found: ReusableLock): 'taken' | 'busy' | 'cannot' {
    try {
      return found.take() ? 'taken' : 'busy';
    } catch (error) {
      problem = (error as Error).message;
      return 'cannot';
    }
  }

  /** A disk error says nothing about locks. */
  async function areThereLocks(): Promise<boolean> {
    const failure = await requireLocks(dirname(path)).catch((error: Error) => error);
    if (!(failure instanceof NoLocks)) return true;
    problem = failure.message;
    return false;
  }

  function sayProblem(): void {
    if (problem === undefined || isSaid) return;
    isSaid = true;
    onProblem(`${path}: cannot be locked: ${problem}: make sure that no other process writes to it`);
  }

  return {
    async hold(work) {
      const isTaken = await take();
      isMissing = !isTaken;
      const held = isTaken ? lock : undefined;
      try {
        const result = await work();
        // if nothing can be written either, that is the problem to fix
        if (!isTaken) sayProblem();
        return result;
      } finally {
        held?.giveBack();
      }
    },
    get isMissing() {
      return isMissing;
    },
    close,
  };
}
