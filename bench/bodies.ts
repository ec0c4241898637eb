import type { Artifact } from '../src/model/artifact.ts';
import { createRandom } from '../src/stats/random.ts';
import { drawFromReference } from '../src/traffic/reference-rows.ts';

/** Different request bodies, drawn from a model's reference: the same ones at each call. */
export function makeBodies(artifact: Artifact, count: number): string[] {
  const draw = drawFromReference(artifact, createRandom(1));
  return Array.from({ length: count }, () => JSON.stringify(draw()));
}
