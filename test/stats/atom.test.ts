import assert from 'node:assert/strict';
import { atomBetween, atomEdges } from '../../src/stats/atom.ts';

describe('the bin of one frequent value', () => {
  it('reaches two units of the seventh digit to either side, but to no other whole number', () => {
    assert.deepEqual(atomEdges(100), [99.9998, 100.0002]);
    assert.deepEqual(atomEdges(0.1), [0.0999998, 0.1000002]);
    assert.deepEqual(atomEdges(2 ** 24 - 1), [2 ** 24 - 1.5, 2 ** 24 - 0.5]);
  });

  it('holds the neighbours that single precision cannot tell apart, from 2^24 on', () => {
    assert.deepEqual(atomEdges(2 ** 24), [2 ** 24 - 20, 2 ** 24 + 20]);
    assert.deepEqual(atomEdges(123_456_792), [123_456_592, 123_456_992]);
  });

  it('of zero is narrow, and narrower if another value is near', () => {
    assert.deepEqual(atomEdges(0), [-1e-9, 1e-9]);
    assert.deepEqual(atomEdges(0, 5e-12), [-1e-15, 1e-15]);
  });

  it('is about the shortest spelling of the value', () => {
    assert.deepEqual(atomEdges(Math.fround(0.1)), atomEdges(0.1));
    assert.deepEqual(atomEdges(0.30000000000000004), atomEdges(0.3));
  });

  it('is recognised by its edges', () => {
    for (const value of [0, 1, -7.25, 0.3, 1e-300, 1e300, 2 ** 24]) {
      assert.equal(atomBetween(...atomEdges(value)), value);
    }
  });

  it('is no other bin', () => {
    for (const [lower, upper] of [
      [Number.NEGATIVE_INFINITY, 1],
      [1, Number.POSITIVE_INFINITY],
      [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
      [-1e308, 1.5e308],
      [-2, 2],
      [99.9998, 100.0003],
      [99.9997, 100.0002],
    ]) {
      assert.equal(atomBetween(lower, upper), null, `${lower}, ${upper}`);
    }
  });
});
