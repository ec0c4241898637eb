import assert from 'node:assert/strict';
import { readProbability } from '../../src/model/probability.ts';

describe('readProbability', () => {
  it('accepts numbers from 0 to 1 unchanged', () => {
    for (const value of [0, Number.MIN_VALUE, 0.1, 1 - Number.EPSILON / 2, 1]) {
      assert.equal(readProbability(value), value);
    }
    assert.ok(Object.is(readProbability(-0), 0));
  });

  it('treats what rounding has pushed just outside as 0 and 1', () => {
    // GaussianNB of scikit-learn gives the last of these for rows of float32
    for (const value of [1 + Number.EPSILON, Math.fround(1.0000001), 1.00000043]) {
      assert.equal(readProbability(value), 1);
    }
    assert.equal(readProbability(-1.2e-7), 0);
  });

  it('accepts nothing else', () => {
    for (const value of [
      1.0001,
      -0.0001,
      50,
      Infinity,
      -Infinity,
      NaN,
      '0.5',
      true,
      null,
      undefined,
      [0.5],
    ]) {
      assert.equal(readProbability(value), undefined);
    }
  });
});
