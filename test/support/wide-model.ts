import { type Artifact, formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';

/** A model that is only watched, with one feature per name, all like the age of the credit model. */
export async function wideModel(names: readonly string[]): Promise<string> {
  const { version: _, predictor: __, segments: ___, ...credit } = await loadArtifact('models/credit.json');
  const age = credit.features.find(({ name }) => name === 'age');
  if (age === undefined) throw new Error('the credit model has no age');
  const content: Omit<Artifact, 'version'> = {
    ...credit,
    name: 'wide',
    features: names.map((name) => ({ ...age, name })),
    sensitive: [],
    protected: [],
  };
  return formatArtifact(sealArtifact(content));
}
