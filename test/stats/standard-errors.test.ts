import assert from 'node:assert/strict';
import { f1StandardError, rocAucStandardError, shareStandardError } from '../../src/stats/standard-errors.ts';
import { maxMagnitude, summableBounds } from '../../src/stats/summable.ts';
import { closeTo } from './close-to.ts';

describe('standard errors', () => {
  it('of a share are those of the binomial distribution', () => {
    closeTo(shareStandardError(0.2, 64), 0.05);
    assert.equal(shareStandardError(1, 10), 0);
  });

  it('of F1 follow from those of the share of true positives', () => {
    const counts = { truePositives: 9, falsePositives: 3, falseNegatives: 4, trueNegatives: 50 };
    // a share of 9/16, of which F1 is 2·(9/16)/(25/16)
    closeTo(f1StandardError(counts), (2 / (25 / 16) ** 2) * Math.sqrt((9 / 16) * (7 / 16)) * 0.25);
    const none = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 50 };
    assert.equal(f1StandardError(none), null);
    assert.equal(f1StandardError({ ...none, falsePositives: 1 }), 0);
  });

  it('of an area under the ROC curve follow the formula of Hanley and McNeil', () => {
    closeTo(rocAucStandardError(0.8, 10, 20), 0.0935711, 1e-6);
    closeTo(rocAucStandardError(0.8, 1, 1), 0.4);
    assert.equal(rocAucStandardError(1, 10, 20), 0);
  });
});

describe('the values that are summed', () => {
  it('lie within ten times the largest magnitude of the reference', () => {
    assert.deepEqual(summableBounds([2, 5]), [-48, 55]);
    assert.deepEqual(summableBounds([-7, 1]), [-77, 71]);
    assert.deepEqual(summableBounds([0, 0]), [0, 0]);
  });

  it('lie within ±1e100, whatever the reference', () => {
    assert.deepEqual(summableBounds(), [-maxMagnitude, maxMagnitude]);
    assert.deepEqual(summableBounds([-1e100, 1]), [-maxMagnitude, maxMagnitude]);
  });
});
