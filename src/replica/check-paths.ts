import { randomUUID } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { open, readlink, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, matchesGlob, relative, resolve, sep } from 'node:path';
import { isPattern, splitModelPath } from '../files/model-paths.ts';
import { matcherOf, pathOf, sharedFolder } from '../files/path-pattern.ts';
import { isRotatedPath, livePath, originalPath } from '../files/rotated-files.ts';
import { modelsFolder } from '../outcomes/model-files.ts';
import type { Config } from '../settings/config.ts';

/** Settings that name files that are only read. */
const readOnly = [
  'OUTCOME_KEY_FILE',
  'OUTCOMES_TOKEN_FILE',
  'OUTCOME_DEDUP_PASSWORD_FILE',
  'OTEL_EXPORTER_OTLP_CERTIFICATE',
  'OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE',
  'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE',
  'OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE',
  'OTEL_EXPORTER_OTLP_CLIENT_KEY',
  'OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY',
] as const;

type PathSettings = Pick<Config, 'MODEL_PATH' | 'SAMPLES_PATH' | 'OUTCOMES_PATH' | (typeof readOnly)[number]>;

/** A setting's path, for this replica, with what it resolves to on disk. */
type Place = {
  /** `NAME=value`, as the operator wrote it. */
  readonly setting: string;
  /** Absolute, without links. */
  readonly path: string;
  /** The same with `{instance}` in it. */
  readonly pattern: string;
  /** Device and inode, if the file exists. */
  readonly identity: string | undefined;
  /** The nearest parent folder that exists. */
  readonly above: { readonly path: string; readonly identity: string };
  /** Neither a file nor a folder, such as `/dev/null`: never rotated, so that it may be shared. */
  readonly isDevice: boolean;
};

const keptExample = '0123456789abcdef.json';
const keptModel = /^[0-9a-f]{16}(\.immature)?\.json$/i;

/**
 * Rejects settings by which a file that the service writes, rotates and deletes is, or could become, another of its
 * files: the same file in any spelling, one that the other rotates to, a hidden one such as a lock, or one of another
 * replica. Outcomes must go to a file.
 *
 * @param name stands for `{instance}`
 * @throws Error in one line that names the settings
 */
export async function checkPaths(settings: PathSettings, name: string): Promise<void> {
  const place = (setting: keyof PathSettings) => placeOf(setting, settings[setting] ?? '', name);
  const [samples, outcomes] = await Promise.all([place('SAMPLES_PATH'), place('OUTCOMES_PATH')]);
  if (outcomes.isDevice) {
    throw new Error(
      `${outcomes.setting} is a device, pipe or socket: choose a file, as models, key and counts are kept next to it`,
    );
  }
  const read = await Promise.all([
    ...(await modelFiles(settings.MODEL_PATH, name)).map((part) => placeOf('MODEL_PATH', part, name)),
    ...readOnly.filter((setting) => settings[setting] !== undefined).map(place),
  ]);
  await refuseOverlap(samples, outcomes);
  await refuseOverlap(outcomes, samples);
  for (const written of [samples, outcomes]) {
    for (const other of read) await refuseOverlap(written, other);
  }
  const models = modelsFolder(outcomes.path);
  if (await readsModels(settings.MODEL_PATH, name, join(models, keptExample))) {
    throw new Error(
      `MODEL_PATH=${settings.MODEL_PATH} is where models are stored next to ${outcomes.setting}: choose another folder`,
    );
  }
  for (const { setting, path, isDevice } of [samples, outcomes]) {
    if (isDevice || !(await readsModels(settings.MODEL_PATH, name, path))) continue;
    throw new Error(
      `MODEL_PATH=${settings.MODEL_PATH} would treat ${setting} as a model: choose another folder`,
    );
  }
  for (const { setting, path } of [samples, outcomes]) {
    if (basename(path).startsWith('.')) {
      throw new Error(
        `${setting}: hidden files are the service's own: choose a name without a dot at its beginning`,
      );
    }
    if (path !== models && !(dirname(path) === models && keptModel.test(basename(path)))) continue;
    throw new Error(`${setting} is where models are stored next to ${outcomes.setting}: choose another name`);
  }
}

/** The parts of `MODEL_PATH` that are files, or may become files. */
async function modelFiles(modelPath: string, name: string): Promise<string[]> {
  const parts = splitModelPath(modelPath);
  const isFile = await Promise.all(
    parts.map(async (part) => {
      const path = pathOf(part, name);
      return !isPattern(path) && (await statOf(path))?.isDirectory() !== true;
    }),
  );
  return parts.filter((_part, i) => isFile[i]);
}

/** Whether a file that is written would be read as a model: it lies in a folder of models, or fits a pattern. */
async function readsModels(modelPath: string, name: string, written: string): Promise<boolean> {
  for (const part of splitModelPath(pathOf(modelPath, name))) {
    const place = await withoutLinks(resolve(part));
    const isFolder = (await statOf(place))?.isDirectory() === true;
    if (isFolder && dirname(written) === place && written.endsWith('.json')) return true;
    if (!isFolder && isPattern(part) && matchesGlob(written, place)) return true;
  }
  return false;
}

/** @throws Error if `other` is among the files of the series `written`, or one is a folder that the other needs */
async function refuseOverlap(written: Place, elsewhere: Place): Promise<void> {
  if (written.isDevice) return;
  const other = asSeenFrom(written.above, elsewhere);
  const asTheyAre = (text: string) => text;
  const withoutCase = (text: string) => text.toLowerCase();
  const found =
    overlapOf(written, other, asTheyAre) ??
    // queries the file system only if its answer matters
    (overlapOf(written, other, withoutCase) && (await ignoresCase(dirname(written.path)))
      ? overlapOf(written, other, withoutCase)
      : undefined);
  if (found !== undefined) throw new Error(`${written.setting} and ${other.setting}${found}`);
}

/** A folder can be mounted in two places: its files have two paths then, and neither is a link. */
function asSeenFrom(above: Place['above'], place: Place): Place {
  if (place.above.identity !== above.identity) return place;
  return { ...place, path: join(above.path, relative(place.above.path, place.path)) };
}

function overlapOf(written: Place, other: Place, fold: (text: string) => string): string | undefined {
  const [path, theirs] = [fold(written.path), fold(other.path)];
  const isSame = written.identity !== undefined && written.identity === other.identity;
  if (isSame || path === theirs) return ' are the same file: give each its own';
  if (theirs.startsWith(`${path}${sep}`) || path.startsWith(`${theirs}${sep}`)) {
    return ': one is a folder that the other needs';
  }
  const series = matcherOf(fold(written.pattern));
  const original = originalPath(other.path);
  const live = isRotatedPath(original) ? livePath(original) : original;
  return [other.path, original, live].some((name) => series.test(fold(name)))
    ? ': the first takes the name of the second when it is rotated or copied, or for another replica: give each a name or a folder of its own'
    : undefined;
}

async function placeOf(setting: string, value: string, name: string): Promise<Place> {
  const path = await withoutLinks(resolve(pathOf(value, name)));
  const folder = sharedFolder(resolve(value));
  const found = await statOf(path);
  return {
    setting: `${setting}=${value}`,
    path,
    pattern:
      value === pathOf(value, name)
        ? path
        : join(await withoutLinks(folder), resolve(value).slice(folder.length)),
    identity: found && identityOf(found),
    above: await firstAbove(path),
    isDevice: found !== undefined && !found.isFile() && !found.isDirectory(),
  };
}

async function firstAbove(path: string): Promise<Place['above']> {
  const folder = dirname(path);
  const found = await statOf(folder);
  if (found !== undefined) return { path: folder, identity: identityOf(found) };
  return folder === dirname(folder) ? { path: folder, identity: folder } : firstAbove(folder);
}

async function statOf(path: string): Promise<BigIntStats | undefined> {
  return stat(path, { bigint: true }).catch(() => undefined);
}

function identityOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/** What a path resolves to, as far as it exists; links to files that do not exist yet are followed, too. */
async function withoutLinks(path: string, linksLeft = 40): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined || dirname(path) === path) return real ?? path;
  const target = await readlink(path).catch(() => undefined);
  const folder = await withoutLinks(dirname(path), linksLeft);
  if (target === undefined || linksLeft === 0) return join(folder, basename(path));
  return withoutLinks(resolve(folder, target), linksLeft - 1);
}

/** Whether names that differ only in case are the same file there, or in the nearest parent folder that exists. */
async function ignoresCase(folder: string): Promise<boolean> {
  const probe = join(folder, `.probe-${randomUUID()}`);
  const made = await open(probe, 'wx').catch((error: NodeJS.ErrnoException) => error);
  if (made instanceof Error) {
    return made.code === 'ENOENT' && dirname(folder) !== folder ? ignoresCase(dirname(folder)) : false;
  }
  try {
    return (await stat(join(folder, basename(probe).toUpperCase())).catch(() => undefined)) !== undefined;
  } finally {
    await made.close();
    await rm(probe, { force: true });
  }
}
