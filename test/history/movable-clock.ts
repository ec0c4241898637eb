import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';

const libraries = ['/usr/lib/*/faketime/libfaketime.so.1', '/usr/local/lib/faketime/libfaketime.so.1'];

/** The library that moves a process's wall clock, where it is installed. */
export async function findClockLibrary(): Promise<string | undefined> {
  const { glob } = await import('node:fs/promises');
  for (const pattern of libraries) for await (const path of glob(pattern)) if (existsSync(path)) return path;
  return undefined;
}

/** A wall clock that can be moved while processes run by it. Their monotonic clocks go on. */
export type MovableClock = {
  readonly env: Readonly<Record<string, string>>;
  /** @param offset from the right time: `+420d`, `-1h` or `+0` */
  move(offset: string): Promise<void>;
};

/** @param file tells processes the offset; is made */
export async function openMovableClock(library: string, file: string): Promise<MovableClock> {
  const move = (offset: string) => writeFile(file, `${offset}\n`);
  await move('+0');
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    move,
  };
}
