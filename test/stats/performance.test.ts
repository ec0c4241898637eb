import assert from 'node:assert/strict';
import fc from 'fast-check';
import { accuracy, confusion, f1, precision, recall } from '../../src/stats/confusion.ts';
import { interpolateCurve, isotonicRegression } from '../../src/stats/isotonic-regression.ts';
import { brierScore, expectedCalibrationError, logLoss } from '../../src/stats/probability-scores.ts';
import { binnedRocAuc, rocAuc } from '../../src/stats/roc-auc.ts';
import { estimatePerformance } from './cbpe.ts';
import { closeTo } from './close-to.ts';

// Expected values: scikit-learn 1.9.1, sklearn.metrics and sklearn.isotonic, on these scores and outcomes.
const scores = [0.1, 0.2, 0.2, 0.35, 0.4, 0.4, 0.4, 0.55, 0.6, 0.7, 0.8, 0.8, 0.9, 0.95];
const outcomes = [0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1];
const predictions = scores.map((score) => (score >= 0.5 ? 1 : 0));

const labelled = fc
  .array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 1 })), {
    minLength: 1,
  })
  .map((rows) => ({ scores: rows.map(([score]) => score), outcomes: rows.map(([, outcome]) => outcome) }));

describe('confusion matrix', () => {
  it('gives accuracy_score, precision_score, recall_score and f1_score', () => {
    const counts = confusion(predictions, outcomes);
    assert.deepEqual(counts, { truePositives: 5, falsePositives: 2, trueNegatives: 4, falseNegatives: 3 });
    closeTo(accuracy(counts), 0.6428571428571429);
    closeTo(precision(counts), 0.7142857142857143);
    closeTo(recall(counts), 0.625);
    closeTo(f1(counts), 0.6666666666666666);
  });

  it('has no figure where there is nothing to divide by', () => {
    const none = confusion([], []);
    assert.deepEqual([accuracy(none), precision(none), recall(none), f1(none)], [null, null, null, null]);
    const negative = confusion([0, 0], [0, 0]);
    assert.deepEqual(
      [accuracy(negative), precision(negative), recall(negative), f1(negative)],
      [1, null, null, null],
    );
    assert.equal(f1(confusion([0], [1])), 0);
    assert.throws(() => confusion([1], [1, 0]), /1 predictions and 2 outcomes/);
  });
});

describe('ROC AUC', () => {
  it('gives roc_auc_score with ties', () => {
    closeTo(rocAuc(scores, outcomes), 0.75);
    assert.equal(rocAuc([1, 2, 3, 4], [0, 0, 1, 1]), 1);
    assert.equal(rocAuc([5, 5, 5], [0, 1, 1]), 0.5);
    assert.equal(rocAuc([1, 2], [1, 1]), null);
    assert.equal(rocAuc([], []), null);
    assert.throws(() => rocAuc([1], []), RangeError);
  });

  it('equals the share of pairs in order', () => {
    fc.assert(
      fc.property(labelled, (rows) => {
        let pairs = 0;
        let right = 0;
        rows.scores.forEach((a, i) => {
          rows.scores.forEach((b, j) => {
            if (rows.outcomes[i] !== 1 || rows.outcomes[j] !== 0) return;
            pairs++;
            right += a > b ? 1 : a === b ? 0.5 : 0;
          });
        });
        if (pairs === 0) assert.equal(rocAuc(rows.scores, rows.outcomes), null);
        else closeTo(rocAuc(rows.scores, rows.outcomes), right / pairs);
      }),
    );
  });

  it('from bins is within its stated error of the unbinned one', () => {
    fc.assert(
      fc.property(labelled, fc.integer({ min: 1, max: 50 }), (rows, bins) => {
        const positives = new Array<number>(bins).fill(0);
        const negatives = new Array<number>(bins).fill(0);
        rows.scores.forEach((score, i) => {
          const bin = Math.min(bins - 1, Math.floor(score * bins));
          (rows.outcomes[i] === 1 ? positives : negatives)[bin]++;
        });
        const exact = rocAuc(rows.scores, rows.outcomes);
        const binned = binnedRocAuc(positives, negatives);
        if (exact === null) return assert.equal(binned, null);
        assert.ok(binned !== null && Math.abs(binned.value - exact) <= binned.maxError + 1e-12);
      }),
    );
    assert.throws(() => binnedRocAuc([1, 2], [1]), RangeError);
  });
});

describe('probability scores', () => {
  it('give brier_score_loss and log_loss', () => {
    closeTo(brierScore(scores, outcomes), 0.20982142857142858);
    closeTo(logLoss(scores, outcomes), 0.5976696800520767);
    closeTo(logLoss([0, 0.2, 1], [1, 0, 1]), 12.088932313477121);
    assert.equal(brierScore([], []), null);
    assert.equal(logLoss([], []), null);
    assert.throws(() => brierScore([1], []), RangeError);
    assert.throws(() => logLoss([1], []), RangeError);
  });

  it('give the expected calibration error of five equal bins, as numpy counts it', () => {
    const counts = [3, 4, 2, 3, 2];
    const expected = [0.5, 1.55, 1.15, 2.3, 1.85];
    const positives = [1, 2, 1, 2, 2];
    closeTo(expectedCalibrationError(counts, expected, positives), 0.1107142857142857);
    assert.equal(expectedCalibrationError([0, 0], [0, 0], [0, 0]), null);
    assert.throws(() => expectedCalibrationError([1], [1], [1, 2]), RangeError);
    assert.throws(() => expectedCalibrationError([1], [1, 2], [1]), RangeError);
  });
});

describe('isotonic regression', () => {
  it('gives IsotonicRegression(out_of_bounds="clip")', () => {
    const curve = isotonicRegression(scores, outcomes);
    assert.deepEqual(curve.scores, [0.1, 0.2, 0.35, 0.4, 0.55, 0.6, 0.8, 0.9, 0.95]);
    assert.deepEqual(curve.probabilities, [0, 1 / 3, 1 / 3, 0.5, 0.5, 0.75, 0.75, 1, 1]);
    const expected = [0, 1 / 6, 1 / 3, 0.5, 0.65, 0.75, 0.875, 1];
    [0, 0.15, 0.3, 0.45, 0.58, 0.65, 0.85, 1].forEach((score, i) => {
      closeTo(interpolateCurve(curve, score), expected[i]);
    });
  });

  it('gives tied scores their own mean, not that of what lies below', () => {
    const curve = isotonicRegression([1, 1, 1, 2, 2], [1, 0, 0, 0, 1]);
    assert.deepEqual(curve, { scores: [1, 2], probabilities: [1 / 3, 0.5] });
  });

  it('never falls, stays within the outcomes, keeps their sum, and cannot be bettered by pooling', () => {
    fc.assert(
      fc.property(labelled, (rows) => {
        const curve = isotonicRegression(rows.scores, rows.outcomes);
        assert.ok(curve.scores.every((score, i) => i === 0 || score > curve.scores[i - 1]));
        assert.ok(
          curve.probabilities.every(
            (p, i) => p >= 0 && p <= 1 && (i === 0 || p >= curve.probabilities[i - 1]),
          ),
        );
        const fitted = rows.scores.map((score) => interpolateCurve(curve, score));
        const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
        closeTo(sum(fitted), sum(rows.outcomes));
        const mean = sum(rows.outcomes) / rows.outcomes.length;
        const loss = (values: number[]) => sum(values.map((value, i) => (value - rows.outcomes[i]) ** 2));
        assert.ok(loss(fitted) <= loss(rows.outcomes.map(() => mean)) + 1e-9);
      }),
    );
    assert.throws(() => isotonicRegression([], []), RangeError);
    assert.throws(() => isotonicRegression([1], [1, 0]), RangeError);
  });
});

describe('CBPE', () => {
  const probabilities = [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9];
  const decided = probabilities.map((p) => (p >= 0.5 ? 1 : 0));

  it('gives the known answers', () => {
    const estimate = estimatePerformance(probabilities, decided);
    closeTo(estimate.accuracy, 0.75);
    closeTo(estimate.rocAuc, 0.8125);
    closeTo(estimate.precision, 0.75);
    closeTo(estimate.recall, 0.75);
    closeTo(estimate.f1, 0.75);
  });

  it('has nannyml’s expected AUC with ties', () => {
    // nannyml's estimate_roc_auc (trapezoid over expected rates), recomputed with numpy 2
    closeTo(estimatePerformance(scores, predictions).rocAuc, 0.8022863280650606);
  });

  it('ranks by the scores where the calibrated probabilities tie', () => {
    const tied = [0.3, 0.3, 0.7, 0.7];
    const byScore = estimatePerformance(tied, [0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]).rocAuc;
    closeTo(byScore, estimatePerformance(tied, [0, 0, 1, 1]).rocAuc!);
    assert.throws(() => estimatePerformance([0.5], []), RangeError);
  });

  it('is what happened if the probabilities are 0 and 1', () => {
    fc.assert(
      fc.property(labelled, (rows) => {
        const decisions = rows.scores.map((score) => (score >= 0.5 ? 1 : 0));
        const estimate = estimatePerformance(rows.outcomes, decisions, rows.scores);
        assert.deepEqual(estimate.confusion, confusion(decisions, rows.outcomes));
        assert.equal(estimate.rocAuc, rocAuc(rows.scores, rows.outcomes));
      }),
    );
  });
});
