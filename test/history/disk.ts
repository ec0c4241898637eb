import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A small file system of its own at a folder, which only programs run by `launcher` see there. */
export type SmallDisk = {
  readonly launcher: readonly string[];
  /** Takes all the room that is left. */
  fill(): Promise<void>;
  /** Gives it back. */
  free(): Promise<void>;
  /** The texts of the files whose names begin and end so, by name. */
  read(prefix: string, suffix: string): Promise<ReadonlyMap<string, string>>;
  /** Ends it, with all that is on it. */
  close(): Promise<void>;
};

const bytes = 64 * 1024 * 1024;

/** @param unshare the command that runs another one where it may mount file systems */
export async function openSmallDisk(
  unshare: readonly string[],
  folder: string,
  cwd: string,
): Promise<SmallDisk> {
  const mount = `mount -t tmpfs -o size=${bytes} none "$0" && echo mounted && exec cat`;
  const [command, ...options] = [...unshare, 'sh', '-c', mount, folder];
  // it lives until its standard input is closed, as it is when this process ends
  const keeper: ChildProcess = spawn(command, options, { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(keeper, 'close');
  await Promise.race([
    once(keeper.stdout as NonNullable<typeof keeper.stdout>, 'data'),
    closed.then(([code]) => {
      throw new Error(`the file system could not be mounted: ${code}`);
    }),
  ]);
  const inside = join(`/proc/${keeper.pid}/root`, folder);
  const filler = join(inside, 'filler');
  const user = unshare.includes('--user') ? ['--user', '--preserve-credentials'] : [];
  return {
    launcher: [
      ...['nsenter', `--target=${keeper.pid}`, '--mount', ...user],
      ...['sh', '-c', 'cd "$0" && exec "$@"', cwd],
    ],
    async fill() {
      const file = await open(filler, 'w');
      for (let size = 1024 * 1024; size >= 4096; size /= 16) await writeUntilFull(file, Buffer.alloc(size));
      await file.close();
    },
    free: () => rm(filler, { force: true }),
    async read(prefix, suffix) {
      for (;;) {
        const names = (await readdir(inside)).filter(
          (name) => name.startsWith(prefix) && name.endsWith(suffix),
        );
        try {
          const texts = await Promise.all(names.map((name) => readFile(join(inside, name), 'utf8')));
          return new Map(names.map((name, i) => [name, texts[i]]));
        } catch (error) {
          // one was rotated or replaced in the meantime
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        }
      }
    },
    async close() {
      keeper.stdin?.end();
      await closed;
    },
  };
}

async function writeUntilFull(file: FileHandle, block: Buffer): Promise<void> {
  try {
    for (;;) await file.write(block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
