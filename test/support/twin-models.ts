import { readFile } from 'node:fs/promises';
import { type Artifact, validateArtifact } from '../../src/model/artifact.ts';
import { digestOf } from '../../src/model/artifact-version.ts';

/**
 * Two artifacts with one name and one version, and different thresholds: the first 48 bits of their digests are the
 * same. The numbers in their texts were found by trying tens of millions for each, which takes half a minute on one
 * core. They have the older format in which they were found.
 */
export async function readTwinModels(): Promise<readonly [one: Artifact, other: Artifact]> {
  const content = JSON.parse(await readFile(new URL('twin-model.json', import.meta.url), 'utf8'));
  const make = (value: number, found: string) => {
    const twin = {
      ...content,
      threshold: { ...content.threshold, value },
      training: { ...content.training, smallestDetectableDrift: `Drawn for the test: ${found}` },
    };
    return validateArtifact({ ...twin, version: digestOf(twin).slice(0, 12) }, 'twin');
  };
  return [make(0.5, '0015107129'), make(0.2, '0000340035')];
}
