import assert from 'node:assert/strict';
import { loadArtifact } from '../../../src/model/artifact.ts';
import { referenceOf } from '../../../src/model/artifact-reference.ts';
import { countedReference, noFarValues } from '../../../src/model/counted.ts';
import { featureBins } from '../../../src/model/features.ts';
import { countedVariable, liveScoreShift } from '../../../src/monitor/live-score-shift.ts';
import { createMonitor } from '../../../src/monitor/monitor.ts';
import { numericReference, summarise } from '../../../src/profile/make-reference.ts';
import { rebaseline } from '../../../src/profile/rebaseline.ts';
import { countBins } from '../../../src/stats/binning.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { explanationOf, logisticOf, scorerOf } from '../../support/model-parts.ts';

describe('the attribution of a score shift', () => {
  it('adds up to the change of the mean log-odds, exactly', async () => {
    const artifact = await loadArtifact('models/credit.json');
    const monitor = createMonitor(referenceOf(artifact));
    const score = scorerOf(artifact);
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
    const shift = explanationOf(artifact).attributeScoreShift(live) ?? assert.fail('there are rows');
    const { features, intercept } = logisticOf(artifact);
    const reference = features.reduce((sum, one) => sum + one.meanContribution, intercept);
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
    const shift =
      explanationOf(artifact).attributeScoreShift(artifact.features.map(countedReference)) ??
      assert.fail('there are rows');
    for (const feature of shift.features) assert.ok(Math.abs(feature.shift) < 1e-9, feature.name);
  });

  it('is measured from the traffic that a rebaseline made the reference', async () => {
    const trained = await loadArtifact('models/credit.json');
    const rows = Array.from({ length: 400 }, (_, i) => ({
      age: 50 + (i % 30),
      limit: 500 + 10 * i,
      history: ['good', 'none', 'sold'][i % 3],
    }));
    const referenceOfRows = (artifact: typeof trained) =>
      new Map(
        artifact.features.map((feature) => {
          const values = rows.map((row) => row[feature.name as keyof (typeof rows)[number]]);
          if (feature.kind === 'categorical') {
            return [feature.name, { counts: countBins(featureBins(feature), values) }] as const;
          }
          const numbers = Float64Array.from(values, Number);
          return [feature.name, { ...numericReference(numbers), summary: summarise(numbers) }] as const;
        }),
      );
    const score = scorerOf(trained);
    const scores = numericReference(Float64Array.from(rows, score));
    const artifact = rebaseline(trained, referenceOfRows(trained), scores, {
      by: 'A. Person',
      at: '2026-01-31T12:00:00Z',
      reason: 'a campaign for pensioners',
    });
    const monitor = createMonitor(referenceOf(artifact));
    for (const row of rows) monitor.observe(row, score(row));
    const shift =
      liveScoreShift(explanationOf(artifact), monitor, monitor.window('24h')) ??
      assert.fail('there are rows');
    for (const feature of shift.features) assert.ok(Math.abs(feature.shift) < 1e-9, feature.name);
    assert.ok(Math.abs(shift.total) < 1e-9);
    const before =
      liveScoreShift(explanationOf(trained), monitor, monitor.window('24h')) ?? assert.fail('there are rows');
    assert.ok(Math.abs(before.total) > 0.1, 'the rows are unlike the training rows');
  });

  it('has nothing to say without live rows', async () => {
    const artifact = await loadArtifact('models/credit.json');
    const live = artifact.features.map(({ reference }) => ({
      counts: reference.counts.map(() => 0),
      mean: null,
      far: noFarValues,
    }));
    assert.equal(explanationOf(artifact).attributeScoreShift(live), null);
  });
});
