import { type Artifact, loadArtifact } from '../../src/model/artifact.ts';
import { withIntercept } from './model-parts.ts';

/** Versions of the credit model, all different. */
export async function creditVersions(count: number): Promise<Artifact[]> {
  const credit = await loadArtifact('models/credit.json');
  return Array.from({ length: count }, (_, i) => withIntercept(credit, i / 100));
}
