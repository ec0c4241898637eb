import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { copyPath } from '../files/rotated-files.ts';
import type { SeriesLock } from '../files/series-lock.ts';

const blockBytes = 256 * 1024;
const newline = 0x0a;
/** Parsing a line takes as long as searching it for about this many ids. */
const maxSearched = 16;
/** A write that began before its file was moved aside has ended if the file has not grown for this long. */
const quietMs = 250;

/** What replaces a line with one of the ids. */
export type Leave = (line: { readonly id: string }) => object | undefined;

/**
 * The file was replaced, renamed or deleted while it was copied: the copy would restore what another process has
 * deleted.
 */
export class FileChanged extends Error {}

/** Whether a file holds a line of one of the ids. */
export async function holdsAny(path: string, ids: ReadonlySet<string>): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    for await (const line of readLines(file, 0)) if (isOf(line, ids)) return true;
    return false;
  } finally {
    await file.close();
  }
}

/**
 * Replaces one file by a copy without the lines of some ids, if it contains any. Lines written to it in the meantime
 * are copied, too.
 *
 * @param lock the lock of the file's series: nobody writes while the copy takes its place
 * @returns how many lines were deleted
 * @throws FileChanged if there is a different file at the path by then; nothing has been changed
 */
export async function forgetInFile(
  path: string,
  ids: ReadonlySet<string>,
  leave: Leave | undefined,
  lock: SeriesLock,
): Promise<number> {
  if (!(await holdsAny(path, ids))) return 0;
  // if it is a link, the file that it points to has to be replaced
  const real = await realpath(path);
  const temporary = copyPath(real);
  const source = await open(real, 'r');
  try {
    const { dev, ino, mode, uid, gid, atime, mtime } = await source.stat();
    const target = await open(temporary, 'wx', mode & 0o777);
    let copied = { deleted: 0, end: 0 };
    const copy = async () => {
      const next = await copyOthers(source, target, copied.end, ids, leave);
      copied = { deleted: copied.deleted + next.deleted, end: next.end };
    };
    const hasGrown = async () => (await source.stat()).size > copied.end;
    try {
      const made = await target.stat();
      // the service, running as another user, has to be able to write to it
      if (made.uid !== uid || made.gid !== gid) await target.chown(uid, gid);
      do {
        await copy();
        await delay(quietMs);
      } while (await hasGrown());
      await target.sync();
      await lock.hold(async () => {
        if (await hasGrown()) await copy();
        const there = await stat(path).catch(() => undefined);
        if (there?.ino !== ino || there.dev !== dev)
          throw new FileChanged(`${path}: was changed in the meantime`);
        // the age by which it will be deleted
        await target.utimes(atime, mtime);
        await rename(temporary, real);
        // only a process that does not take the lock can have written since
        if (await hasGrown()) await copy();
      });
    } finally {
      await target.close();
    }
    return copied.deleted;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await source.close();
  }
}

async function copyOthers(
  source: FileHandle,
  target: FileHandle,
  start: number,
  ids: ReadonlySet<string>,
  leave: Leave = () => undefined,
): Promise<{ deleted: number; end: number }> {
  let deleted = 0;
  let end = start;
  let kept: Buffer[] = [];
  let keptBytes = 0;
  const flush = async () => {
    await target.appendFile(Buffer.concat(kept));
    kept = [];
    keptBytes = 0;
  };
  for await (const line of readLines(source, start)) {
    end += line.length;
    let rest: Buffer | undefined = line;
    if (isOf(line, ids)) {
      deleted++;
      const left = leave(JSON.parse(line.toString()));
      rest = left && Buffer.from(`${JSON.stringify(left)}\n`);
    }
    if (rest === undefined) continue;
    kept.push(rest);
    keptBytes += rest.length;
    if (keptBytes >= blockBytes) await flush();
  }
  await flush();
  return { deleted, end };
}

/** The lines from an offset on, each with its line end; the last may have none. */
export async function* readLines(file: FileHandle, start: number): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for (let position = start; ; ) {
    const block = Buffer.alloc(blockBytes);
    const { bytesRead } = await file.read(block, 0, blockBytes, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const data = Buffer.concat([rest, block.subarray(0, bytesRead)]);
    let from = 0;
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline, from)) {
      yield data.subarray(from, end + 1);
      from = end + 1;
    }
    rest = data.subarray(from);
  }
  if (rest.length > 0) yield rest;
}

/**
 * Whether a line has one of the ids. If there are few ids, most lines are ruled out by their bytes, without parsing
 * them.
 */
function isOf(line: Buffer, ids: ReadonlySet<string>): boolean {
  if (ids.size <= maxSearched && !holdsText(line, ids)) return false;
  try {
    return ids.has((JSON.parse(line.toString()) as { id: string }).id);
  } catch {
    return false;
  }
}

function holdsText(line: Buffer, texts: Iterable<string>): boolean {
  for (const text of texts) if (line.includes(text)) return true;
  return false;
}
