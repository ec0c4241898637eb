import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { dayMs } from '../times/day.ts';
import { readFirstTime } from './first-time.ts';
import { makeFolder } from './make-folder.ts';
import { deleteAbandonedFiles, deleteRotatedFiles, listRotatedFiles, putAside } from './rotated-files.ts';
import { createSeriesLock } from './series-lock.ts';
import { repairTornTail } from './torn-tail.ts';
import { writeFully } from './write-fully.ts';

const newline = 0x0a;
/** This many processes may rotate one series without exceeding its number of files. */
const maxSharing = 4;

/** How large one file and how long the whole series may become. `Infinity` means no limit. */
export type Retention = {
  /** A file is closed before it would exceed this. */
  readonly maxBytes: number;
  /** Closed files kept in addition to the live one. */
  readonly maxFiles: number;
  /**
   * The maximum age of a line: the live file is closed after its share of this time (the time divided by the number of
   * files, but at least a thirtieth), and a closed one is deleted when its first line may have reached this age.
   */
  readonly maxAgeDays: number;
};

/** How far an append got: the bytes that stay in the file are whole lines, and `error` says why there are no more. */
export type Appended = { readonly keptBytes: number; readonly error?: Error };

/** One JSONL file that is rotated. The caller makes one call at a time; other processes may use the same file. */
export type JsonlFile = {
  /**
   * Appends whole lines. First opens the file (again if it was deleted or moved away), creates its folder and repairs a
   * truncated last line. Never rejects, and never leaves part of a line behind if the file system allows it to be cut
   * off.
   *
   * @param atomic write either all of the lines or none
   */
  append(lines: Buffer, atomic: boolean): Promise<Appended>;
  /** Opens the file, rotates it if it is due, and deletes what is too old. @throws the file system's error */
  tidy(): Promise<void>;
  /**
   * Deletes what is too old in series that other processes write or have left behind.
   *
   * @param paths of their live files
   * @throws the file system's error for the first that cannot be deleted, after all have been tried
   */
  tidyOthers(paths: readonly string[]): Promise<void>;
  close(): Promise<void>;
};

type Live = {
  readonly handle: FileHandle;
  readonly device: number;
  readonly inode: number;
  readonly regular: boolean;
};

/**
 * @param now the clock by which ages are measured, in ms since 1970
 * @param onProblem told in one line if the file cannot be shared with other processes
 */
export function createJsonlFile(
  path: string,
  options: Retention & {
    readonly now?: () => number;
    readonly onProblem?: (message: string) => void;
  },
): JsonlFile {
  const { maxBytes, maxFiles, maxAgeDays, now = () => Date.now(), onProblem } = options;
  const maxAgeMs = maxAgeDays * dayMs;
  const sliceMs = maxAgeMs / Math.min(30, maxFiles + 1);
  /** How long a closed file stays after its last line: its first one may be a slice older. */
  const keepMs = maxAgeMs === Infinity ? Infinity : maxAgeMs - sliceMs;
  const lock = createSeriesLock(path, onProblem);
  let live: Live | undefined;
  /** Bytes of whole lines in the live file, and when the first of them was written. */
  let size = 0;
  let startedAt = 0;
  /** The time in the name of the newest closed file, and how many more files fit before they are counted again. */
  let newestMs: number | undefined;
  let room = 0;
  /** What a failed write left after the last whole line and could not be cut off immediately. */
  let leftover: { readonly inode: number; readonly from: number; readonly to: number } | undefined;

  /** Does the work while no other process writes to the files of the series or replaces them. */
  async function alone<Result>(work: () => Promise<Result>): Promise<Result> {
    if ((await stat(path).catch(() => undefined)) === undefined) await makeFolder(dirname(path));
    return lock.hold(work);
  }

  async function openFile(): Promise<Live> {
    const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
    const handle = await open(path, flags, 0o640);
    try {
      const found = await handle.stat();
      const regular = found.isFile();
      if (!regular && !found.isCharacterDevice()) throw new Error('neither a regular file nor a device');
      size = 0;
      if (regular && found.size > 0) {
        let length = found.size;
        // anything that others have written after it must not be cut off
        if (leftover?.inode === found.ino && leftover.to === length) {
          length = leftover.from;
          await handle.truncate(length);
        }
        size = await repairTornTail(handle, length);
        const firstMs = await readFirstTime(handle);
        const times = [firstMs ?? found.mtimeMs, found.birthtimeMs || found.mtimeMs, found.mtimeMs];
        // a time in the future comes from a clock that was ahead
        startedAt = Math.min(...times, now());
      }
      leftover = undefined;
      return { handle, device: found.dev, inode: found.ino, regular };
    } catch (error) {
      await handle.close().catch(() => {});
      throw error;
    }
  }

  async function release(): Promise<void> {
    const handle = live?.handle;
    live = undefined;
    await handle?.close().catch(() => {});
  }

  /** The open file that is at `path` now: a write into one that was deleted or moved would succeed and be lost. */
  async function current(): Promise<Live> {
    if (live !== undefined) {
      const found = await stat(path).catch(() => undefined);
      if (found?.ino !== live.inode || found.dev !== live.device) await release();
      else if (live.regular && found.size !== size) await takeOver(live, found.size);
    }
    live ??= await openFile();
    return live;
  }

  /** Another process has written to the file since; that process may have ended in the middle of a line. */
  async function takeOver({ handle }: Live, length: number): Promise<void> {
    if (size === 0) startedAt = now();
    size = lock.isMissing ? length : await repairTornTail(handle, length);
  }

  async function rotate({ handle }: Live): Promise<void> {
    const { mtimeMs } = await handle.stat();
    await release();
    newestMs ??= (await listRotatedFiles(path)).at(-1)?.endedAt ?? 0;
    // Later than all others, whatever the clock does; otherwise the newest file would seem old.
    const aside = await putAside(path, Math.max(mtimeMs, newestMs + 1));
    newestMs = aside?.endedAt ?? newestMs;
    // a folder of thousands of files is not listed for each new one, as long as there is room for files of other
    // processes, too
    room -= maxSharing;
    // A file that cannot be deleted now is tried again, and reported, at the next clean-up.
    if (room <= 0) await prune().catch(() => {});
  }

  async function prune(): Promise<void> {
    const left = await deleteRotatedFiles(path, maxFiles, now() - keepMs);
    newestMs = Math.max(newestMs ?? 0, left.at(-1)?.endedAt ?? 0);
    room = maxFiles - left.length;
  }

  /** The live file, rotated first if `moreBytes` do not fit or rotation is due. */
  async function withRoom(moreBytes: number): Promise<Live> {
    const file = await current();
    const isOver = size + moreBytes > maxBytes || now() - startedAt >= sliceMs;
    if (size === 0 || !file.regular || !isOver) return file;
    await rotate(file);
    return current();
  }

  /** Removes the part of a failed write that must not stay. */
  async function cut({ handle, inode, regular }: Live, length: number, to: number): Promise<void> {
    size = length;
    if (!regular) return;
    await handle.truncate(length).catch(() => {
      leftover = { inode, from: length, to };
    });
  }

  async function appendAlone(lines: Buffer, atomic: boolean): Promise<Appended> {
    let keptBytes = 0;
    try {
      while (keptBytes < lines.length) {
        const file = await withRoom(lines.length - keptBytes);
        if (size === 0) startedAt = now();
        const { writtenBytes, error } = await writeFully(file.handle, lines.subarray(keptBytes));
        if (error === undefined) {
          size += writtenBytes;
          return { keptBytes: lines.length };
        }
        const wholeBytes = atomic ? 0 : wholeLines(lines.subarray(keptBytes, keptBytes + writtenBytes));
        await cut(file, size + wholeBytes, size + writtenBytes);
        keptBytes += wholeBytes;
        // The file, not the disk, is full: there is a file size limit below ours. The next file takes the rest.
        if (error.code !== 'EFBIG' || !file.regular || size === 0) throw error;
        await rotate(file);
      }
      return { keptBytes };
    } catch (error) {
      await release();
      return { keptBytes, error: error as Error };
    }
  }

  async function tidyAlone(): Promise<void> {
    try {
      const file = await withRoom(0);
      if (file.regular) await prune();
    } catch (error) {
      await release();
      throw error;
    }
  }

  async function tidyOthers(paths: readonly string[]): Promise<void> {
    const oldest = now() - keepMs;
    const tried = await Promise.allSettled(
      paths.map((other) => deleteAbandonedFiles(other, maxFiles, oldest)),
    );
    const failure = tried.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  return {
    append: (lines, atomic) =>
      alone(() => appendAlone(lines, atomic)).catch((error: Error) => ({ keptBytes: 0, error })),
    tidy: () => alone(tidyAlone),
    tidyOthers,
    async close() {
      await release();
      lock.close();
    },
  };
}

/** Bytes up to and including the last line end. */
function wholeLines(data: Buffer): number {
  return data.lastIndexOf(newline) + 1;
}
