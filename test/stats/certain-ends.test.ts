import assert from 'node:assert/strict';
import { certainEnds, softenCertainEnds } from '../../src/stats/certain-ends.ts';

const curveOf = (...probabilities: number[]) => ({
  scores: probabilities.map((_, i) => i / 10),
  probabilities,
});

describe('the certain ends of a calibration curve', () => {
  const soften = (probabilities: readonly number[], atZero = 4, atOne = 9) =>
    softenCertainEnds(curveOf(...probabilities), { atZero, atOne }).probabilities;

  it('become half a row of those on the plateau, and one more', () => {
    assert.deepEqual(soften([0, 0, 0.4, 0.6, 1]), [0.1, 0.1, 0.4, 0.6, 0.95]);
    assert.deepEqual(softenCertainEnds(curveOf(0, 1), { atZero: 4, atOne: 9 }).scores, [0, 0.1]);
  });

  it('go no further than their neighbours', () => {
    assert.deepEqual(soften([0, 0.05, 0.97, 1]), [0.05, 0.05, 0.97, 0.97]);
    assert.deepEqual(soften([0, 0.05, 0.3, 0.97, 1]), [0.05, 0.05, 0.3, 0.97, 0.97]);
    assert.deepEqual(soften([0, 1], 0, 0), [0.5, 0.5]);
  });

  it('are softened alone where all is certain', () => {
    assert.deepEqual(soften([0, 0]), [0.1, 0.1]);
    assert.deepEqual(soften([1, 1]), [0.95, 0.95]);
    assert.deepEqual(soften([0, 1]), [0.1, 0.95]);
    // even one row says more than ½, if there is nothing on the other side
    assert.deepEqual(soften([0], 0), [0.5]);
    assert.deepEqual(soften([1], 0, 0), [0.5]);
  });

  it('stay as they are where nothing is certain', () => {
    assert.deepEqual(soften([0.2, 0.8]), [0.2, 0.8]);
  });

  it('are where the curve stops being 0 and begins to be 1', () => {
    assert.deepEqual(certainEnds(curveOf(0, 0, 0.5, 1, 1)), { zeroTo: 0.1, oneFrom: 0.3 });
    assert.equal(certainEnds(curveOf(0, 0.5)).zeroTo, 0);
    assert.equal(certainEnds(curveOf(1)).oneFrom, 0);
    assert.deepEqual(certainEnds(curveOf(0.2, 0.5)), {
      zeroTo: Number.NEGATIVE_INFINITY,
      oneFrom: Number.POSITIVE_INFINITY,
    });
  });
});
