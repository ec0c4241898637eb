import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createNumberColumn, createSortSpace } from '../../src/report/compute/number-column.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const decimal = fc
  .tuple(fc.integer({ min: -1e7, max: 1e7 }), fc.integer({ min: 0, max: 4 }))
  .map(([n, d]) => n / 10 ** d);

function sortedBy(values: readonly number[]): number[] {
  const column = createNumberColumn();
  for (const value of values) column.push(value);
  assert.equal(column.length, values.length);
  assert.deepEqual([...column], values);
  return [...column.sorted(createSortSpace())];
}

describe('a column of numbers', () => {
  for (const [name, kind] of [
    ['any doubles', finite],
    ['decimal fractions', decimal],
    ['whole numbers', fc.integer()],
    ['whole numbers of a narrow range', fc.integer({ min: -5, max: 5 })],
    ['fractions among which is a double', fc.oneof({ weight: 9, arbitrary: decimal }, finite)],
  ] as const) {
    it(`returns ${name} in order, exactly`, () => {
      fc.assert(
        fc.property(fc.array(kind, { maxLength: 300 }), (values) => {
          const plain = values.map((value) => value + 0);
          assert.deepEqual(sortedBy(plain), [...Float64Array.from(plain).sort()]);
        }),
      );
    });
  }

  it('switches to doubles in the middle of many blocks', () => {
    const values = Array.from({ length: 150_000 }, (_, i) => (i < 140_000 ? (i % 1000) / 100 : i / 7));
    assert.deepEqual(sortedBy(values), [...Float64Array.from(values).sort()]);
  });

  it('knows whether all values are whole', () => {
    const column = createNumberColumn();
    column.push(3);
    assert.equal(column.isWhole, true);
    column.push(3.5);
    assert.equal(column.isWhole, false);
  });

  it('reuses its space', () => {
    const space = createSortSpace();
    const [long, short] = [
      [5, 3, 9, 1],
      [2, 1],
    ].map((values) => {
      const column = createNumberColumn();
      for (const value of values) column.push(value);
      return column;
    });
    assert.deepEqual([...long.sorted(space)], [1, 3, 5, 9]);
    assert.deepEqual([...short.sorted(space)], [1, 2]);
  });
});
