import type { Artifact } from '../model/artifact.ts';
import { deploy } from './deployment.ts';
import type { Service } from './service.ts';

/** Versions whose counts stay in the exposition after another has taken over, so that none of them is lost. */
const maxRetired = 2;

/**
 * Lets another artifact answer from the next request on; those in flight finish with the one they began with. The
 * counts of the model before stay, apart by version. A version that comes back goes on counting where it stopped.
 *
 * @returns whether the artifact is another than the one that answered
 */
export function replaceModel(service: Service, artifact: Artifact): boolean {
  const { deployment, retired, config, models } = service;
  if (isSame(deployment.artifact, artifact)) return false;
  const known = retired.find((candidate) => isSame(candidate.artifact, artifact));
  service.retired = [...retired.filter((candidate) => candidate !== known), deployment].slice(-maxRetired);
  service.deployment = known ?? deploy(artifact, { sampleValues: config.SAMPLES_VALUES, models });
  return true;
}

function isSame(one: Artifact, other: Artifact): boolean {
  return one.name === other.name && one.version === other.version;
}
