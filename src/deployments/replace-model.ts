import type { Artifact } from '../model/artifact.ts';
import { contentDigest } from '../model/artifact-version.ts';
import type { KnownModels } from '../outcomes/known-models.ts';
import type { Config } from '../settings/config.ts';
import { type Deployment, deploy } from './deployment.ts';

/** Which model versions answer and are counted. */
export type Deployments = {
  readonly config: Pick<Config, 'MODEL_PATH' | 'SAMPLES_VALUES'>;
  /** The model that answers; a request keeps the one it began with. */
  deployment: Deployment;
  /** Versions that answered before and are still in use (`deploymentsInUse`), oldest first. */
  retired: readonly Deployment[];
  /** Model versions that outcomes can be of. */
  readonly models: KnownModels;
};

/**
 * Lets another artifact answer from the next request on; those in flight finish with the one they began with. The
 * counts of the model before stay, apart by version, as long as the version is in use. A version that comes back
 * meanwhile goes on counting where it stopped.
 *
 * @returns whether the artifact is another than the one that answered
 */
export function replaceModel(service: Deployments, artifact: Artifact): boolean {
  const { deployment, config, models } = service;
  if (isSame(deployment.artifact, artifact)) return false;
  const before = deploymentsInUse(service).find((candidate) => isSame(candidate.artifact, artifact));
  if (before) models.add(artifact);
  service.deployment = before ?? deploy(artifact, { sampleValues: config.SAMPLES_VALUES, models });
  service.retired = [...service.retired.filter((candidate) => candidate !== before), deployment];
  deploymentsInUse(service);
  return true;
}

/** The deployment that answers, last, and those before it whose version is still in use; the others are let go. */
export function deploymentsInUse(service: Deployments): readonly Deployment[] {
  const inUse = new Set(service.models.all());
  service.retired = service.retired.filter(({ known }) => inUse.has(known));
  return [...service.retired, service.deployment];
}

function isSame(one: Artifact, other: Artifact): boolean {
  return one.name === other.name && contentDigest(one) === contentDigest(other);
}
