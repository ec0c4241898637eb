import assert from 'node:assert/strict';
import { createPerformance } from '../../src/monitor/performance.ts';
import {
  type Band,
  compareBands,
  compareObserved,
  outcomeRule,
  testCalibration,
} from '../../src/monitor/performance-calibration.ts';
import { equalWidthEdges } from '../../src/stats/binning.ts';

/** How many rows count as one where each applicant is sent three times. */
const sends = 3;

/** What one band of the score brought. */
type Outcomes = { readonly outcomes: number; readonly positives: number; readonly probability: number };

const { cells, sums } = createPerformance({
  model: 'm',
  version: 'v',
  classes: ['no', 'yes'],
  threshold: 0.5,
  scoreEdges: equalWidthEdges(0, 1, 50),
  calibration: { scores: [0, 1], probabilities: [0, 1] },
});

/** The bands for given outcomes per band and training rows in each. */
function bandsOf(brought: readonly Outcomes[], referenceRows: number): Band[] {
  for (const values of Object.values(sums)) values.fill(0);
  brought.forEach(({ outcomes, positives, probability }, band) => {
    const cell = cells.findIndex(({ bin }) => bin === band * 5);
    sums.positives[cell] = positives;
    sums.negatives[cell] = outcomes - positives;
    sums.expected[cell] = outcomes * probability;
    sums.variance[cell] = outcomes * probability * (1 - probability);
  });
  return compareBands(
    cells,
    sums,
    Array.from({ length: cells.length - 1 }, (_, bin) => (bin % 5 === 0 ? referenceRows : 0)),
  );
}

/** P(X = k) for k from 0 until nothing is left, X Poisson with this mean. */
function poisson(mean: number): Float64Array {
  const probabilities = new Float64Array(Math.ceil(mean + 20 * Math.sqrt(mean) + 60));
  let logarithm = -mean;
  probabilities.forEach((_, k) => {
    if (k > 0) logarithm += Math.log(mean / k);
    probabilities[k] = Math.exp(logarithm);
  });
  return probabilities;
}

/** P(the condition) for a Poisson number with this mean. */
function chance(mean: number, holds: (count: number) => boolean): number {
  return poisson(mean).reduce((sum, each, count) => (each > 1e-12 && holds(count) ? sum + each : sum), 0);
}

const probability = 1e-4;
const endless = 1e15;

function isUnexpected(bands: readonly Band[]): boolean {
  const { z, effect } = compareObserved(bands);
  return z !== null && Math.abs(z) > outcomeRule.z && (effect ?? 0) > outcomeRule.leastEffect['7d'];
}

function isMiscalibrated(bands: readonly Band[]): boolean {
  const { chiSquare, ceiling, effect } = testCalibration(bands);
  return ceiling !== null && chiSquare > ceiling && (effect ?? 0) > outcomeRule.leastEffect['7d'];
}

function close(actual: number | null, expected: number): void {
  assert.ok(actual !== null && Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);
}

describe('outcomes against their expectation', () => {
  it('are judged by three outcomes counted as one and the error of the calibration, band by band', () => {
    const bands = bandsOf(
      [
        { outcomes: 400, positives: 60, probability: 0.2 },
        { outcomes: 100, positives: 60, probability: 0.5 },
      ],
      250,
    );
    // U is V in the first band, as fewer came than expected there, and in the second, as p = ½ varies most.
    const errors = [64 * (3 + 400 / 250), 25 * (3 + 100 / 250)];
    const { observed, expected, z, effect } = compareObserved(bands);
    assert.deepEqual([observed, expected], [120, 130]);
    close(z, -10 / Math.sqrt(errors[0] + errors[1]));
    close(effect, 10 / 130);
    const test = testCalibration(bands);
    assert.equal(test.bands, 2);
    close(test.chiSquare, 20 ** 2 / errors[0] + 10 ** 2 / errors[1]);
    close(test.effect, 30 / 130);
  });

  it('have as large an effect where the positives are the common class', () => {
    const rare = compareObserved(bandsOf([{ outcomes: 1000, positives: 130, probability: 0.1 }], endless));
    const common = compareObserved(bandsOf([{ outcomes: 1000, positives: 870, probability: 0.9 }], endless));
    close(rare.effect, 0.3);
    close(common.effect, 0.3);
    close(common.z, -(rare.z ?? 0));
  });

  it('say nothing band by band before there is enough variance, and nothing at all without outcomes', () => {
    const unjudged = { z: null, effect: null };
    assert.deepEqual(compareObserved(bandsOf([], 1000)), { observed: 0, expected: 0, ...unjudged });
    assert.deepEqual(testCalibration(bandsOf([], 1000)), {
      chiSquare: 0,
      bands: 0,
      ceiling: null,
      effect: null,
    });
    const few = bandsOf([{ outcomes: 79, positives: 79, probability: 0.5 }], 1000);
    assert.equal(testCalibration(few).ceiling, null);
  });

  it('of few positives pass the limit at most 22 times in 100,000 by chance, 57 times where each is sent three times', () => {
    for (let expected = 1; expected <= 100; expected++) {
      const outcomes = expected / probability;
      const given = (positives: number) => bandsOf([{ outcomes, positives, probability }], endless);
      const alone = chance(expected, (count) => isUnexpected(given(count)));
      const repeated = chance(expected / sends, (count) => isUnexpected(given(sends * count)));
      const band = chance(expected, (count) => isMiscalibrated(given(count)));
      const repeatedBand = chance(expected / sends, (count) => isMiscalibrated(given(sends * count)));
      const rates = `${expected} expected: ${[alone, repeated, band, repeatedBand].join(', ')}`;
      assert.ok(Math.max(alone, band, repeatedBand) <= 22e-5 && repeated <= 57e-5, rates);
    }
  });

  it('are far from normal with few positives: how often four standard deviations of a Poisson number are passed', () => {
    const passed = (expected: number, count: number, variance: number) =>
      Math.abs(count - expected) > 4 * Math.sqrt(variance);
    const per100_000 = (expected: number) =>
      Math.round(1e5 * chance(expected, (count) => passed(expected, count, expected)));
    assert.deepEqual([5, 20, 100].map(per100_000), [70, 22, 7]);
    const repeated = (expected: number) =>
      Math.round(
        1e5 * chance(expected / sends, (count) => passed(expected, sends * count, sends * expected)),
      );
    assert.deepEqual([20, 100].map(repeated), [57, 12]);
  });

  it('raise no alarm for a calibration with few positive rows, however many outcomes arrive', () => {
    const rows = 10_000;
    const outcomes = 1e9;
    for (const expected of [1, 2, 5, 10, 20, 50, 100, 200]) {
      const truth = expected / rows;
      // The rows behind the calibration are a draw of their own; here the outcomes know the truth.
      const learnt = (positives: number) =>
        bandsOf([{ outcomes, positives: outcomes * truth, probability: positives / rows }], rows);
      for (const accuses of [isUnexpected, isMiscalibrated]) {
        const rate = chance(expected, (count) => accuses(learnt(count)));
        assert.ok(rate <= 22e-5, `${expected} positives among the rows: ${rate}`);
      }
    }
  });

  it('show that a calibration was overconfident', () => {
    const certain = { outcomes: 10_000, positives: 900, probability: 0 };
    const other = { outcomes: 1000, positives: 300, probability: 0.3 };
    // 200 rows of which none was positive do not exclude one in a hundred, but they do nine.
    assert.ok(isUnexpected(bandsOf([certain, other], 200)));
    assert.ok(!isUnexpected(bandsOf([{ ...certain, positives: 100 }, other], 200)));
  });

  it('say nothing of scores that training never had', () => {
    const elsewhere = { outcomes: 1000, positives: 900, probability: 0.5 };
    const { z } = compareObserved(bandsOf([elsewhere], 0));
    assert.ok(z !== null && Math.abs(z) < 1);
  });
});
