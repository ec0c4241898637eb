import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadArtifact } from '../../src/model/artifact.ts';
import { referenceOf } from '../../src/model/artifact-reference.ts';
import { countDecisions } from '../../src/monitor/group-decisions.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { createPerformance, type PerformanceReference } from '../../src/monitor/performance.ts';
import { measureCoverage } from '../../src/monitor/performance-coverage.ts';
import { estimatedFigures, realisedFigures } from '../../src/monitor/performance-figures.ts';
import { equalWidthEdges, numericBinIndex } from '../../src/stats/binning.ts';
import { accuracy, confusion, f1, precision, recall } from '../../src/stats/confusion.ts';
import { interpolateCurve } from '../../src/stats/isotonic-regression.ts';
import { brierScore, expectedCalibrationError, logLoss } from '../../src/stats/probability-scores.ts';
import { rocAuc } from '../../src/stats/roc-auc.ts';
import { estimatePerformance } from '../stats/cbpe.ts';

const calibration = { scores: [0.1, 0.4, 0.9], probabilities: [0.05, 0.5, 0.95] };
const reference: PerformanceReference = {
  model: 'm',
  version: 'v',
  classes: ['no', 'yes'],
  threshold: 0.37,
  scoreEdges: equalWidthEdges(0, 1, 50),
  calibration,
};

/** No training row, so that nothing is known of the calibration's optimism. */
const nothingLearnt = { counts: [], positives: [], expected: [] };

const rows = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1)), { minLength: 1 });

function close(actual: number | null, expected: number | null, error = 1e-9): void {
  if (actual === null || expected === null) assert.equal(actual, expected);
  else assert.ok(Math.abs(actual - expected) <= error, `${actual} is not ${expected} within ${error}`);
}

describe('performance from counts', () => {
  it('is that of the rows: exact, but for the AUC, which keeps its bound', () => {
    fc.assert(
      fc.property(rows, (sample) => {
        const counted = createPerformance(reference);
        const scores = sample.map(([score]) => score);
        const outcomes = sample.map(([, outcome]) => outcome);
        const predictions = scores.map((score) => (score >= reference.threshold ? 1 : 0));
        for (const [score, outcome] of sample) counted.addOutcome(score, outcome);
        const figures = realisedFigures(counted.cells, counted.sums);
        const matrix = confusion(predictions, outcomes);
        assert.deepEqual(figures.confusion, matrix);
        assert.equal(figures.samples, sample.length);
        close(figures.accuracy.value, accuracy(matrix));
        close(figures.precision.value, precision(matrix));
        close(figures.recall.value, recall(matrix));
        close(figures.f1.value, f1(matrix));
        close(figures.brier, brierScore(scores, outcomes));
        close(figures.logLoss, logLoss(scores, outcomes));
        close(figures.rocAuc.value, rocAuc(scores, outcomes), (figures.rocAuc.maxError ?? 0) + 1e-12);
        const bands = [0, 0, 0].map(() => new Float64Array(10));
        for (const [score, outcome] of sample) {
          const band = numericBinIndex(equalWidthEdges(0, 1, 10), score);
          bands[0][band]++;
          bands[1][band] += score;
          bands[2][band] += outcome;
        }
        close(figures.expectedCalibrationError, expectedCalibrationError(bands[0], bands[1], bands[2]));
      }),
    );
  });

  it('is estimated as from the rows', () => {
    fc.assert(
      fc.property(rows, (sample) => {
        const counted = createPerformance(reference);
        const scores = sample.map(([score]) => score);
        for (const score of scores) counted.addPrediction(score);
        const figures = estimatedFigures(counted.cells, counted.sums, nothingLearnt);
        const probabilities = scores.map((score) => interpolateCurve(calibration, score));
        const predictions = scores.map((score) => (score >= reference.threshold ? 1 : 0));
        const expected = estimatePerformance(probabilities, predictions, scores);
        close(figures.accuracy.value, expected.accuracy);
        close(figures.precision.value, expected.precision);
        close(figures.recall.value, expected.recall);
        close(figures.f1.value, expected.f1);
        close(figures.rocAuc.value, expected.rocAuc, (figures.rocAuc.maxError ?? 0) + 1e-9);
      }),
    );
  });

  it('refuses a score that is not a finite number, and counts nothing of it', () => {
    const counted = createPerformance(reference, 1000);
    counted.addPrediction(0.4);
    counted.addOutcome(0.4, 1);
    const before = structuredClone(counted.sums);
    const slots = structuredClone(counted.immature.slots());
    for (const score of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const fault = { name: 'RangeError', message: `the score must be a finite number, got ${score}` };
      assert.throws(() => counted.addPrediction(score), fault);
      assert.throws(() => counted.addOutcome(score, 1), fault);
    }
    assert.deepEqual(counted.sums, before);
    assert.deepEqual(counted.immature.slots(), slots);
  });

  it('has one cell a score bin and two where the threshold cuts', () => {
    for (const threshold of [0.005, 0.37, 0.5, 0.99]) {
      const { cells, addPrediction, sums } = createPerformance({ ...reference, threshold });
      assert.equal(cells.length, 51);
      const edges = reference.scoreEdges;
      for (const score of [0, 0.02, threshold - 1e-12, threshold, threshold + 1e-12, 0.5, 0.98, 1]) {
        const before = sums.predictions.slice();
        addPrediction(score);
        const cell = sums.predictions.findIndex((count, i) => count > before[i]);
        const wanted = { bin: numericBinIndex(edges, score), isPositive: score >= threshold };
        assert.deepEqual(cells[cell], wanted, `${score} at ${threshold}`);
      }
    }
  });

  it('shows how many predictions have their outcome, and whether figures over all of them are valid', () => {
    const counted = createPerformance(reference);
    for (let i = 0; i < 100; i++) {
      counted.addPrediction(0.1);
      counted.addPrediction(0.8);
      if (i % 2) counted.addOutcome(0.1, 0);
      if (i % 10 === 0) counted.addOutcome(0.8, 1);
    }
    const { all, byDecision, byBand, isIdentified } = measureCoverage(counted.cells, counted.sums);
    assert.deepEqual(all, { predictions: 200, labelled: 60, share: 0.3 });
    assert.deepEqual(
      byDecision.map(({ share }) => share),
      [0.5, 0.1],
    );
    assert.equal(byBand.length, 10);
    assert.equal(byBand[0].labelled, 50);
    assert.equal(byBand[7].labelled, 10);
    assert.equal(byBand[5].share, null);
    assert.equal(isIdentified, false);
    for (let i = 0; i < 30; i++) counted.addOutcome(0.8, 1);
    assert.equal(measureCoverage(counted.cells, counted.sums).isIdentified, true);
  });

  it('looks back over windows', () => {
    let nowMs = 0;
    const counted = createPerformance(reference, 0, () => nowMs);
    counted.addOutcome(0.2, 1);
    nowMs = 30 * 60_000;
    counted.addOutcome(0.2, 0);
    const samples = (window: '10m' | '1h') => realisedFigures(counted.cells, counted.window(window)).samples;
    assert.equal(samples('10m'), 1);
    assert.equal(samples('1h'), 2);
  });
});

describe('decisions by group', () => {
  it('are counted by bin of the requested features', async () => {
    const monitor = createMonitor(referenceOf(await loadArtifact('models/credit.json')));
    const decisions = countDecisions(monitor, ['age', 'no such feature']);
    assert.deepEqual(
      decisions.groups.map(({ variable }) => variable.name),
      ['age'],
    );
    const [{ variable, counts }] = decisions.groups;
    for (const [age, predictedClass] of [
      [20, 1],
      [21, 0],
      [21, 1],
      [70, 0],
    ] as const) {
      decisions.record(monitor.observe({ age, limit: 1000, history: 'good' }, 0.3, predictedClass));
    }
    assert.deepEqual([...counts.subarray(0, 2)], [1, 2]);
    const last = 2 * (variable.size - 2);
    assert.deepEqual([...counts.subarray(last, last + 2)], [1, 0]);
    assert.equal(
      counts.reduce((sum, count) => sum + count),
      4,
    );
  });
});
