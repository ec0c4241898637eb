import { open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, parse } from 'node:path';

/** A closed file of a rotated series, with the time of its last line. */
export type RotatedFile = { readonly path: string; readonly endedAt: number };

const stamp = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/;
/** The name of a closed file without its folder: the parts of the live file's name around the timestamp. */
const rotatedName = /^(.+)\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z(\.[^.]*)?$/;

/**
 * The name to which `path` is rotated: `logs/input_samples.jsonl` becomes
 * `logs/input_samples.2026-01-31T12-00-00.000Z.jsonl` (UTC). The names sort by time, the live file after them, and
 * `logs/input_samples*.jsonl` finds them all.
 *
 * @param endedAt when its last line was written, in ms since 1970
 */
export function rotatedPath(path: string, endedAt: number): string {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.${new Date(endedAt).toISOString().replaceAll(':', '-')}${ext}`);
}

/** Whether a file name is that of a closed file. */
export function isRotatedPath(path: string): boolean {
  return rotatedName.test(basename(path));
}

/** The path of the live file that a closed one was rotated from. */
export function livePath(path: string): string {
  return join(dirname(path), basename(path).replace(rotatedName, '$1$2'));
}

/** The closed files of the series that `path` is the live file of, oldest first. No other files are ever listed. */
export async function listRotatedFiles(path: string): Promise<RotatedFile[]> {
  return rotatedFiles(path, await readdir(parse(path).dir || '.'));
}

/**
 * The paths of all files of a series: the rotated ones, oldest first, then the live one, if there is one. All come from
 * one look at the folder, so a file that is renamed from one of these names to another is listed once.
 */
export async function listSeries(path: string): Promise<string[]> {
  const { dir, base } = parse(path);
  const entries = await readdir(dir || '.');
  const files = rotatedFiles(path, entries).map((file) => file.path);
  return entries.includes(base) ? [...files, path] : files;
}

function rotatedFiles(path: string, entries: readonly string[]): RotatedFile[] {
  const { dir, name, ext } = parse(path);
  const files: RotatedFile[] = [];
  for (const entry of entries) {
    if (!entry.startsWith(`${name}.`) || !entry.endsWith(ext)) continue;
    const middle = entry.slice(name.length + 1, entry.length - ext.length);
    if (!stamp.test(middle)) continue;
    const endedAt = Date.parse(middle.replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:'));
    files.push({ path: join(dir, entry), endedAt });
  }
  return files.sort((a, b) => a.endedAt - b.endedAt);
}

/**
 * Renames the live file to its rotated name. The name is reserved first: a rename to a name that another process has
 * just taken would replace its file.
 *
 * @param endedAt when its last line was written, in ms since 1970; if that name is taken, the next free one is used
 * @returns where it is now; `undefined` if it does not exist, as another process has rotated it
 */
export async function putAside(path: string, endedAt: number): Promise<RotatedFile | undefined> {
  for (let ms = Math.floor(endedAt); ; ms++) {
    const name = rotatedPath(path, ms);
    if (!(await makeEmpty(name))) continue;
    try {
      await rename(path, name);
      return { path: name, endedAt: ms };
    } catch (error) {
      await unlink(name).catch(() => {});
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return undefined;
    }
  }
}

/** @returns false if a file of that name already exists */
async function makeEmpty(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx', 0o640)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** The name under which a file is copied before the copy takes its place: `logs/input_samples.jsonl.4711.tmp`. */
export function copyPath(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

/** The path of the file that a copy was made from; any other path unchanged. */
export function originalPath(path: string): string {
  return path.replace(/\.\d+\.tmp$/, '');
}

/** Copies of the live file and of closed ones: a deletion of rows that was killed leaves them behind. */
export async function listCopies(path: string): Promise<string[]> {
  const { dir, base } = parse(path);
  const entries = await readdir(dir === '' ? '.' : dir);
  return entries
    .filter((entry) => {
      const original = originalPath(entry);
      return (
        original !== entry && (original === base || (isRotatedPath(original) && livePath(original) === base))
      );
    })
    .map((entry) => join(dir, entry));
}

/**
 * Deletes closed files beyond the newest `keep`, those that ended before `oldest` (ms since 1970), and equally old
 * copies that were never finished.
 *
 * @returns those that remain
 * @throws the file system's error if one that must go cannot be deleted
 */
export async function deleteRotatedFiles(path: string, keep: number, oldest: number): Promise<RotatedFile[]> {
  const files = await listRotatedFiles(path);
  const left: RotatedFile[] = [];
  for (const [i, file] of files.entries()) {
    if (i >= files.length - keep && !((await endOf(file)) < oldest)) left.push(file);
    else await unlinkIfThere(file.path);
  }
  for (const copy of await listCopies(path)) await unlinkIfOlder(copy, oldest);
  return left;
}

/** A name in the future comes from a clock that was ahead, or follows such a name. */
async function endOf({ path, endedAt }: RotatedFile): Promise<number> {
  if (endedAt <= Date.now()) return endedAt;
  const found = await stat(path).catch(() => undefined);
  return found?.mtimeMs ?? endedAt;
}

/**
 * Does the same for a series that another process writes or has left behind, and also deletes its live file if nothing
 * was written to it since `oldest`: a process that still has it open notices that and creates another.
 *
 * @throws the file system's error if one that must go cannot be deleted
 */
export async function deleteAbandonedFiles(path: string, keep: number, oldest: number): Promise<void> {
  await unlinkIfOlder(path, oldest);
  const isThere = (await stat(parse(path).dir || '.').catch(() => undefined)) !== undefined;
  if (isThere) await deleteRotatedFiles(path, keep, oldest);
}

async function unlinkIfOlder(path: string, oldest: number): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() && found.mtimeMs < oldest) await unlinkIfThere(path);
}

async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
