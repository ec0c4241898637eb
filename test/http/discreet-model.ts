import assert from 'node:assert/strict';
import { type Artifact, formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { postJson, type TestService } from '../support/service.ts';

/** The credit model, with limits that may be missing and ages that are nobody's business. */
export async function discreetModel(): Promise<string> {
  const { version: _, ...credit } = await loadArtifact('models/credit.json');
  const predictor = credit.predictor as any;
  const content: Omit<Artifact, 'version'> = {
    ...credit,
    features: credit.features.map((feature) =>
      feature.name === 'limit' && feature.kind === 'numeric' ? { ...feature, nullable: true } : feature,
    ),
    sensitive: ['age'],
    predictor: {
      ...predictor,
      features: predictor.features.map((one: any, i: number) =>
        i === 1 ? { ...one, missingLogOdds: 0 } : one,
      ),
    },
  };
  return formatArtifact(sealArtifact(content));
}

/** Predictions for that many rows, and an outcome for each. */
export async function sendRows(
  service: TestService,
  count: number,
  change: (row: Record<string, unknown>, i: number) => object,
): Promise<void> {
  const ages = [22, 25, 27, 29, 32, 35, 38, 42, 48, 60];
  for (let i = 0; i < count; i++) {
    const row = {
      age: ages[i % 10],
      limit: 800 + ((i * 977) % 6000),
      history: i % 2 === 0 ? 'none' : 'paid',
    };
    const { status, body } = await postJson(`${service.api}/predict`, change(row, i));
    assert.equal(status, 200, JSON.stringify(body));
    const outcome = i % 4 === 0 ? 'bad' : 'good';
    await postJson(`${service.admin}/outcomes`, { id: body.id, outcome });
  }
}
