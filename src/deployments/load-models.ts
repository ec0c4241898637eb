import { dirname } from 'node:path';
import { type Artifact, loadArtifact } from '../model/artifact.ts';
import type { KnownModels } from '../outcomes/known-models.ts';
import { createPredictor } from '../predictors/index.ts';
import type { Predictor } from '../predictors/predictor.ts';

/** A model that can answer, and the file it was read from. */
export type LoadedModel = {
  readonly path: string;
  readonly artifact: Artifact;
  /** `undefined` for a model that is only watched. */
  readonly predictor: Predictor | undefined;
};

/** A file without a model that can answer; the error message names the file. */
export type UnusableFile = { readonly path: string; readonly error: Error };

export type LoadedModels = {
  readonly loaded: readonly LoadedModel[];
  readonly unusable: readonly UnusableFile[];
};

/**
 * Reads model files, and makes their predictors. If two have the same name, both are unusable, because it is ambiguous
 * which should answer.
 *
 * @param predictorOf returns the predictor of a model that is already in use, which is then reused
 */
export async function loadModels(
  paths: readonly string[],
  predictorOf: (artifact: Artifact) => Predictor | undefined = () => undefined,
): Promise<LoadedModels> {
  const read: Omit<LoadedModel, 'predictor'>[] = [];
  const unusable: UnusableFile[] = [];
  for (const path of paths) {
    try {
      read.push({ path, artifact: await loadArtifact(path) });
    } catch (error) {
      unusable.push({ path, error: error as Error });
    }
  }
  const loaded: LoadedModel[] = [];
  for (const [name, models] of Map.groupBy(read, ({ artifact }) => artifact.name)) {
    if (models.length > 1) {
      unusable.push(...models.map(({ path }) => ({ path, error: namesakes(name, path, models) })));
      continue;
    }
    const [{ path, artifact }] = models;
    try {
      const predictor =
        predictorOf(artifact) ?? (await createPredictor(artifact, { folder: dirname(path) }, path));
      loaded.push({ path, artifact, predictor });
    } catch (error) {
      unusable.push({ path, error: error as Error });
    }
  }
  return { loaded, unusable };
}

/** Drops models that could be confused with another one that is in use or stored (see `KnownModels.requireUnique`). */
export async function leaveOutTwins(
  { loaded, unusable }: LoadedModels,
  models: Pick<KnownModels, 'requireUnique'>,
): Promise<LoadedModels> {
  const unique: LoadedModel[] = [];
  const twins: UnusableFile[] = [];
  for (const model of loaded) {
    try {
      await models.requireUnique(model.artifact);
      unique.push(model);
    } catch (error) {
      twins.push({ path: model.path, error: error as Error });
      await model.predictor?.close?.();
    }
  }
  return { loaded: unique, unusable: [...unusable, ...twins] };
}

/** @throws Error in one line, naming every file that cannot be used */
export function requireAll({ loaded, unusable }: LoadedModels): readonly LoadedModel[] {
  if (unusable.length > 0) throw new Error(unusable.map(({ error }) => error.message).join('; '));
  return loaded;
}

function namesakes(name: string, path: string, models: readonly Pick<LoadedModel, 'path'>[]): Error {
  const others = models.map((model) => model.path).filter((other) => other !== path);
  return new Error(`${path}: the name of the model, ${name}, is also used by ${others.join(' and ')}`);
}
