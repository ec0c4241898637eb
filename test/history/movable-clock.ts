import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { run } from '../samples/support/child.ts';

/** A wall clock that can be moved while processes run by it. Their monotonic clocks go on. */
export type MovableClock = {
  readonly env: Readonly<Record<string, string>>;
  /** @param offset from the right time: `+420d`, `-1h` or `+0` */
  move(offset: string): Promise<void>;
};

/**
 * @param faketime the program, which knows where its library is
 * @param file tells processes the offset; is made
 */
export async function openMovableClock(faketime: string, file: string): Promise<MovableClock> {
  const library = (await run(faketime, ['-f', '+0', 'printenv', 'LD_PRELOAD'])).trim();
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

/** Removes what the library leaves behind of a process that was killed: with its id, a later one could not start. */
export function cleanUpClock(pid: number): void {
  for (const name of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`])
    rmSync(`/dev/shm/${name}`, { force: true });
}
