import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Bins,
  binCount,
  binLabels,
  type CategoricalBins,
  countBins,
  createBinner,
  equalWidthEdges,
  missingBin,
  numericBinIndex,
  quantileEdges,
  unseenBin,
} from '../../src/stats/binning.ts';

const ages: Bins = { kind: 'numeric', edges: [23, 25.5, 40] };
const history: CategoricalBins = {
  kind: 'categorical',
  categories: ['good', 'none'],
  grouped: ['late', 'critical'],
};

const numbers = fc.array(fc.oneof(fc.integer({ min: -20, max: 20 }), fc.double({ noNaN: true })), {
  minLength: 1,
  maxLength: 200,
});

describe('binning', () => {
  it('cuts at the quantiles of the reference, each edge an observed value', () => {
    const values = Array.from({ length: 500 }, (_, i) => i);
    assert.deepEqual(quantileEdges(values, 10), [49, 99, 149, 199, 249, 299, 349, 399, 449]);
    assert.deepEqual(quantileEdges([3, 1, 2, 4], 2), [2]);
  });

  it('merges equal edges and drops one at the maximum', () => {
    assert.deepEqual(quantileEdges([0, 0, 0, 0, 0, 0, 0, 0, 1, 2], 10), [0, 1]);
    assert.deepEqual(quantileEdges([1, 2, 2, 2, 2, 2, 2, 2, 2, 2], 10), [1]);
    assert.deepEqual(quantileEdges([7, 7, 7], 10), []);
    assert.deepEqual(quantileEdges([], 10), []);
    assert.deepEqual(quantileEdges([Number.NaN, 1, Infinity, 2], 2), [1]);
  });

  it('leaves no value bin of the reference empty, whatever the values', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 30 }), (values, count) => {
        const edges = quantileEdges(values, count);
        assert.ok(edges.length < count);
        assert.ok(edges.every((edge, i) => i === 0 || edge > edges[i - 1]));
        const finite = values.filter(Number.isFinite);
        const counts = countBins({ kind: 'numeric', edges }, finite).slice(0, -1);
        assert.ok(finite.length === 0 || counts.every((n) => n > 0));
      }),
    );
  });

  it('cuts a range into equal widths', () => {
    assert.deepEqual(equalWidthEdges(0, 1, 4), [0.25, 0.5, 0.75]);
    assert.deepEqual(equalWidthEdges(5, 5, 4), []);
    assert.throws(() => equalWidthEdges(1, 0, 4), RangeError);
    assert.throws(() => equalWidthEdges(0, Number.NaN, 4), RangeError);
    assert.throws(() => equalWidthEdges(0, 1, 0), RangeError);
    assert.throws(() => quantileEdges([1, 2], 1.5), RangeError);
  });

  it('takes the upper edge as inclusive, as Prometheus does', () => {
    assert.deepEqual(
      [-Infinity, 22, 23, 23.001, 25.5, 40, 41, Infinity].map((v) => numericBinIndex(ages.edges, v)),
      [0, 0, 0, 1, 1, 2, 3, 3],
    );
    assert.equal(numericBinIndex([], 5), 0);
  });

  it('finds the same bin as a search from the left', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer()), fc.integer(), (values, value) => {
        const edges = values.sort((a, b) => a - b);
        const first = edges.findIndex((edge) => value <= edge);
        assert.equal(numericBinIndex(edges, value), first === -1 ? edges.length : first);
      }),
    );
  });

  it('names the bins', () => {
    assert.deepEqual(binLabels(ages), [
      '00 (-inf, 23]',
      '01 (23, 25.5]',
      '02 (25.5, 40]',
      '03 (40, +inf)',
      'missing',
    ]);
    assert.deepEqual(binLabels({ kind: 'numeric', edges: [] }), ['00 (-inf, +inf)', 'missing']);
    assert.deepEqual(binLabels(history), ['= good', '= none', 'other', 'missing', 'unseen']);
    assert.deepEqual(binLabels({ ...history, grouped: [] }), ['= good', '= none', 'missing', 'unseen']);
    const many = binLabels({ kind: 'numeric', edges: Array.from({ length: 100 }, (_, i) => i) });
    assert.equal(many[3], '003 (2, 3]');
    assert.deepEqual(many.slice(0, -1), many.slice(0, -1).sort());
  });

  it('has as many labels as bins, all different', () => {
    for (const bins of [ages, history, { ...history, grouped: [] }]) {
      assert.equal(binLabels(bins).length, binCount(bins));
      assert.equal(new Set(binLabels(bins)).size, binCount(bins));
      assert.equal(binLabels(bins)[missingBin(bins)], 'missing');
    }
    assert.equal(binLabels(history)[unseenBin(history)], 'unseen');
  });

  it('puts what is no number and no known category where it belongs', () => {
    const age = createBinner(ages);
    assert.deepEqual([null, undefined, Number.NaN, Infinity, '30', {}, true].map(age), Array(7).fill(4));
    assert.equal(age(30), 2);
    const binOf = createBinner(history);
    assert.deepEqual(
      ['good', 'none', 'late', 'critical', null, undefined, '', 'NA', 'bad', 'toString', {}].map(binOf),
      [0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4],
    );
    assert.deepEqual(
      [1, '1', true].map(createBinner({ kind: 'categorical', categories: ['1', 'true'], grouped: [] })),
      [0, 0, 1],
    );
  });

  it('counts every value once, and counts of batches add up', () => {
    const value = fc.oneof(fc.integer(), fc.constant(null), fc.constantFrom('good', 'late', 'x'));
    fc.assert(
      fc.property(fc.array(value), fc.array(value), fc.constantFrom<Bins>(ages, history), (a, b, bins) => {
        const [first, second, both] = [a, b, [...a, ...b]].map((values) => countBins(bins, values));
        assert.deepEqual(
          first.map((n, i) => n + second[i]),
          both,
        );
        assert.equal(
          both.reduce((sum, n) => sum + n),
          a.length + b.length,
        );
      }),
    );
  });
});
