import assert from 'node:assert/strict';
import { loadArtifact } from '../../src/model/artifact.ts';
import { type Counted, noFarValues } from '../../src/model/mean-contribution.ts';
import { createScorer } from '../../src/model/score.ts';
import { attributeScoreShift } from '../../src/model/score-shift.ts';
import { referenceOf } from '../../src/monitor/artifact-reference.ts';
import { countedVariable } from '../../src/monitor/live-score-shift.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { createRandom } from '../../src/stats/random.ts';

describe('the attribution of a score shift', () => {
  it('adds up to the change of the mean log-odds, exactly', async () => {
    const artifact = await loadArtifact('models/credit.json');
    const monitor = createMonitor(referenceOf(artifact));
    const score = createScorer(artifact);
    const random = createRandom(7);
    let logOdds = 0;
    const rows = 500;
    for (let i = 0; i < rows; i++) {
      const row = {
        age: 20 + Math.floor(random() * 60),
        limit: Math.floor(random() * 30_000),
        history: ['good', 'none', 'never seen', null][Math.floor(random() * 4)],
      };
      const p = score(row);
      logOdds += Math.log(p / (1 - p));
      monitor.observe(row, p);
    }
    const live = monitor.variables.slice(0, -1).map((variable) => countedVariable(variable, monitor.totals));
    const shift = attributeScoreShift(artifact, live) ?? assert.fail('there are rows');
    const reference = artifact.features.reduce((sum, one) => sum + one.meanContribution, artifact.intercept);
    assert.ok(Math.abs(shift.total - (logOdds / rows - reference)) < 1e-9);
    assert.equal(shift.features[0].name, 'limit');
    const sizes = shift.features.map((feature) => Math.abs(feature.shift));
    assert.deepEqual(
      sizes,
      sizes.toSorted((a, b) => b - a),
    );
  });

  it('finds next to nothing in the reference itself', async () => {
    const artifact = await loadArtifact('models/credit.json');
    const live = artifact.features.map((feature): Counted => {
      const { counts } = feature.reference;
      return { counts, mean: feature.kind === 'numeric' ? feature.summary.mean : null, far: noFarValues };
    });
    const shift = attributeScoreShift(artifact, live) ?? assert.fail('there are rows');
    for (const feature of shift.features) assert.ok(Math.abs(feature.shift) < 1e-9, feature.name);
  });

  it('has nothing to say without live rows', async () => {
    const artifact = await loadArtifact('models/credit.json');
    const live = artifact.features.map(({ reference }) => ({
      counts: reference.counts.map(() => 0),
      mean: null,
      far: noFarValues,
    }));
    assert.equal(attributeScoreShift(artifact, live), null);
  });
});
