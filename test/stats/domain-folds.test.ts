import assert from 'node:assert/strict';
import { domainFolds } from '../../src/stats/domain-folds.ts';

const column = (values: readonly number[]) => Float64Array.from(values);
const range = (length: number) => Array.from({ length }, (_, i) => i);

/** How many rows each fold has. */
const sizes = (foldOf: ArrayLike<number>, folds: number) =>
  range(folds).map((fold) => Array.from(foldOf).filter((one) => one === fold).length);

describe('the folds of the domain classifier', () => {
  it('have as many rows of either side, in no order', () => {
    const { foldOf, independent } = domainFolds([column(range(60))], 20, 4);
    assert.deepEqual(sizes(foldOf.slice(0, 20), 4), [5, 5, 5, 5]);
    assert.deepEqual(sizes(foldOf.slice(20), 4), [10, 10, 10, 10]);
    assert.deepEqual(independent, [20, 40]);
    assert.notDeepEqual(
      [...foldOf],
      range(60).map((i) => i % 4),
    );
  });

  it('keep equal rows together, on both sides, and count them once on each', () => {
    // every row of the first half three times, twice of them as a live row
    const { foldOf, independent } = domainFolds([column([...range(30), ...range(30), ...range(30)])], 30, 5);
    for (const i of range(30)) {
      assert.deepEqual([foldOf[i + 30], foldOf[i + 60]], [foldOf[i], foldOf[i]]);
    }
    assert.deepEqual(independent, [30, 30]);
  });

  it('deal equal rows out where they are normal: up to a tenth of the rows is distinct', () => {
    const rows = (distinct: number) => column(range(100).map((i) => i % distinct));
    const dealt = domainFolds([rows(10)], 40, 5);
    assert.deepEqual(sizes(dealt.foldOf.slice(0, 40), 5), [8, 8, 8, 8, 8]);
    assert.deepEqual(dealt.independent, [40, 60]);
    assert.ok(range(10).some((i) => dealt.foldOf[i] !== dealt.foldOf[i + 10]));
    const together = domainFolds([rows(11)], 40, 5);
    assert.deepEqual(together.independent, [11, 11]);
    assert.ok(range(89).every((i) => together.foldOf[i] === together.foldOf[i + 11]));
  });

  it('tell rows apart by every column, by large and by small differences', () => {
    const grid = [column(range(400).map((i) => i % 20)), column(range(400).map((i) => Math.floor(i / 20)))];
    assert.deepEqual(domainFolds(grid, 200, 5).independent, [200, 200]);
    const close = column(range(100).map((i) => 1 + i * Number.EPSILON));
    assert.deepEqual(domainFolds([close], 50, 5).independent, [50, 50]);
    const scattered = column(range(100).map((i) => Math.sin(i)));
    assert.deepEqual(domainFolds([scattered], 50, 5).independent, [50, 50]);
  });
});
