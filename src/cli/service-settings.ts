import { stat } from 'node:fs/promises';
import { findModelFiles } from '../files/model-paths.ts';
import { hasPlaceholder, listNames, pathOf } from '../files/path-pattern.ts';
import { type Config, ConfigError, readSetting } from '../settings/config.ts';
import { UsageError } from './run-cli.ts';

/**
 * One of the service's own settings: a command that runs where the service does finds its model and its files by
 * itself. The others are not looked at.
 *
 * @throws ConfigError when it cannot be used
 */
export function serviceSetting<Name extends keyof Config>(name: Name): Config[Name] {
  const value = readSetting(process.env, name);
  // every replica has the same model, and the first the one that is there alone
  return name === 'MODEL_PATH'
    ? (pathOf(value as string, serviceSetting('SERVICE_INSTANCE') ?? 'replica-1') as Config[Name])
    : value;
}

/**
 * The model file that a command works with: the one given, or the only one that `MODEL_PATH` matches.
 *
 * @throws UsageError where there are several, naming them
 */
export async function modelFile(given?: string): Promise<string> {
  if (given !== undefined) return given;
  const files = await findModelFiles(serviceSetting('MODEL_PATH'));
  if (files.length === 1) return files[0];
  throw new UsageError(`MODEL_PATH stands for several models: choose one with --model ${files.join(' or ')}`);
}

/** A setting for a help text, which also has to be there when the setting cannot be used: then its default. */
export function shownSetting(name: keyof Config): string {
  try {
    return String(serviceSetting(name));
  } catch (error) {
    if (error instanceof ConfigError) return String(readSetting({}, name));
    throw error;
  }
}

/**
 * The live files of a setting's path: with `{instance}` in it those of the replica that `SERVICE_INSTANCE` names, or of
 * all that have left something, running or gone.
 */
export async function replicaFiles(pattern: string): Promise<string[]> {
  const name = serviceSetting('SERVICE_INSTANCE');
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
