import type { Deployment } from '../../deployments/deployment.ts';
import { isoTime } from '../../times/iso-time.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

/** `GET /models` of the public API: the models that answer. */
export function addModelsRoute(router: AppRouter, { deployments }: Service): void {
  router.get('/models', (context) => {
    const models = deployments.answering.map(describe);
    sendJson(context, JSON.stringify({ default: deployments.default?.artifact.name ?? null, models }));
  });
}

/**
 * `GET /models` of the admin listener: the same, and how much each has been used since when, including retired
 * versions.
 */
export function addModelDetailsRoute(router: AppRouter, { deployments }: Service): void {
  router.get('/models', (context) => {
    const retired = Map.groupBy(deployments.retired(), ({ artifact }) => artifact.name);
    const models = deployments.answering.map((deployment) => ({
      ...describe(deployment),
      file: deployments.pathOf(deployment.artifact.name),
      features: deployment.artifact.features.map(({ name }) => name),
      ...usage(deployment),
      retired: (retired.get(deployment.artifact.name) ?? []).map(describeRetired),
    }));
    const gone = [...retired]
      .filter(([name]) => deployments.get(name) === undefined)
      .flatMap(([name, versions]) => versions.map((one) => ({ name, ...describeRetired(one) })));
    const defaultName = deployments.default?.artifact.name ?? null;
    sendJson(context, JSON.stringify({ default: defaultName, models, retired: gone }));
  });
}

function describe({ artifact: { name, version, output }, counts: { classes }, predictor }: Deployment) {
  return { name, version, kind: output.kind, classes, predicts: predictor !== undefined };
}

function describeRetired(deployment: Deployment) {
  return { version: deployment.artifact.version, ...usage(deployment) };
}

function usage({ counts, sinceMs }: Deployment) {
  return {
    since: isoTime(sinceMs),
    predictions: Object.fromEntries(counts.classes.map((name, i) => [name, counts.predictions[i]])),
    refusedInputs: counts.refused,
  };
}
