import assert from 'node:assert/strict';
import { loadArtifact } from '../../../src/model/artifact.ts';
import { explanationOf, logisticOf, scorerOf, weightsOf } from '../../support/model-parts.ts';

describe('the reasons of a prediction', () => {
  it('are coefficient times deviation from the mean, and add up to the change of the log-odds', async () => {
    const artifact = await loadArtifact('models/credit.json');
    const explain = explanationOf(artifact).createExplainer(artifact.features.map(({ name }) => name));
    const row = { age: 22, limit: 15_000, history: 'critical' };
    const reasons = explain(row);
    const age = weightsOf(artifact, 'age', 'numeric');
    const { mean, deviation } = age.standardisation;
    const ofAge = reasons.find(({ feature }) => feature === 'age')?.logOdds ?? Number.NaN;
    assert.ok(Math.abs(ofAge - (age.coefficient * (22 - mean)) / deviation) < 1e-12);
    assert.equal(reasons[0].feature, 'limit');
    const p = scorerOf(artifact)(row);
    const { features, intercept } = logisticOf(artifact);
    const average = features.reduce((total, one) => total + one.meanContribution, intercept);
    const sum = reasons.reduce((total, { logOdds }) => total + logOdds, 0);
    assert.ok(Math.abs(sum - (Math.log(p / (1 - p)) - average)) < 1e-9);
  });

  it('omit features without influence, and are at most four', async () => {
    const artifact = await loadArtifact('models/credit.json');
    const [age] = artifact.features;
    const [weights] = logisticOf(artifact).features;
    const names = Array.from({ length: 6 }, (_, i) => `feature ${i}`);
    const wide = {
      ...artifact,
      features: names.map((name) => ({ ...age, name })),
      predictor: { ...logisticOf(artifact), features: names.map((name) => ({ ...weights, name })) },
    };
    const row = Object.fromEntries(names.map((name) => [name, 20]));
    assert.equal(explanationOf(wide).createExplainer(names)(row).length, 4);
    const { mean } = weightsOf(artifact, 'age', 'numeric').standardisation;
    assert.deepEqual(explanationOf(artifact).createExplainer(['age'])({ age: mean }), []);
  });
});
