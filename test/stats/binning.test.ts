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
  indexRecordedBins,
  missingBin,
  numericBinIndex,
  recordedBins,
  unseenBin,
} from '../../src/stats/binning.ts';
import { countedBins, labelledCounts } from '../../src/stats/counted-bins.ts';

const ages: Bins = { kind: 'numeric', edges: [23, 25.5, 40] };
const history: CategoricalBins = {
  kind: 'categorical',
  categories: ['good', 'none'],
  grouped: ['late', 'critical'],
};

describe('binning', () => {
  it('cuts a range into equal widths', () => {
    assert.deepEqual(equalWidthEdges(0, 1, 4), [0.25, 0.5, 0.75]);
    assert.deepEqual(equalWidthEdges(5, 5, 4), []);
    assert.throws(() => equalWidthEdges(1, 0, 4), RangeError);
    assert.throws(() => equalWidthEdges(0, Number.NaN, 4), RangeError);
    assert.throws(() => equalWidthEdges(0, 1, 0), RangeError);
  });

  it('treats the upper edge as inclusive, as Prometheus does', () => {
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

  it('names the bin of one frequent number, and its neighbours, by that number', () => {
    const flag: Bins = { kind: 'numeric', edges: [-1e-9, 1e-9, 0.999998, 1.000002] };
    assert.deepEqual(binLabels(flag).slice(0, -1), [
      '00 (-inf, 0)',
      '01 = 0',
      '02 (0, 1)',
      '03 = 1',
      '04 (1, +inf)',
    ]);
    assert.deepEqual(binLabels({ kind: 'numeric', edges: [-0.25, 0.2999998, 0.3000002, 17] }).slice(0, -1), [
      '00 (-inf, -0.25]',
      '01 (-0.25, 0.3)',
      '02 = 0.3',
      '03 (0.3, 17]',
      '04 (17, +inf)',
    ]);
  });

  it('names two edges that are only near each other as before', () => {
    for (const edges of [
      [0.1, 0.10000000149011612],
      [-5, 5],
      [99, 101],
      [1e100, 1.000002e100],
    ]) {
      const [lower, upper] = edges;
      assert.equal(binLabels({ kind: 'numeric', edges })[1], `01 (${lower}, ${upper}]`);
    }
  });

  it('records categories by number, everything else by label, and finds either', () => {
    assert.deepEqual(recordedBins(ages), binLabels(ages));
    assert.deepEqual(recordedBins(history), ['00', '01', 'other', 'missing', 'unseen']);
    assert.deepEqual(
      [...indexRecordedBins(history)],
      [...Object.entries({ '00': 0, '01': 1, other: 2, missing: 3, unseen: 4, '= good': 0, '= none': 1 })],
    );
    assert.deepEqual(
      [...indexRecordedBins(history, false)],
      [...binLabels(history).entries()].map(([i, label]) => [label, i]),
    );
  });

  it('shows each bin with its counts', () => {
    const counted = countedBins(history, [1, 2, 3, 4, 5], [6, 7, 8, 9, 10]);
    assert.deepEqual(counted[0], {
      kind: 'category',
      category: 'good',
      label: '= good',
      reference: 1,
      live: 6,
    });
    assert.deepEqual(labelledCounts(counted).slice(1, 3), [
      { label: '= none', reference: 2, live: 7 },
      { label: 'other', reference: 3, live: 8 },
    ]);
  });

  it('has as many labels as bins, all distinct', () => {
    const flag: Bins = { kind: 'numeric', edges: [-1e-9, 1e-9, 0.999998, 1.000002] };
    for (const bins of [ages, flag, history, { ...history, grouped: [] }]) {
      assert.equal(binLabels(bins).length, binCount(bins));
      assert.equal(new Set(binLabels(bins)).size, binCount(bins));
      assert.equal(binLabels(bins)[missingBin(bins)], 'missing');
    }
    assert.equal(binLabels(history)[unseenBin(history)], 'unseen');
  });

  it('puts what is neither a number nor a known category where it belongs', () => {
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
