import assert from 'node:assert/strict';
import { createPerformance } from '../../src/monitor/performance.ts';
import { comparedWith, heldOutRocAuc, rocAucShrinkage } from '../../src/monitor/performance-comparison.ts';
import { measureCoverage } from '../../src/monitor/performance-coverage.ts';
import {
  estimatedFigures,
  realisedFigures,
  withoutUnidentified,
} from '../../src/monitor/performance-figures.ts';
import {
  calibrationErrorOfAccuracy,
  calibrationErrorOfRocAuc,
  estimatedRocAucError,
  estimateErrors,
} from '../../src/stats/estimate-errors.ts';
import { f1StandardError, rocAucStandardError, shareStandardError } from '../../src/stats/standard-errors.ts';
import { closeTo } from '../stats/close-to.ts';

/** Bins up to 0.25, 0.5, 0.75 and 1; the threshold cuts the third at 0.6. */
const counting = () =>
  createPerformance({
    model: 'm',
    version: '1',
    classes: ['no', 'yes'],
    threshold: 0.6,
    scoreEdges: [0.25, 0.5, 0.75],
    calibration: { scores: [0, 1], probabilities: [0, 1] },
  });

/** Of each score, how many outcomes were negative and positive. */
const outcomes = [
  [0.1, 6, 1],
  [0.4, 3, 2],
  [0.55, 1, 1],
  [0.7, 1, 2],
  [0.9, 1, 4],
] as const;

function withOutcomes() {
  const performance = counting();
  for (const [score, negatives, positives] of outcomes) {
    for (let i = 0; i < negatives; i++) performance.addOutcome(score, 0);
    for (let i = 0; i < positives; i++) performance.addOutcome(score, 1);
  }
  return performance;
}

describe('realised figures', () => {
  const { cells, sums } = withOutcomes();
  const figures = realisedFigures(cells, sums);

  it('have the standard errors of what they are shares of', () => {
    const confusion = { truePositives: 6, falsePositives: 2, trueNegatives: 10, falseNegatives: 4 };
    assert.deepEqual(figures.confusion, confusion);
    assert.equal(figures.samples, 22);
    closeTo(figures.accuracy.standardError, shareStandardError(16 / 22, 22));
    closeTo(figures.precision.standardError, shareStandardError(6 / 8, 8));
    closeTo(figures.recall.standardError, shareStandardError(6 / 10, 10));
    assert.equal(figures.f1.standardError, f1StandardError(confusion));
    closeTo(figures.rocAuc.standardError, rocAucStandardError(figures.rocAuc.value ?? Number.NaN, 10, 12));
  });

  it('have a Brier score with the spread of the squared errors, of rows at the mean score of their cell', () => {
    const errors = outcomes.flatMap(([score, negatives, positives]) => [
      ...new Array<number>(negatives).fill(score ** 2),
      ...new Array<number>(positives).fill((1 - score) ** 2),
    ]);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const variance = errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / errors.length;
    closeTo(figures.brier, mean);
    closeTo(figures.brierStandardError, Math.sqrt(variance / errors.length));
  });

  it('are unknown without outcomes', () => {
    const none = counting();
    const { samples, accuracy, rocAuc, brier, brierStandardError, logLoss } = realisedFigures(
      none.cells,
      none.sums,
    );
    assert.equal(samples, 0);
    const unknown = { value: null, standardError: null };
    assert.deepEqual(accuracy, unknown);
    assert.deepEqual(rocAuc, { ...unknown, maxError: null });
    assert.deepEqual([brier, brierStandardError, logLoss], [null, null, null]);
  });

  it('have no AUC, and no recall, of negatives alone', () => {
    const performance = counting();
    performance.addOutcome(0.1, 0);
    performance.addOutcome(0.9, 0);
    const unknown = { value: null, standardError: null };
    const { rocAuc, recall, precision } = realisedFigures(performance.cells, performance.sums);
    assert.deepEqual(rocAuc, { ...unknown, maxError: null });
    assert.deepEqual(recall, unknown);
    assert.equal(precision.value, 0);
  });

  it('keep only what holds for labelled rows if one decision has hardly any', () => {
    const unknown = { value: null, standardError: null };
    assert.deepEqual(withoutUnidentified(figures), {
      ...figures,
      accuracy: unknown,
      recall: unknown,
      f1: unknown,
      rocAuc: { ...unknown, maxError: null },
    });
  });
});

describe('estimated figures', () => {
  const scoreBins = { counts: [40, 30, 20, 10], positives: [6, 10, 12, 8], expected: [4, 11, 13, 9] };
  const shrinkage = rocAucShrinkage(scoreBins);

  it('have the errors of which rows arrived, and of the rows behind the calibration', () => {
    const { cells, sums, addPrediction } = counting();
    const scores = outcomes.flatMap(([score, negatives, positives]) =>
      new Array<number>(negatives + positives).fill(score),
    );
    for (const score of scores) addPrediction(score);
    const figures = estimatedFigures(cells, sums, scoreBins);
    const sum = (some: readonly number[], of: (score: number) => number) =>
      some.reduce((total, score) => total + of(score), 0);
    const [above, below] = [scores.filter((score) => score >= 0.6), scores.filter((score) => score < 0.6)];
    const errors = estimateErrors({
      confusion: figures.confusion,
      squaresOfPositives: sum(above, (score) => score ** 2),
      squaresOfNegatives: sum(below, (score) => score ** 2),
    });
    for (const figure of ['accuracy', 'precision', 'recall', 'f1'] as const) {
      closeTo(figures[figure].standardError, errors[figure] ?? Number.NaN);
    }
    const inBin = (bin: number) => scores.filter((score) => Math.ceil(score * 4) - 1 === bin);
    const positives = [0, 1, 2, 3].map((bin) => sum(inBin(bin), (score) => score));
    const negatives = [0, 1, 2, 3].map((bin) => sum(inBin(bin), (score) => 1 - score));
    closeTo(
      figures.accuracy.calibrationError,
      calibrationErrorOfAccuracy(positives, negatives, scoreBins.counts) ?? Number.NaN,
    );
    closeTo(
      figures.rocAuc.standardError,
      shrinkage * (estimatedRocAucError(positives, negatives) ?? Number.NaN),
    );
    closeTo(
      figures.rocAuc.calibrationError,
      shrinkage * (calibrationErrorOfRocAuc(positives, negatives, scoreBins.counts) ?? Number.NaN),
    );
  });

  it('know nothing without predictions', () => {
    const { cells, sums } = counting();
    const { rocAuc, accuracy } = estimatedFigures(cells, sums, scoreBins);
    assert.deepEqual(rocAuc, { value: null, maxError: null, standardError: null, calibrationError: null });
    assert.deepEqual([accuracy.value, accuracy.standardError], [null, null]);
  });

  it('shrink the AUC by as much as it is too far above ½ on the rows that the calibration was learnt from', () => {
    const of = (positives: number[]) =>
      heldOutRocAuc({ counts: scoreBins.counts, positives })?.value ?? Number.NaN;
    closeTo(shrinkage, (of(scoreBins.positives) - 0.5) / (of(scoreBins.expected) - 0.5));
    assert.ok(shrinkage > 0.5 && shrinkage < 1);
    // outcomes against the order of the scores
    assert.equal(rocAucShrinkage({ ...scoreBins, positives: [30, 15, 5, 0] }), 0);
    // no outcomes of one class: nothing is known of them, so their AUC counts as ½
    assert.equal(rocAucShrinkage({ ...scoreBins, positives: [0, 0, 0, 0] }), 0);
    // probabilities without order
    assert.equal(rocAucShrinkage({ ...scoreBins, expected: [20, 15, 10, 5] }), 1);
    assert.equal(rocAucShrinkage({ counts: [], positives: [], expected: [] }), 1);
  });
});

describe('what live figures are compared with', () => {
  const evaluation = {
    accuracy: { value: 0.8, standardError: 0.01 },
    rocAuc: { value: 0.9, standardError: 0.02 },
  };

  it('is the AUC over the bins, with the error of the evaluation, unless the bins are too coarse', () => {
    const fine = { counts: [50, 50, 50], positives: [0, 25, 50] };
    const { accuracy, rocAuc } = comparedWith(evaluation, fine);
    assert.deepEqual(accuracy, evaluation.accuracy);
    assert.equal(rocAuc, null, 'a third of the rows in one bin');
    const counts = Array.from({ length: 50 }, () => 10);
    const bins = { counts, positives: counts.map((_, bin) => (bin < 25 ? 1 : 9)) };
    const area = heldOutRocAuc(bins);
    assert.ok(area !== null && area.maxError <= 0.02);
    assert.deepEqual(comparedWith(evaluation, bins).rocAuc, { value: area.value, standardError: 0.02 });
  });

  it('is no AUC without held-out scores of both classes', () => {
    assert.equal(comparedWith(evaluation, { counts: [10, 10], positives: [10, 10] }).rocAuc, null);
  });
});

describe('the coverage by outcomes', () => {
  const coverageOf = (labelledNegatives: number, labelledPositives: number, positives = 10) => {
    const { cells, sums, addPrediction, addOutcome } = counting();
    for (let i = 0; i < 10; i++) addPrediction(0.1);
    for (let i = 0; i < positives; i++) addPrediction(0.9);
    for (let i = 0; i < labelledNegatives; i++) addOutcome(0.1, 0);
    for (let i = 0; i < labelledPositives; i++) addOutcome(0.9, 1);
    return measureCoverage(cells, sums);
  };

  it('is enough to judge all decisions from half of that of the other on', () => {
    assert.equal(coverageOf(8, 4).isIdentified, true);
    assert.equal(coverageOf(4, 8).isIdentified, true);
    assert.equal(coverageOf(8, 3).isIdentified, false);
    assert.equal(coverageOf(3, 8).isIdentified, false);
  });

  it('need not be of a decision that was never made', () => {
    const { isIdentified, byDecision } = coverageOf(8, 0, 0);
    assert.equal(isIdentified, true);
    assert.deepEqual(byDecision[1], { predictions: 0, labelled: 0, share: null });
  });
});
