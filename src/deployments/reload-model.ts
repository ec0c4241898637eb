import type { Logger } from 'pino';
import { loadArtifact } from '../model/artifact.ts';
import { oneLine } from '../text/one-line.ts';
import { type Deployments, replaceModel } from './replace-model.ts';

/**
 * Makes the function that loads the artifact anew, from the path of the settings, and lets it answer. The one that
 * answers goes on answering if the new one cannot be used; the log says what became of it. It never rejects.
 */
export function createReload(
  service: Deployments,
  logger: Pick<Logger, 'info' | 'error'>,
): () => Promise<void> {
  let reloads = 0;
  return async () => {
    const turn = ++reloads;
    try {
      const next = await loadArtifact(service.config.MODEL_PATH);
      await service.models.requireUnique(next);
      const { name, version } = next;
      const say = (what: string) => logger.info({ event: 'reload', model: name, version }, what);
      // the disk took its time, and what was asked for meanwhile is newer
      if (turn !== reloads) say('was read too late: the model was loaded again meanwhile');
      else if (replaceModel(service, next)) say('answers from now on');
      else say('is the same as before');
    } catch (error) {
      logger.error({ event: 'reload' }, `the model in service stays: ${oneLine(error)}`);
    }
  };
}
