import { stat } from 'node:fs/promises';
import { processConfig } from '../config.ts';
import { exitOnFailure } from '../exit-on-failure.ts';
import { hasPlaceholder, listNames, pathOf } from '../replica/path-pattern.ts';

const config = exitOnFailure(processConfig);

/** The service's own settings: a command that runs where the service does finds its model and its files by itself. */
export const serviceSettings = {
  ...config,
  // every replica has the same model, and the first the one that is there alone
  MODEL_PATH: pathOf(config.MODEL_PATH, config.SERVICE_INSTANCE ?? 'replica-1'),
};

/**
 * The live files of a setting's path: with `{instance}` in it those of the replica that `SERVICE_INSTANCE` names, or of
 * all that have left something, running or gone.
 */
export async function replicaFiles(pattern: string): Promise<string[]> {
  const { SERVICE_INSTANCE: name } = config;
  return name === undefined ? allReplicaFiles(pattern) : [pathOf(pattern, name)];
}

/** The same whatever `SERVICE_INSTANCE` is. */
export async function allReplicaFiles(pattern: string): Promise<string[]> {
  const names = await listNames(pattern);
  return hasPlaceholder(pattern) && names.length > 0 ? names.map((name) => pathOf(pattern, name)) : [pattern];
}

/** Those of the files that are there, or all, so that the reader says that they are not. */
export async function thoseThere(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  const there = paths.filter((_path, i) => found[i] !== undefined);
  return there.length > 0 ? there : [...paths];
}
