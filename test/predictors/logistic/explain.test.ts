import assert from 'node:assert/strict';
import { loadArtifact } from '../../../src/model/artifact.ts';
import { createExplainer } from '../../../src/predictors/logistic/explain.ts';
import { createScorer } from '../../../src/predictors/logistic/score.ts';

describe('the reasons of a prediction', () => {
  it('are coefficient times deviation from the mean, and add up to the change of the log-odds', async () => {
    const artifact = await loadArtifact('models/credit.json');
    const explain = createExplainer(artifact);
    const row = { age: 22, limit: 15_000, history: 'critical' };
    const reasons = explain(row);
    const age = artifact.features.find(({ name }) => name === 'age');
    assert.ok(age?.kind === 'numeric');
    const { mean, deviation } = age.standardisation;
    const ofAge = reasons.find(({ feature }) => feature === 'age')?.logOdds ?? Number.NaN;
    assert.ok(Math.abs(ofAge - (age.coefficient * (22 - mean)) / deviation) < 1e-12);
    assert.equal(reasons[0].feature, 'limit');
    const p = createScorer(artifact)(row);
    const average = artifact.features.reduce((sum, one) => sum + one.meanContribution, artifact.intercept);
    const sum = reasons.reduce((total, { logOdds }) => total + logOdds, 0);
    assert.ok(Math.abs(sum - (Math.log(p / (1 - p)) - average)) < 1e-9);
  });

  it('leave out what says nothing, and are four at most', async () => {
    const artifact = await loadArtifact('models/credit.json');
    const [age] = artifact.features;
    const features = Array.from({ length: 6 }, (_, i) => ({ ...age, name: `feature ${i}` }));
    assert.equal(
      createExplainer({ features })(Object.fromEntries(features.map(({ name }) => [name, 20]))).length,
      4,
    );
    const mean = age.kind === 'numeric' ? age.standardisation.mean : 0;
    assert.deepEqual(createExplainer({ features: [age] })({ age: mean }), []);
  });
});
