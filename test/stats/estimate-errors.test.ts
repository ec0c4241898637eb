import assert from 'node:assert/strict';
import {
  calibrationErrorOfAccuracy,
  calibrationErrorOfRocAuc,
  estimatedRocAucError,
  estimateErrors,
} from '../../src/stats/estimate-errors.ts';
import { createRandom } from '../../src/stats/random.ts';
import { binnedRocAuc } from '../../src/stats/roc-auc.ts';
import { estimatePerformance } from './cbpe.ts';

const close = (actual: number | null, expected: number, share: number) =>
  assert.ok(actual !== null && Math.abs(actual / expected - 1) <= share, `${actual} is not ${expected}`);

/** Rows of ten probabilities; 0.5 and more is predicted positive. */
const probabilities = [0.05, 0.1, 0.2, 0.3, 0.45, 0.55, 0.6, 0.8, 0.9, 0.95];
const counts = [40, 30, 30, 20, 25, 10, 15, 20, 5, 5];
const rows = probabilities.flatMap((p, i) => new Array<number>(counts[i]).fill(p));
const decide = (probability: number) => (probability >= 0.5 ? 1 : 0);
const bins = {
  positives: probabilities.map((p, i) => p * counts[i]),
  negatives: probabilities.map((p, i) => (1 - p) * counts[i]),
};

/** The infinitesimal jackknife: what each row adds, by adding a little of it once more. */
function jackknife(figure: (weights: readonly number[]) => number): number {
  const step = 1e-6;
  const before = figure(counts);
  let squares = 0;
  for (let i = 0; i < counts.length; i++) {
    const more = figure(counts.map((count, j) => count + (i === j ? step : 0)));
    squares += counts[i] * ((more - before) / step) ** 2;
  }
  return Math.sqrt(squares);
}

function sums(weights: readonly number[]) {
  const sum = (of: (p: number) => number) => probabilities.reduce((all, p, i) => all + weights[i] * of(p), 0);
  return {
    truePositives: sum((p) => decide(p) * p),
    falsePositives: sum((p) => decide(p) * (1 - p)),
    trueNegatives: sum((p) => (1 - decide(p)) * (1 - p)),
    falseNegatives: sum((p) => (1 - decide(p)) * p),
  };
}

function areaOf(weights: readonly number[], shares: readonly number[] = probabilities): number {
  const area = binnedRocAuc(
    shares.map((p, i) => p * weights[i]),
    shares.map((p, i) => (1 - p) * weights[i]),
  );
  assert.ok(area);
  return area.value;
}

describe('the standard errors of estimated figures', () => {
  const squares = (decision: number) =>
    rows.reduce((sum, p) => (decide(p) === decision ? sum + p ** 2 : sum), 0);
  let errors: ReturnType<typeof estimateErrors>;
  beforeEach(() => {
    errors = estimateErrors({
      confusion: estimatePerformance(rows, rows.map(decide)).confusion,
      squaresOfPositives: squares(1),
      squaresOfNegatives: squares(0),
    });
  });

  it('add up what each row adds to the figure', () => {
    const by = (figure: (matrix: ReturnType<typeof sums>) => number) =>
      jackknife((weights) => figure(sums(weights)));
    close(
      errors.accuracy,
      by((m) => (m.truePositives + m.trueNegatives) / Object.values(m).reduce((a, b) => a + b)),
      1e-4,
    );
    close(
      errors.precision,
      by((m) => m.truePositives / (m.truePositives + m.falsePositives)),
      1e-4,
    );
    close(
      errors.recall,
      by((m) => m.truePositives / (m.truePositives + m.falseNegatives)),
      1e-4,
    );
    close(
      errors.f1,
      by((m) => (2 * m.truePositives) / (2 * m.truePositives + m.falsePositives + m.falseNegatives)),
      1e-4,
    );
    close(
      estimatedRocAucError(bins.positives, bins.negatives),
      jackknife((weights) => areaOf(weights)),
      1e-4,
    );
  });

  it('are what figures of drawn rows deviate by', () => {
    const random = createRandom(3);
    const drawn = Array.from({ length: 2000 }, () => {
      const sample = rows.map(() => rows[Math.floor(random() * rows.length)]);
      return estimatePerformance(sample, sample.map(decide));
    });
    const figures = { ...errors, rocAuc: estimatedRocAucError(bins.positives, bins.negatives) };
    for (const metric of ['accuracy', 'precision', 'recall', 'f1', 'rocAuc'] as const) {
      const values = drawn.map((figure) => figure[metric] ?? Number.NaN);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
      close(figures[metric], Math.sqrt(variance), 0.07);
    }
  });

  it('of the calibration are what its rows leave open, in each bin by itself', () => {
    const referenceRows = probabilities.map((_, i) => 20 + 10 * i);
    const byBin = (figure: (shares: readonly number[]) => number) =>
      Math.sqrt(
        probabilities.reduce((sum, p, i) => {
          const step = 1e-6;
          const moved = probabilities.map((share, j) => share + (i === j ? step : 0));
          const slope = (figure(moved) - figure(probabilities)) / step;
          return sum + (slope ** 2 * p * (1 - p)) / referenceRows[i];
        }, 0),
      );
    const accuracy = (shares: readonly number[]) =>
      shares.reduce((sum, p, i) => sum + counts[i] * (i >= 5 ? p : 1 - p), 0) / rows.length;
    close(calibrationErrorOfAccuracy(bins.positives, bins.negatives, referenceRows), byBin(accuracy), 1e-4);
    close(
      calibrationErrorOfRocAuc(bins.positives, bins.negatives, referenceRows),
      byBin((shares) => areaOf(counts, shares)),
      1e-4,
    );
  });

  it('say that nothing is known where the calibration had no row', () => {
    assert.equal(calibrationErrorOfAccuracy([50], [50], [0]), 0.5);
    assert.equal(calibrationErrorOfAccuracy([50], [50], [100]), 0.05);
  });

  it('of an area are null where a class is not expected at all', () => {
    for (const [positives, negatives] of [
      [
        [0, 0],
        [3, 4],
      ],
      [
        [3, 4],
        [0, 0],
      ],
      [[], []],
    ]) {
      assert.equal(estimatedRocAucError(positives, negatives), null);
      assert.equal(calibrationErrorOfRocAuc(positives, negatives, [5, 5]), null);
    }
    // a bin without rows adds nothing
    assert.equal(estimatedRocAucError([1, 0, 3], [4, 0, 2]), estimatedRocAucError([1, 3], [4, 2]));
  });

  it('are null where the figure is', () => {
    const none = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
    assert.deepEqual(estimateErrors({ confusion: none, squaresOfPositives: 0, squaresOfNegatives: 0 }), {
      accuracy: null,
      precision: null,
      recall: null,
      f1: null,
    });
    assert.equal(estimatedRocAucError([1, 2], [0, 0]), null);
    assert.equal(calibrationErrorOfRocAuc([0], [3], [9]), null);
    assert.equal(calibrationErrorOfAccuracy([0], [0], [9]), null);
  });

  it('are never infinite, however few of one class are expected', () => {
    for (const few of [5e-324, 1e-310, 1e-300, 1e-160, 1e-100]) {
      for (const [positives, negatives] of [
        [
          [few, 0],
          [1, 2],
        ],
        [
          [1, 2],
          [0, few],
        ],
      ]) {
        const errors = [
          estimatedRocAucError(positives, negatives),
          calibrationErrorOfRocAuc(positives, negatives, [1, 1]),
        ];
        for (const error of errors) assert.ok(error === null || Number.isFinite(error), `${few}: ${error}`);
      }
    }
  });
});
