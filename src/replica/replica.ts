import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type FileLock, lockFile, requireLocks } from '../files/file-lock.ts';
import { makeFolder } from '../files/make-folder.ts';
import { hasPlaceholder, listNames, pathOf, replicaName, sharedFolder } from '../files/path-pattern.ts';

const retryMs = 100;

/** One of several processes that serve side by side, identified by the name under which its files persist. */
export type Replica = {
  /** The value of `{instance}`. */
  readonly name: string;
  pathOf(pattern: string): string;
  /** The paths, by the pattern, of the files of all other replicas that have left any, running or not. */
  othersOf(pattern: string): Promise<string[]>;
  /** Releases the name for another process. */
  release(): void;
};

export type ReplicaOptions = {
  /** `undefined` takes the first of `replica-1`, `replica-2`, … that is not in use. */
  readonly name?: string | undefined;
  /** Paths that are written to, in which `{instance}` may stand. */
  readonly patterns: readonly string[];
  /** How long to wait for a given name: the process that had it may be about to end. */
  readonly waitMs: number;
  /** Ends the wait; its reason is then thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Told in one line if the name cannot be locked. */
  readonly onProblem: (message: string) => void;
};

/**
 * Takes a name that no other running process has, if a path depends on it. It outlives the process, and in a container
 * the host name, so whatever is stored under it is found by the next process.
 *
 * @throws Error if another process has the given name
 */
export async function openReplica(options: ReplicaOptions): Promise<Replica> {
  const { name, patterns, signal, onProblem } = options;
  const written = patterns.filter(hasPlaceholder);
  const folders = [...new Set(written.map((pattern) => resolve(sharedFolder(pattern))))];
  const { taken, locks } = await takeName(folders, options).catch((error: Error) => {
    signal?.throwIfAborted();
    if (error instanceof NameTaken) throw error;
    const fallback = name ?? hostName();
    onProblem(
      `${folders.join(', ')}: cannot be locked: ${error.message}; the files of this process are under ${fallback}`,
    );
    return { taken: fallback, locks: [] };
  });
  return {
    name: taken,
    pathOf: (pattern) => pathOf(pattern, taken),
    async othersOf(pattern) {
      const names = await listNames(pattern);
      return names.filter((other) => other !== taken).map((other) => pathOf(pattern, other));
    },
    release() {
      for (const lock of locks.splice(0)) lock.release();
    },
  };
}

/** The name of this machine, if a replica can have it: it must not lead to a different folder than the one it names. */
function hostName(): string {
  return replicaName.test(hostname()) ? hostname() : 'replica';
}

class NameTaken extends Error {}

type Taken = { readonly taken: string; readonly locks: FileLock[] };

async function takeName(
  folders: readonly string[],
  { name, waitMs, signal }: Pick<ReplicaOptions, 'name' | 'waitMs' | 'signal'>,
): Promise<Taken> {
  if (folders.length === 0) return { taken: name ?? hostName(), locks: [] };
  for (const folder of folders) {
    await makeFolder(folder);
    await requireLocks(folder);
  }
  if (name === undefined) return firstFree(folders);
  const deadlineMs = performance.now() + waitMs;
  for (;;) {
    signal?.throwIfAborted();
    const locks = await lockIn(folders, name);
    if (locks !== undefined) return { taken: name, locks };
    if (performance.now() >= deadlineMs) {
      throw new NameTaken(
        `SERVICE_INSTANCE=${name}: another process has this name in ${folders.join(', ')}: give each its own, or leave it unset`,
      );
    }
    await delay(retryMs, undefined, { signal }).catch(() => {});
  }
}

async function firstFree(folders: readonly string[]): Promise<Taken> {
  for (let number = 1; ; number++) {
    const taken = `replica-${number}`;
    const locks = await lockIn(folders, taken);
    if (locks !== undefined) return { taken, locks };
  }
}

/** Locks the name in all folders or in none. */
async function lockIn(folders: readonly string[], name: string): Promise<FileLock[] | undefined> {
  const locks: FileLock[] = [];
  const release = () => {
    for (const lock of locks) lock.release();
  };
  try {
    for (const folder of folders) {
      const lock = await lockFile(join(folder, `.${name}.lock`));
      if (lock === undefined) {
        release();
        return undefined;
      }
      locks.push(lock);
    }
    return locks;
  } catch (error) {
    release();
    throw error;
  }
}
