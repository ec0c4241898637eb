import { type Artifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';

/** Versions of the credit model, all different. */
export async function creditVersions(count: number): Promise<Artifact[]> {
  const { version: _, ...content } = await loadArtifact('models/credit.json');
  return Array.from({ length: count }, (__, i) =>
    sealArtifact({ ...content, intercept: content.intercept + i / 100 }),
  );
}
