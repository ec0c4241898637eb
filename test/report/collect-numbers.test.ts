import assert from 'node:assert/strict';
import fc from 'fast-check';
import { numericReference, summarise } from '../../src/model/reference.ts';
import { createNumberCollector } from '../../src/report/collect-numbers.ts';
import { createSortSpace } from '../../src/report/number-column.ts';
import { countBins, quantileEdges } from '../../src/stats/binning.ts';
import { createRandom } from '../../src/stats/random.ts';

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
    it(`cuts a long column of different values at its deciles, in order: ${order}`, () => {
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
