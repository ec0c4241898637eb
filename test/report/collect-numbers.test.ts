import assert from 'node:assert/strict';
import fc from 'fast-check';
import { numericReference, summarise } from '../../src/profile/make-reference.ts';
import { createNumberCollector } from '../../src/report/compute/collect-numbers.ts';
import { createSortSpace } from '../../src/report/compute/number-column.ts';
import { countBins } from '../../src/stats/binning.ts';
import { quantileEdges } from '../../src/stats/quantile-edges.ts';
import { createRandom } from '../../src/stats/random.ts';
import { summableBounds } from '../../src/stats/summable.ts';

const value = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  // −0 is 0 here: sorting may leave either of them first
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((value) => value + 0),
  fc.constant(null),
);

function collect(values: readonly unknown[], maxValues?: number) {
  const collector = createNumberCollector({ maxValues });
  for (const each of values) collector.add(each);
  return collector.finish(createSortSpace());
}

describe('collecting a numeric reference', () => {
  it('gives what training gives', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const numbers = Float64Array.from(values, (each) => each ?? Number.NaN);
        const present = numbers.filter((each) => !Number.isNaN(each)).map((each) => each + 0);
        const { edges, counts, summary, range } = collect(values);
        assert.deepEqual({ edges, counts }, numericReference(numbers));
        if (present.length === 0) return;
        assert.deepEqual(summary, summarise(present));
        assert.deepEqual(range, [summary?.min, summary?.max]);
      }),
    );
  });

  it('cuts the same bins, with exact counts, beyond the values it keeps', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 20, maxLength: 300 }),
        fc.integer({ min: 1, max: 15 }),
        (values, kept) => {
          const numbers = values.filter((each) => each !== null);
          if (numbers.length <= kept) return;
          const { summary, column, ...whole } = collect(values, kept);
          const { summary: _, column: __, ...expected } = collect(values);
          assert.deepEqual(whole, expected);
          assert.equal(summary, null);
          assert.equal(column, null);
        },
      ),
    );
  });

  it('cuts a table of a million rows as the thousand that it repeats', () => {
    const random = createRandom(5);
    // half of the values are one and the same, which fills several deciles
    const thousand = Array.from({ length: 1000 }, () =>
      random() < 0.5 ? 0 : Math.round(1e6 * random()) / 100,
    );
    const { edges, counts, range } = collect(thousand);
    const million = createNumberCollector();
    for (let i = 0; i < 1100; i++) for (const each of thousand) million.add(each);
    const collected = million.finish(createSortSpace());
    assert.equal(collected.column, null);
    assert.deepEqual(collected.edges, edges);
    assert.deepEqual(
      collected.counts,
      counts.map((count) => count * 1100),
    );
    assert.deepEqual(collected.range, range);
  });

  for (const [order, arrange] of [
    ['any', (values: Float64Array) => values],
    ['ascending', (values: Float64Array) => values.toSorted()],
    ['descending', (values: Float64Array) => values.toSorted().reverse()],
    ['the narrow half first', (values: Float64Array) => values.toSorted((a, b) => Math.abs(a) - Math.abs(b))],
  ] as const) {
    it(`cuts a long column of distinct values at its deciles, in order: ${order}`, () => {
      const random = createRandom(3);
      const values = arrange(
        Float64Array.from({ length: 400_000 }, () => (random() < 0.15 ? 1 : (random() - 0.5) / random())),
      );
      const { edges, counts, mean } = collect([...values], 10_000);
      const sorted = values.toSorted();
      const exact = quantileEdges(values, 10);
      // forty merges of ten thousand values
      const tolerance = (40 / 131_072) * values.length;
      assert.equal(edges.length, exact.length);
      for (const [i, edge] of edges.entries()) {
        const rank = (value: number) => sorted.findLastIndex((each) => each <= value);
        assert.ok(Math.abs(rank(edge) - rank(exact[i])) <= tolerance, `${edge} ${exact[i]}`);
      }
      for (const [i, count] of countBins({ kind: 'numeric', edges }, values).entries()) {
        assert.ok(Math.abs(count - counts[i]) <= 2 * tolerance, `${count} ${counts[i]}`);
      }
      assert.equal(
        counts.reduce((sum, count) => sum + count, 0),
        values.length,
      );
      assert.ok(Math.abs((mean ?? 0) - values.reduce((sum, each) => sum + each, 0) / values.length) < 1e-9);
    });
  }
});

describe('values that are far out', () => {
  const usual = Array.from({ length: 100 }, (_, i) => i);
  const wild = [1e308, 1e308, -1.7e308, 1e150];
  const collectAll = (values: readonly number[], options: Parameters<typeof createNumberCollector>[0]) => {
    const collector = createNumberCollector(options);
    for (const each of values) collector.add(each);
    return { leftOut: collector.leftOut, ...collector.finish(createSortSpace()) };
  };

  it('are counted in the outermost bins, and affect no edge, mean or percentile', () => {
    const clean = collectAll(usual, {});
    const { counts, edges, summary, mean, far, leftOut } = collectAll([...wild, ...usual], {});
    assert.deepEqual(
      { edges, summary, mean },
      { edges: clean.edges, summary: clean.summary, mean: clean.mean },
    );
    assert.deepEqual({ far, leftOut }, { far: [1, 3], leftOut: 4 });
    assert.equal(counts[0], clean.counts[0] + 1);
    assert.equal(counts.at(-2), (clean.counts.at(-2) ?? 0) + 3);
  });

  it('can be those that lie far from an older reference', () => {
    const sumBounds = summableBounds([0, 100]);
    assert.deepEqual(sumBounds, [-1000, 1100]);
    const values = [...usual, 1100, 1101, -1001];
    const kept = collectAll(values, { sumBounds });
    assert.deepEqual([kept.far, kept.leftOut, kept.range], [[1, 1], 0, [-1001, 1101]]);
    const left = collectAll(values, { sumBounds, leavesOutFar: true });
    assert.deepEqual([left.far, left.leftOut, left.range], [[1, 1], 2, [0, 1100]]);
    assert.equal(left.mean, kept.mean);
  });
});
