import { readdir, stat } from 'node:fs/promises';
import type { Config } from '../config.ts';
import { modelsFolder } from '../outcomes/open-outcomes.ts';
import { formatAmount, formatCount } from '../report/format.ts';
import { listRotatedFiles } from '../samples/rotated-files.ts';
import { listNames, pathOf } from './path-pattern.ts';

const artifactName = /^[0-9a-f]{16}\.json$/;

type Found = { readonly files: number; readonly bytes: number };

/**
 * Says in one line what replicas of other names, running or gone, have left where the settings' paths put it. Files
 * are counted and not read, for there may be gigabytes of them.
 *
 * @param own the name of this replica, which is not among them
 * @param patterns the paths of the settings, in which `{instance}` may stand
 */
export async function describeEarlierState(
  own: string,
  { SAMPLES_PATH, OUTCOMES_PATH }: Pick<Config, 'SAMPLES_PATH' | 'OUTCOMES_PATH'>,
): Promise<string> {
  const listed = await Promise.all([SAMPLES_PATH, OUTCOMES_PATH].map(listNames));
  const names = [...new Set(listed.flat())].filter((name) => name !== own);
  const found = await Promise.all(
    names.map(async (name) => ({
      samples: await measure(SAMPLES_PATH, name),
      outcomes: await measure(OUTCOMES_PATH, name),
    })),
  );
  const others = found.filter(({ samples, outcomes }) => samples.files + outcomes.files > 0);
  if (others.length === 0) return 'no files of other names';
  const folders = new Set(names.map((name) => modelsFolder(pathOf(OUTCOMES_PATH, name))));
  folders.delete(modelsFolder(pathOf(OUTCOMES_PATH, own)));
  const models = await Promise.all([...folders].map(countModels));
  return [
    `files of ${formatAmount(others.length, 'other name')} too: samples in ${describe(others.map(({ samples }) => samples))}`,
    `outcomes in ${describe(others.map(({ outcomes }) => outcomes))}`,
    formatAmount(sum(models), 'model'),
  ].join(', ');
}

/** The live file of a series and those rotated from it. */
async function measure(pattern: string, name: string): Promise<Found> {
  const path = pathOf(pattern, name);
  // a path that does not depend on the name is nobody else's
  if (path === pattern) return { files: 0, bytes: 0 };
  const rotated = await listRotatedFiles(path).catch(() => []);
  const found = await Promise.all(
    [path, ...rotated.map((file) => file.path)].map((file) => stat(file).catch(() => undefined)),
  );
  const sizes = found.flatMap((file) => (file?.isFile() ? file.size : []));
  return { files: sizes.length, bytes: sum(sizes) };
}

async function countModels(folder: string): Promise<number> {
  const entries = await readdir(folder).catch(() => []);
  return entries.filter((entry) => artifactName.test(entry)).length;
}

function describe(found: readonly Found[]): string {
  const bytes = sum(found.map((one) => one.bytes));
  const size = bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${formatCount(Math.round(bytes / 1e6))} MB`;
  return `${formatAmount(sum(found.map(({ files }) => files)), 'file')} (${size})`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
