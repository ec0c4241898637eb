import { readdir, stat } from 'node:fs/promises';
import { listNames, pathOf } from '../files/path-pattern.ts';
import { listRotatedFiles } from '../files/rotated-files.ts';
import { modelsFolder } from '../outcomes/model-files.ts';
import type { Config } from '../settings/config.ts';
import { formatAmount, formatCount } from '../text/format.ts';

const artifactName = /^[0-9a-f]{16}\.json$/;

type Found = { readonly files: number; readonly bytes: number };

/**
 * Says in one line which files exist when a replica starts, under its own name and others, running or gone, at the
 * settings' paths. Files are counted, not read, because there may be gigabytes of them.
 *
 * @param own the name of this replica
 * @param patterns the paths of the settings, in which `{instance}` may stand
 */
export async function describeEarlierState(
  own: string,
  patterns: Pick<Config, 'SAMPLES_PATH' | 'OUTCOMES_PATH'>,
): Promise<string> {
  const listed = await Promise.all([patterns.SAMPLES_PATH, patterns.OUTCOMES_PATH].map(listNames));
  const names = [...new Set(listed.flat())].filter((name) => name !== own);
  const mine = await measure(own, patterns);
  const found = await Promise.all(names.map((name) => measure(name, patterns)));
  const others = found.filter(({ samples, outcomes }) => samples.files + outcomes.files > 0);
  // without `{instance}` in the path of outcomes, their models belong to this replica
  const theirs = others.filter(({ models }) => models.folder !== mine.models.folder);
  const other = others.length === 0 ? 'other names' : formatAmount(others.length, 'other name');
  return `found of its own: ${describe([mine], [mine])}; of ${other}: ${describe(others, theirs)}`;
}

async function measure(
  name: string,
  { SAMPLES_PATH, OUTCOMES_PATH }: Pick<Config, 'SAMPLES_PATH' | 'OUTCOMES_PATH'>,
) {
  const folder = modelsFolder(pathOf(OUTCOMES_PATH, name));
  const [samples, outcomes, count] = await Promise.all([
    measureSeries(SAMPLES_PATH, name),
    measureSeries(OUTCOMES_PATH, name),
    countModels(folder),
  ]);
  return { samples, outcomes, models: { folder, count } };
}

type Measured = Awaited<ReturnType<typeof measure>>;

function describe(found: readonly Measured[], withModels: readonly Measured[]): string {
  const samples = found.map((one) => one.samples);
  const outcomes = found.map((one) => one.outcomes);
  const models = new Map(withModels.map((one) => [one.models.folder, one.models.count]));
  if (sum([...samples, ...outcomes].map(({ files }) => files)) === 0) return 'nothing';
  return `samples in ${describeFiles(samples)}, outcomes in ${describeFiles(outcomes)}, ${formatAmount(sum([...models.values()]), 'model')}`;
}

/** The live file of a series and those rotated from it. */
async function measureSeries(pattern: string, name: string): Promise<Found> {
  const path = pathOf(pattern, name);
  // a path that does not depend on the name does not belong to it
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

function describeFiles(found: readonly Found[]): string {
  const bytes = sum(found.map((one) => one.bytes));
  const size = bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${formatCount(Math.round(bytes / 1e6))} MB`;
  return `${formatAmount(sum(found.map(({ files }) => files)), 'file')} (${size})`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
