import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../files/make-folder.ts';
import { listRotatedFiles } from '../files/rotated-files.ts';
import type { Config } from '../settings/config.ts';
import { type AgeClock, type ClockState, createAgeClock } from '../times/age-clock.ts';

const saveIntervalMs = 3_600_000;
const schema = z.object({
  knownMs: z.number(),
  doubtedForMs: z.number().nonnegative(),
  aheadMs: z.number().default(0),
});

/**
 * Opens the clock by which the age of stored data is measured. The last known time is kept in a hidden file next to the
 * outcomes; if there is none, the time of the newest sample or outcome is used.
 *
 * @param onProblem told in one line that the clock has jumped, or why the file cannot be written
 */
export async function openAgeClock(
  { SAMPLES_PATH, OUTCOMES_PATH }: Pick<Config, 'SAMPLES_PATH' | 'OUTCOMES_PATH'>,
  onProblem: (message: string) => void,
): Promise<AgeClock & { close(): Promise<void> }> {
  const path = join(dirname(OUTCOMES_PATH), '.clock.json');
  const clock = createAgeClock(
    (await readState(path)) ?? (await newestRecord([SAMPLES_PATH, OUTCOMES_PATH])),
    { onProblem },
  );
  let saving: Promise<void> = Promise.resolve();
  let said: string | undefined;
  async function write(): Promise<void> {
    try {
      await makeFolder(dirname(path));
      // in place: a torn write is ignored when read, and a process that is killed leaves nothing behind
      await writeFile(path, JSON.stringify(clock.state()), { mode: 0o640 });
      said = undefined;
    } catch (error) {
      const problem = `${path}: cannot be written: ${(error as NodeJS.ErrnoException).code ?? error}`;
      if (problem !== said) onProblem(problem);
      said = problem;
    }
  }
  const save = () => {
    saving = saving.then(write);
    return saving;
  };
  const timer = setInterval(save, saveIntervalMs).unref();
  save();
  return {
    ...clock,
    close() {
      clearInterval(timer);
      return save();
    },
  };
}

async function readState(path: string): Promise<ClockState | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

async function newestRecord(series: readonly string[]): Promise<ClockState | undefined> {
  const times = await Promise.all(
    series.map(async (path) => {
      const rotated = await listRotatedFiles(path).catch(() => []);
      const live = await stat(path).catch(() => undefined);
      const writtenMs = live?.isFile() && live.size > 0 ? live.mtimeMs : Number.NEGATIVE_INFINITY;
      return Math.max(writtenMs, rotated.at(-1)?.endedAt ?? Number.NEGATIVE_INFINITY);
    }),
  );
  const knownMs = Math.max(Number.NEGATIVE_INFINITY, ...times);
  return Number.isFinite(knownMs) ? { knownMs, doubtedForMs: 0, aheadMs: 0 } : undefined;
}
