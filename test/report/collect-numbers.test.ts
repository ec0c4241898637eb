import assert from 'node:assert/strict';
import fc from 'fast-check';
import { numericReference, summarise } from '../../src/model/reference.ts';
import { createNumberCollector } from '../../src/report/collect-numbers.ts';
import { createSortSpace } from '../../src/report/number-column.ts';
import { countBins } from '../../src/stats/binning.ts';
import { createRandom } from '../../src/stats/random.ts';

const value = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  // −0 is 0 here: sorting may leave either of them first
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((value) => value + 0),
  fc.constant(null),
);

function collect(values: readonly unknown[], maxValues?: number) {
  const collector = createNumberCollector(maxValues);
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

  it('counts exactly beyond the values it keeps', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 20, maxLength: 300 }),
        fc.integer({ min: 1, max: 15 }),
        (values, kept) => {
          const { edges, counts, summary, column } = collect(values, kept);
          const numbers = values.filter((each) => each !== null);
          if (numbers.length <= kept) return;
          assert.deepEqual(counts, countBins({ kind: 'numeric', edges }, values));
          assert.equal(summary, null);
          assert.equal(column, null);
        },
      ),
    );
  });

  it('cuts a long column near its deciles, though the first values lie elsewhere', () => {
    const random = createRandom(3);
    const values = Array.from({ length: 100_000 }, (_, i) => random() * (i < 10_000 ? 1 : 0.5));
    const { edges, counts } = collect(values, 10_000);
    assert.equal(edges.length, 9);
    for (const count of counts.slice(0, 10))
      assert.ok(Math.abs(count / values.length - 0.1) < 0.005, `${count}`);
  });
});
