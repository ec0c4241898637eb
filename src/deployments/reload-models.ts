import { resolve, sep } from 'node:path';
import type { Logger } from 'pino';
import { findModelFiles } from '../files/model-paths.ts';
import type { Artifact } from '../model/artifact.ts';
import type { KnownModels } from '../outcomes/known-models.ts';
import { oneLine } from '../text/one-line.ts';
import type { Deployments } from './deployments.ts';
import { type LoadedModels, leaveOutTwins, loadModels, type UnusableFile } from './load-models.ts';

/**
 * Makes the function that reloads the models of `MODEL_PATH`: new models and new versions answer from then on, and
 * those whose file has disappeared from a folder or a pattern stop answering. A model whose file cannot be used keeps
 * answering unchanged, and so do all models if no file can be used. The log says what happened to each. The function
 * never rejects.
 *
 * @param options.required names of models that are never retired, because a setting names them
 */
export function createReload(
  options: {
    readonly modelPath: string;
    readonly required: readonly string[];
    readonly deployments: Deployments;
    readonly models: Pick<KnownModels, 'requireUnique'>;
  },
  logger: Pick<Logger, 'info' | 'warn' | 'error'>,
): () => Promise<void> {
  const { modelPath, required, deployments, models } = options;
  let reloads = 0;
  const say = ({ name, version }: Artifact, what: string) =>
    logger.info({ event: 'reload', model: name, version }, what);

  /** The names of models that were read from a place: from this file, or from this folder, which is gone. */
  function modelsOf(path: string): readonly string[] {
    const place = resolve(path);
    return deployments.answering
      .map(({ artifact }) => artifact.name)
      .filter((name) => {
        const file = resolve(deployments.pathOf(name) ?? '');
        return file === place || file.startsWith(`${place}${sep}`);
      });
  }

  function sayUnusable({ path, error }: UnusableFile): void {
    const names = modelsOf(path);
    if (names.length === 0) logger.error({ event: 'reload' }, `the file is ignored: ${oneLine(error)}`);
    for (const name of names) sayStays(name, oneLine(error));
  }

  function sayStays(name: string, why: string): void {
    logger.error({ event: 'reload', model: name }, `the model in service stays: ${why}`);
  }

  function retireOthers({ loaded, unusable }: LoadedModels): void {
    const stays = new Set(loaded.map(({ artifact }) => artifact.name));
    const unread = new Set(unusable.flatMap(({ path }) => modelsOf(path)));
    for (const { artifact } of deployments.answering) {
      const { name } = artifact;
      if (stays.has(name) || unread.has(name)) continue;
      if (required.includes(name)) sayStays(name, 'its file is gone, but a setting names it');
      else if (loaded.length === 0) sayStays(name, 'its file is gone, and no other file can be used');
      else {
        deployments.retire(name);
        say(artifact, 'no longer answers: its file is gone');
      }
    }
  }

  return async () => {
    const turn = ++reloads;
    try {
      const files = await findModelFiles(modelPath);
      const read = await leaveOutTwins(await loadModels(files, deployments.predictorOf), models);
      // reading took so long that a newer reload has finished in the meantime
      const isLate = turn !== reloads;
      const hadDefault = deployments.default !== undefined;
      for (const model of read.loaded) {
        if (isLate) {
          say(model.artifact, 'was read too late: the model was reloaded in the meantime');
          if (deployments.predictorOf(model.artifact) !== model.predictor) await model.predictor?.close?.();
        } else say(model.artifact, deployments.put(model) ? 'answers from now on' : 'is the same as before');
      }
      for (const file of read.unusable) sayUnusable(file);
      if (!isLate) retireOthers(read);
      if (hadDefault && deployments.default === undefined) {
        logger.warn({ event: 'reload' }, 'there is no default model any more: set DEFAULT_MODEL');
      }
    } catch (error) {
      const stay =
        deployments.answering.length === 1 ? 'the model in service stays' : 'the models in service stay';
      logger.error({ event: 'reload' }, `${stay}: ${oneLine(error)}`);
    }
  };
}
