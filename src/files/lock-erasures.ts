import { open, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NoLocks, waitForLock } from './file-lock.ts';

const retryMs = 100;
const touchMs = 1_000;
/** A living owner has touched the file within this time. */
const deadMs = 15_000;
/** Most deletions take less time than this. */
const silentMs = 5_000;

/**
 * Lets one process at a time delete rows in a folder; others wait. If the file system has no locks, a file that only
 * one process can create is used instead. It is touched while the work is in progress, so that a file whose owner has
 * died is recognised by its unchanging date: no clock of another machine is trusted.
 *
 * @param onWait told in one line if it takes long: a suspended process keeps the lock until it continues or ends
 * @throws Error if neither can be created
 */
export async function lockErasures(
  folder: string,
  onWait: (message: string) => void,
): Promise<{ release(): Promise<void> | void }> {
  const say = () => onWait(`${folder}: waiting for another deletion to end`);
  const timer = setTimeout(say, silentMs);
  return await lock(folder).finally(() => clearTimeout(timer));
}

async function lock(folder: string): Promise<{ release(): Promise<void> | void }> {
  return await waitForLock(join(folder, '.forget-lock')).catch((error: Error) => {
    if (error instanceof NoLocks) return waitForFile(join(folder, '.forget.running'));
    throw new Error(`deletions cannot be locked: ${error.message}`);
  });
}

async function waitForFile(path: string): Promise<{ release(): Promise<void> }> {
  let seen = { mtimeMs: Number.NaN, sinceMs: performance.now() };
  for (;;) {
    const made = await open(path, 'wx', 0o640).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    if (made !== undefined) {
      await made.close();
      const touching = setInterval(() => {
        const now = new Date();
        utimes(path, now, now).catch(() => {});
      }, touchMs);
      return {
        release() {
          clearInterval(touching);
          return rm(path, { force: true });
        },
      };
    }
    const { mtimeMs } = (await stat(path).catch(() => undefined)) ?? seen;
    if (mtimeMs !== seen.mtimeMs) seen = { mtimeMs, sinceMs: performance.now() };
    else if (performance.now() - seen.sinceMs > deadMs) await rm(path, { force: true });
    await delay(retryMs);
  }
}
