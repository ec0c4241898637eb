import assert from 'node:assert/strict';
import fc from 'fast-check';
import { binLabelPatterns, rangeLabelPattern } from '../../src/stats/bin-label-patterns.ts';
import { type Bin, type Bins, binLabels, binsOf } from '../../src/stats/binning.ts';

/** What a label says, by the first pattern that matches it. */
function read(label: string): { readonly name: string; readonly values: readonly string[] } | undefined {
  for (const [name, pattern] of Object.entries(binLabelPatterns)) {
    const match = new RegExp(pattern).exec(label);
    if (match) return { name, values: match.slice(1) };
  }
  return undefined;
}

function expected(bin: Bin) {
  if (bin.kind === 'category') return { name: 'only', values: [bin.category] };
  if (bin.kind !== 'range') return undefined;
  const { lower, upper, isClosed } = bin;
  const [low, high] = [String(lower), String(upper)];
  if (lower === upper) return { name: 'only', values: [high] };
  if (upper === Number.POSITIVE_INFINITY) {
    return lower === Number.NEGATIVE_INFINITY ? { name: 'all', values: [] } : { name: 'over', values: [low] };
  }
  if (lower === Number.NEGATIVE_INFINITY) return { name: isClosed ? 'upTo' : 'below', values: [high] };
  return { name: 'between', values: [low, high] };
}

describe('the patterns of bin labels', () => {
  const numbers = fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 120 });
  const bins: fc.Arbitrary<Bins> = fc.oneof(
    numbers.map((edges): Bins => ({ kind: 'numeric', edges: edges.sort((a, b) => a - b) })),
    fc
      .uniqueArray(fc.string({ unit: 'grapheme-ascii' }), { maxLength: 9 })
      .map((categories): Bins => ({ kind: 'categorical', categories, grouped: ['rare'] })),
  );

  it('say of every bin what it is', () => {
    fc.assert(
      fc.property(bins, (bins) => {
        assert.deepEqual(binLabels(bins).map(read), binsOf(bins).map(expected));
      }),
    );
  });

  it('find the ends of every range', () => {
    const range = new RegExp(`^${rangeLabelPattern('(\\S+)')}$`);
    fc.assert(
      fc.property(bins, (bins) => {
        for (const [i, bin] of binsOf(bins).entries()) {
          const isRange = bin.kind === 'range' && bin.lower !== bin.upper;
          assert.equal(range.test(binLabels(bins)[i]), isRange);
        }
      }),
    );
  });
});
