import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../files/make-folder.ts';
import { writeFileAtomically } from '../files/write-file-atomically.ts';

const hourMs = 3_600_000;
/** Writing a copy takes less time than this; an older one was left by a process that was killed. */
const abandonedMs = hourMs;
/** An artifact, or the counts beside it, or a copy of either that was never finished. */
const keptFile = /^([0-9a-f]{16})(?:\.immature)?\.json(?:\.\d+\.tmp)?$/;

/** The folder next to an outcome file with the models that its outcomes may belong to. */
export function modelsFolder(outcomesPath: string): string {
  return join(dirname(outcomesPath), 'models');
}

/** How often versions in use are stored again, so that the dates of their files show it. */
export function keepAgainMs(maxAgeMs: number): number {
  return Math.min(hourMs, Math.max(100, maxAgeMs / 2));
}

/** Artifacts by digest, for outcomes that arrive long after the version has gone. */
export type ModelFiles = {
  /** Stores an artifact in this replica's folder, and notes that it is in use now. Never rejects. */
  keep(digest: string, text: string): Promise<void>;
  /** Where the artifact may be: this replica's file, then those of the others. */
  places(digest: string): Promise<readonly [own: string, ...others: string[]]>;
  /**
   * Deletes, in the folders of all replicas, artifacts that were last used so long ago that all their outcomes would be
   * refused as expired, and copies that were never finished. Never rejects.
   *
   * @param isInUse whether this replica still has the version in memory
   */
  deleteExpired(isInUse: (digest: string) => boolean): Promise<void>;
};

/**
 * @param folder the folder of this replica
 * @param otherFolders the folders of other replicas, running or gone
 * @param maxAgeMs age of a prediction beyond which its outcome is refused
 * @param now by which ages are measured, in ms since 1970
 * @param onProblem told in one line what could not be stored or deleted
 */
export function createModelFiles(options: {
  readonly folder: string;
  readonly otherFolders?: () => Promise<readonly string[]>;
  readonly maxAgeMs: number;
  readonly now?: () => number;
  readonly onProblem: (message: string) => void;
}): ModelFiles {
  const { folder, otherFolders = async () => [], maxAgeMs, now = () => Date.now(), onProblem } = options;
  const pathIn = (place: string, digest: string) => join(place, `${digest}.json`);
  async function others(): Promise<string[]> {
    const places = new Set(await otherFolders().catch(() => []));
    places.delete(folder);
    return [...places];
  }
  /** Versions whose failure to be stored has been reported, and the last failure to delete. */
  const unkept = new Set<string>();
  let undeleted: string | undefined;

  async function keep(digest: string, text: string): Promise<void> {
    const path = pathIn(folder, digest);
    try {
      await makeFolder(folder);
      const kept = await readFile(path, 'utf8').catch(() => undefined);
      const write = () => writeFileAtomically(path, text);
      const inUse = new Date(now());
      if (kept !== text) await write();
      // if the file belongs to another user, only a new file can have its date set
      else await utimes(path, inUse, inUse).catch(write);
      unkept.delete(digest);
    } catch (error) {
      if (unkept.has(digest)) return;
      unkept.add(digest);
      onProblem(`${(error as Error).message}: outcomes of this version are unknown to later processes`);
    }
  }

  async function deleteExpired(isInUse: (digest: string) => boolean): Promise<void> {
    // a running replica touches its own files this often
    const nowMs = now();
    const oldestMs = nowMs - maxAgeMs - keepAgainMs(maxAgeMs);
    let problem: string | undefined;
    for (const place of [folder, ...(await others())]) {
      for (const name of await readdir(place).catch(() => [])) {
        const digest = keptFile.exec(name)?.[1];
        const isCopy = name.endsWith('.tmp');
        if (digest === undefined || (isInUse(digest) && !isCopy)) continue;
        await deleteIfOlder(join(place, name), isCopy ? nowMs - abandonedMs : oldestMs).catch(
          (error: Error) => {
            problem ??= error.message;
          },
        );
      }
    }
    if (problem !== undefined && problem !== undeleted) onProblem(`${problem}; it is too old to be of use`);
    undeleted = problem;
  }

  return {
    keep,
    places: async (digest) => [
      pathIn(folder, digest),
      ...(await others()).map((place) => pathIn(place, digest)),
    ],
    deleteExpired,
  };
}

async function deleteIfOlder(path: string, oldestMs: number): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.mtimeMs >= oldestMs) return;
  await rm(path, { force: true });
}
