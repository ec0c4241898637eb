import { type FileHandle, link, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitForLock } from '../file-lock.ts';
import {
  copyPath,
  isRotatedPath,
  listCopies,
  listRotatedFiles,
  livePath,
  rotatedPath,
} from './rotated-files.ts';

const blockBytes = 256 * 1024;
const newline = 0x0a;
/** To parse a line takes as long as to search it for about so many ids. */
const maxSearched = 16;
/** A write that had begun before its file was put aside has ended when the file has not grown for this time. */
const quietMs = 250;

/** What is to stand where a line with one of the ids was. */
export type Leave = (line: { readonly id: string }) => object | undefined;

export type Forgotten = {
  /** Lines. */
  deleted: number;
  /** Names the first file that could not be read or replaced, and says why. */
  failure?: Error;
};

/**
 * Deletes the lines of some ids from a series of JSONL files: the live one and those rotated from it. Each file is
 * replaced in one step, by a copy without the lines; a failure leaves it as it was.
 *
 * A service may be writing the live file. That is first put aside under the name that rotation would give it: the
 * service opens a new one for its next line, and what it was still writing is waited for. So no line is lost. If no new
 * one was opened meanwhile, the file gets its name back.
 *
 * Deletions in one folder wait for each other: the copy of one would bring back what another has deleted.
 *
 * @param path of the live file, which need not be there; or of a rotated one, for that alone
 * @param leave the line that takes the place of a deleted one, if any
 */
export async function forgetRows(path: string, ids: ReadonlySet<string>, leave?: Leave): Promise<Forgotten> {
  // where there are no locks it goes on without one
  const lock = await waitForLock(join(dirname(path), '.forget.lock')).catch(() => undefined);
  const forgotten: Forgotten = { deleted: 0 };
  /** A file that cannot be read or replaced does not keep the others. */
  const attempt = async (file: string, work: () => Promise<number>) => {
    try {
      forgotten.deleted += await work();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      forgotten.failure ??= new Error(`${file}: ${code ?? message}`);
    }
  };
  try {
    if (lock !== undefined) await deleteCopies(path, attempt);
    if (isRotatedPath(path)) await attempt(path, () => forgetIn(path, ids, leave));
    else await forgetInSeries(path, ids, leave, attempt);
    return forgotten;
  } finally {
    lock?.release();
  }
}

type Attempt = (file: string, work: () => Promise<number>) => Promise<void>;

/** What a deletion that was killed has left holds lines as well; with the lock nobody else is making copies. */
async function deleteCopies(path: string, attempt: Attempt): Promise<void> {
  for (const copy of await listCopies(isRotatedPath(path) ? livePath(path) : path)) {
    await attempt(copy, () => rm(copy, { force: true }).then(() => 0));
  }
}

async function forgetInSeries(
  path: string,
  ids: ReadonlySet<string>,
  leave: Leave | undefined,
  attempt: Attempt,
): Promise<void> {
  const seen = new Set<string>();
  const forgetInRotated = async () => {
    for (const file of await listRotatedFiles(path).catch(() => [])) {
      if (seen.has(file.path)) continue;
      seen.add(file.path);
      // a service that deletes it meanwhile has done the same
      const gone = (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? 0 : Promise.reject(error));
      await attempt(file.path, () => forgetIn(file.path, ids, leave).catch(gone));
    }
  };
  await forgetInRotated();
  await attempt(path, () => forgetInLive(path, ids, leave));
  // the service may have rotated the live file before it was looked at
  await forgetInRotated();
}

async function forgetInLive(path: string, ids: ReadonlySet<string>, leave?: Leave): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || !(await holdsAny(path, ids))) return 0;
  const newest = (await listRotatedFiles(path)).at(-1)?.endedAt ?? 0;
  const aside = rotatedPath(path, Math.max(Math.floor(found.mtimeMs), newest + 1));
  await rename(path, aside);
  const deleted = await forgetIn(aside, ids, leave);
  await link(aside, path).then(
    () => unlink(aside),
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return deleted;
}

async function holdsAny(path: string, ids: ReadonlySet<string>): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    for await (const line of readLines(file, 0)) if (isOf(line, ids)) return true;
    return false;
  } finally {
    await file.close();
  }
}

/** Replaces one file, if it holds any of the ids. What is written to it meanwhile is taken over. */
async function forgetIn(path: string, ids: ReadonlySet<string>, leave?: Leave): Promise<number> {
  if (!(await holdsAny(path, ids))) return 0;
  const temporary = copyPath(path);
  const source = await open(path, 'r');
  try {
    const { mode, uid, gid, atime, mtime } = await source.stat();
    const target = await open(temporary, 'wx', mode & 0o777);
    let copied = { deleted: 0, end: 0 };
    try {
      const made = await target.stat();
      // the service, under another user, has to write to it
      if (made.uid !== uid || made.gid !== gid) await target.chown(uid, gid);
      const copy = async () => {
        const next = await copyOthers(source, target, copied.end, ids, leave);
        copied = { deleted: copied.deleted + next.deleted, end: next.end };
      };
      for (await copy(); await hasGrown(source, copied.end); await copy());
      // the age by which it will be deleted
      await target.utimes(atime, mtime);
      await target.sync();
      await rename(temporary, path);
      if ((await source.stat()).size > copied.end) await copy();
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

async function hasGrown(source: FileHandle, end: number): Promise<boolean> {
  await delay(quietMs);
  return (await source.stat()).size > end;
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

/** The lines from a place on, each with its line end; the last may have none. */
async function* readLines(file: FileHandle, start: number): AsyncGenerator<Buffer> {
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

/** Whether a line is of one of the ids. Beside few ids most lines are told by their bytes, without parsing them. */
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
