import assert from 'node:assert/strict';
import { createPerformance } from '../../src/monitor/performance.ts';
import { compareScoreMean, scoreMeanRule, varianceBetween } from '../../src/monitor/score-mean.ts';
import { labelShift } from '../../src/stats/label-shift.ts';
import { createRandom, type Random } from '../../src/stats/random.ts';
import { closeTo } from '../stats/close-to.ts';

/** A model whose scores are probabilities: squares of uniform numbers, a third of the cases positive. */
const counting = () =>
  createPerformance({
    model: 'm',
    version: '1',
    classes: ['good', 'bad'],
    threshold: 0.5,
    scoreEdges: Array.from({ length: 49 }, (_, i) => (i + 1) / 50),
    calibration: { scores: [0, 1], probabilities: [0, 1] },
  });

/** Of squares of uniform numbers: 1/5 − 1/9. */
const variance = 4 / 45;

/**
 * Makes windows of cases that are each sent several times. It is quick: each case is added once and its cell
 * multiplied, and all windows are differences of one count.
 */
function createWindowOf() {
  const { cells, sums, addPrediction } = counting();
  return (rows: number, sends: number, random: Random, keeps: (score: number) => boolean = () => true) => {
    const predictions = sums.predictions.slice();
    const expectedPositives = sums.expectedPositives.slice();
    for (let row = 0; row < rows; row += sends) {
      let score = random() ** 2;
      while (!keeps(score)) score = random() ** 2;
      addPrediction(score);
    }
    return {
      cells,
      sums: {
        predictions: predictions.map((before, i) => sends * (sums.predictions[i] - before)),
        expectedPositives: expectedPositives.map((before, i) => sends * (sums.expectedPositives[i] - before)),
      },
    };
  };
}

describe('the mean calibrated score', () => {
  it('is compared by the errors of the mean, six rows as one, and of training’s share', () => {
    const { cells, sums, addPrediction } = counting();
    for (let i = 0; i < 600; i++) addPrediction(i % 3 === 0 ? 0.8 : 0.2);
    const { mean, training, z, hasShifted } = compareScoreMean(cells, sums, {
      positives: 300,
      rows: 1000,
      variance: 0,
    });
    closeTo(mean, 0.4, 1e-12);
    assert.equal(training, 0.3);
    closeTo(z, 0.1 / Math.sqrt((6 * 0.08) / 600 + 0.21 / 1000), 1e-9);
    assert.equal(hasShifted, false);
    const busy = counting();
    for (let i = 0; i < 6000; i++) busy.addPrediction(i % 3 === 0 ? 0.8 : 0.2);
    assert.equal(
      compareScoreMean(busy.cells, busy.sums, { positives: 300, rows: 1000, variance: 0 }).hasShifted,
      true,
    );
  });

  it('has not shifted by less than a tenth, however certain that is', () => {
    const { cells, sums, addPrediction } = counting();
    for (let i = 0; i < 100_000; i++) addPrediction(0.32);
    const { z, hasShifted } = compareScoreMean(cells, sums, {
      positives: 300_000,
      rows: 1_000_000,
      variance: 0,
    });
    assert.ok((z ?? 0) > 40);
    assert.equal(hasShifted, false);
  });

  it('says nothing without predictions', () => {
    const { cells, sums } = counting();
    const { mean, z, hasShifted } = compareScoreMean(cells, sums, { positives: 1, rows: 10, variance: 0 });
    assert.deepEqual([mean, z, hasShifted], [null, null, false]);
  });

  it('shifts in none of 10,000 windows without a change, each case sent six times', () => {
    const random = createRandom(29);
    const windowOf = createWindowOf();
    let shifted = 0;
    for (let reference = 0; reference < 100; reference++) {
      const rows = 1000;
      let positives = 0;
      for (let i = 0; i < rows; i++) if (random() < random() ** 2) positives++;
      for (let window = 0; window < 100; window++) {
        const { cells, sums } = windowOf(scoreMeanRule.minPredictions, 6, random);
        if (compareScoreMean(cells, sums, { positives, rows, variance }).hasShifted) shifted++;
      }
    }
    assert.equal(shifted, 0);
  });

  it('finds cases that have become riskier', () => {
    const random = createRandom(31);
    const windowOf = createWindowOf();
    const found = Array.from({ length: 100 }, () => {
      const { cells, sums } = windowOf(6000, 1, random, (score) => random() < 0.3 + 0.7 * Math.sqrt(score));
      return compareScoreMean(cells, sums, { positives: 667, rows: 2000, variance }).hasShifted;
    });
    assert.ok(found.filter(Boolean).length >= 90);
  });
});

describe('the label shift', () => {
  it('meets a known answer', () => {
    // numpy: 100,000 steps of the iteration; scipy 1.17.1, minimize_scalar of the likelihood, agrees
    const probabilities = [0.02, 0.1, 0.25, 0.5, 0.8, 0.95];
    closeTo(labelShift(probabilities, [300, 250, 200, 150, 70, 30], 0.3), 0.15436166228214665, 1e-6);
  });

  it('finds the share that positives were drawn with, where the mean score rises by half as much', () => {
    const random = createRandom(37);
    const probabilities: number[] = [];
    for (let i = 0; i < 30_000; i++) {
      // twice as many positive cases as in training, of which a third were positive
      const isPositive = random() < 2 / 3;
      let score = random() ** 2;
      while (random() >= (isPositive ? score : 1 - score)) score = random() ** 2;
      probabilities.push(score);
    }
    const rows = probabilities.map(() => 1);
    const mean = probabilities.reduce((sum, value) => sum + value, 0) / rows.length;
    const share = labelShift(probabilities, rows, 1 / 3) ?? assert.fail('there are rows');
    assert.ok(Math.abs(share - 2 / 3) < 0.02, `${share}`);
    assert.ok(mean < 0.55, `${mean}`);
  });

  it('stays where it was for the training rows, and says nothing of none', () => {
    closeTo(labelShift([0.1, 0.5, 0.9], [20, 20, 20], 0.5), 0.5, 1e-9);
    assert.equal(labelShift([], [], 0.5), null);
    assert.equal(labelShift([0.4], [0], 0.5), null);
  });

  it('says nothing where the scores hardly separate the classes, or the rows are few', () => {
    // a model that has learnt nothing, on its own training rows
    assert.equal(labelShift([0.125, 0.29362696], [4, 2996], 0.29333333), null);
    assert.equal(labelShift([0.3], [1e6], 0.3), null);
    assert.equal(labelShift([0.1, 0.5, 0.9], [2, 2, 2], 0.5), null);
  });

  it('says nothing where its standard error, that of many windows, is above 0.1', () => {
    const random = createRandom(41);
    // half positive, and a score that is right in seven of ten cases
    for (const [rows, isTold] of [
      [400, true],
      [100, false],
    ] as const) {
      const shares = Array.from({ length: 200 }, () => {
        let high = 0;
        for (let i = 0; i < rows; i++) if (random() < 0.5) high++;
        // the estimate, solved for by hand: 0.3 + 0.4 · share of the rows have the high score
        return (high / rows - 0.3) / 0.4;
      });
      const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
      const error = Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length);
      assert.equal(error < 0.1, isTold, `${error}`);
      const half = labelShift([0.3, 0.7], [rows / 2, rows / 2], 0.5);
      assert.equal(half !== null, isTold);
    }
  });
});

describe('the variance of probabilities between bins', () => {
  it('is that of the means of the bins, by their rows', () => {
    // two rows at 0.2, one at 0.8, and an empty bin
    closeTo(varianceBetween([2, 0, 1], [0.4, 0, 0.8]), (2 * 0.2 ** 2 + 0.8 ** 2) / 3 - 0.4 ** 2);
    assert.equal(varianceBetween([], []), 0);
    assert.equal(varianceBetween([0], [0]), 0);
  });
});
