import assert from 'node:assert/strict';
import { countBins } from '../../src/stats/binning.ts';
import { quantileEdges } from '../../src/stats/quantile-edges.ts';

const repeat = (value: number, times: number) => new Array<number>(times).fill(value);
const range = (length: number, of: (i: number) => number) => Array.from({ length }, (_, i) => of(i));
/** Different numbers that single precision cannot tell apart: too many of them to be spellings of one. */
const dense = (value: number, length: number) => range(length, (i) => value + i * 1e-9);

describe('known edges', () => {
  const countsOf = (values: readonly number[], count: number) =>
    countBins({ kind: 'numeric', edges: quantileEdges(values, count) }, values).slice(0, -1);

  it('ignore what is not finite', () => {
    const values = [1, Number.NaN, 2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3, 4];
    assert.deepEqual(quantileEdges(values, 2), [2.5]);
  });

  it('leave at least five rows in each bin next to a frequent value, if there are so many', () => {
    const around = (below: number, above: number) => [
      ...range(below, (i) => i - below),
      ...repeat(0, 40),
      ...range(above, (i) => i + 1),
    ];
    assert.deepEqual(countsOf(around(7, 8), 10), [7, 40, 8]);
    assert.deepEqual(countsOf(around(12, 13), 10), [5, 7, 40, 8, 5]);
  });

  it('make a bin for a value that is more than a tenth of all', () => {
    const others = range(90, (i) => i + 100);
    assert.deepEqual(quantileEdges([...repeat(5, 10), ...others], 1), []);
    assert.deepEqual(quantileEdges([...repeat(5, 11), ...others], 1), [4.999998, 5.000002]);
  });

  it('are in the nearest gap that no rounding closes, the upper one of two', () => {
    assert.deepEqual(quantileEdges([...dense(1, 12), ...dense(2, 8)], 2), [1.5]);
    assert.deepEqual(quantileEdges([...dense(1, 8), ...dense(2, 12)], 2), [1.5]);
    assert.deepEqual(quantileEdges([...dense(1, 16), ...dense(2, 8), ...dense(3, 16)], 2), [2.5]);
    assert.deepEqual(quantileEdges([...dense(1, 17), ...dense(2, 8), ...dense(3, 15)], 2), [1.5]);
  });

  it('are between any values where the nearest gap is further away than the size of a bin', () => {
    assert.deepEqual(countsOf([...dense(1, 6), ...dense(2, 34)], 4), [6, 14, 10, 10]);
  });

  it('take tiny numbers for zeros if two thirds of those are exact', () => {
    const tiny = range(10, (i) => (i + 1) * (i % 2 ? 1e-14 : -1e-14));
    const others = range(20, (i) => i + 1);
    assert.deepEqual(countsOf([...repeat(0, 20), ...tiny, ...others], 1), [5, 20, 25]);
    assert.deepEqual(countsOf([...repeat(0, 21), ...tiny, ...others], 1), [0, 31, 20]);
  });

  it('take numbers for tiny by the largest one, and never from 1e-9 on', () => {
    const around = (tiny: number, others: readonly number[]) =>
      countsOf([...repeat(0, 40), ...repeat(tiny, 2), ...repeat(-tiny, 2), ...others], 1);
    const others = range(20, (i) => i + 1);
    assert.deepEqual(around(1.9e-12, others), [0, 44, 20]);
    assert.deepEqual(around(2.1e-12, others), [2, 40, 22]);
    const negative = others.map((value) => -value);
    assert.deepEqual(around(1.9e-12, negative), [20, 44, 0]);
    assert.deepEqual(around(2.1e-12, negative), [22, 40, 2]);
    assert.deepEqual(around(0.9e-9, [1e6]), [0, 44, 1]);
    assert.deepEqual(around(1.1e-9, [1e6]), [2, 40, 3]);
  });

  it('are closer to a frequent value whose neighbours are near', () => {
    assert.deepEqual(quantileEdges([...repeat(100, 50), 99.5, 100.5], 1), [99.9998, 100.0002]);
    assert.deepEqual(quantileEdges([...repeat(100, 50), 99.9999, 100.0001], 1), [99.99995, 100.00005]);
    assert.deepEqual(
      quantileEdges([...repeat(100, 50), ...repeat(100.0001, 50)], 1),
      [99.9998, 100.00005, 100.0003],
    );
  });

  it('are within ±1e100 where all values are', () => {
    assert.deepEqual(quantileEdges(repeat(-9.9999995e99, 9), 1), [-1e100, -9.9999975e99]);
    assert.deepEqual(quantileEdges(repeat(9.9999995e99, 9), 1), [9.9999975e99, 1e100]);
    assert.deepEqual(quantileEdges(repeat(2e100, 9), 1), [1.999998e100, 2.000002e100]);
    assert.deepEqual(quantileEdges(repeat(-2e100, 9), 1), [-2.000002e100, -1.999998e100]);
  });
});
