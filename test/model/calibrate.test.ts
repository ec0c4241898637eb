import assert from 'node:assert/strict';
import { type Artifact, loadArtifact } from '../../src/model/artifact.ts';
import { calibrate, calibrationOf } from '../../src/model/calibrate.ts';
import { createPerformance } from '../../src/monitor/performance.ts';
import { compareBands, compareObserved, outcomeRule } from '../../src/monitor/performance-calibration.ts';
import { performanceReferenceOf } from '../../src/monitor/performance-reference.ts';
import { interpolateCurve, isotonicRegression } from '../../src/stats/isotonic-regression.ts';
import { createRandom } from '../../src/stats/random.ts';
import { trainModel } from '../../src/training/train-model.ts';
import { learntOf, scorerOf } from '../support/model-parts.ts';
import { options } from './small-set.ts';

describe('a calibration', () => {
  it('removes from its ends the certainty that their rows do not justify', () => {
    const scores = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
    const curve = calibrate(scores, [0, 0, 0, 0, 1, 0, 1, 1, 1]);
    assert.deepEqual(
      [0.1, 0.4].map((score) => interpolateCurve(curve, score)),
      [0.1, 0.1],
    );
    assert.equal(interpolateCurve(curve, 0.55), 0.5);
    assert.deepEqual(
      [0.7, 0.9].map((score) => interpolateCurve(curve, score)),
      [3.5 / 4, 3.5 / 4],
    );
  });

  it('goes no further than the next step, and changes nothing else', () => {
    const scores = Float64Array.from({ length: 100 }, (_, i) => i / 100);
    const outcomes = Uint8Array.from(scores, (_, i) => (i > 0 && i % 10 === 0 ? 1 : 0));
    const plain = isotonicRegression(scores, outcomes);
    const curve = calibrate(scores, outcomes);
    assert.ok(
      curve.probabilities.every((p, i) => p > 0 && p < 1 && (i === 0 || p >= curve.probabilities[i - 1])),
    );
    for (const [i, probability] of plain.probabilities.entries()) {
      if (probability > 0) assert.equal(curve.probabilities[i], probability);
    }
    assert.deepEqual(calibrate([0.5, 0.5], [0, 0]).probabilities, [0.5 / 3]);
    assert.deepEqual(calibrate([0.2, 0.8], [0, 1]).probabilities, [0.25, 0.75]);
  });

  it('hardly moves the mean', () => {
    const random = createRandom(1);
    const scores = Float64Array.from({ length: 20_000 }, () => random() ** 20);
    const outcomes = Uint8Array.from(scores, (score) => (random() < score ? 1 : 0));
    const curve = calibrate(scores, outcomes);
    const expected = scores.reduce((sum, score) => sum + interpolateCurve(curve, score), 0);
    assert.ok(Math.abs(expected - outcomes.reduce((sum, outcome) => sum + outcome, 0)) <= 1);
  });

  it('of a file of version 1 is softened as it is read, by its score bins', async () => {
    const artifact = await loadArtifact('test/model/fixtures/credit-v1.json');
    const { probabilities } = calibrationOf(learntOf(artifact));
    const before = learntOf(artifact).calibration.probabilities;
    assert.deepEqual([before[0], before.at(-1)], [0, 1]);
    assert.ok(probabilities[0] > 0 && (probabilities.at(-1) ?? 1) < 1);
    assert.deepEqual(probabilities.slice(2, -2), before.slice(2, -2));
    const latest = await loadArtifact('models/credit.json');
    assert.deepEqual(calibrationOf(learntOf(latest)), learntOf(latest).calibration);
  });
});

describe('a model that was certain', () => {
  const rows = 600;
  let artifact: Artifact;
  before(() => {
    const random = createRandom(3);
    const days = Float64Array.from({ length: rows }, () => Math.floor(random() * 9));
    const outcomes = Uint8Array.from(days, (late) => (late > 5 ? 1 : 0));
    const amounts = Float64Array.from({ length: rows }, () => 500 + Math.floor(random() * 8500));
    const columns = [
      { name: 'days_late', kind: 'numeric', values: days },
      { name: 'amount', kind: 'numeric', values: amounts },
    ] as const;
    artifact = trainModel(
      {
        columns,
        outcomes,
        target: { column: 'o', positive: 'bad', negative: 'good' },
        dataDigest: `sha256:${'0'.repeat(64)}`,
      },
      options,
    );
  });

  const judge = (model: Artifact, positives: number) => {
    const score = scorerOf(model)({ days_late: 0, amount: 4700 });
    const counted = createPerformance(performanceReferenceOf(model));
    for (let i = 0; i < 600; i++) counted.addOutcome(score, i < positives ? 1 : 0);
    return compareObserved(compareBands(counted.cells, counted.sums, learntOf(model).bins.counts));
  };

  it('is contradicted by positives among rows that it considered safe, and not without any', () => {
    const certain = { ...artifact, calibration: { scores: [0.1, 0.9], probabilities: [0, 1] } };
    for (const model of [artifact, certain]) {
      const { expected, z, effect } = judge(model, 200);
      assert.ok(expected > 0 && expected < 2, `${expected} expected`);
      assert.ok((z ?? 0) > outcomeRule.z && (effect ?? 0) > 1, `z ${z}`);
      assert.ok(Math.abs(judge(model, 0).z ?? 9) < 1);
      assert.ok(Math.abs(judge(model, 3).z ?? 9) < outcomeRule.z);
    }
  });
});
