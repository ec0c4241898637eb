import assert from 'node:assert/strict';
import { type Candidate, chooseTerms, folds, groupSums, orderRows } from '../../src/stats/domain-terms.ts';
import { closeTo } from './close-to.ts';

describe('the terms of the domain classifier', () => {
  it('are over rows in order of their fold, and within it of their side', () => {
    const foldOf = Uint8Array.from([4, 0, 1, 0, 4, 0]);
    const { order, groups } = orderRows(foldOf, 3);
    assert.deepEqual([...order], [1, 3, 5, 2, 0, 4]);
    assert.deepEqual(groups, [0, 1, 3, 4, 4, 4, 4, 4, 4, 5, 6]);
  });

  it('have the sums of values and of their squares by fold and side', () => {
    const groups = [0, 1, 3, 4, 4, 4, 4, 4, 4, 5, 6];
    const { sum, squares } = groupSums(Float64Array.from([1, 2, 3, 4, 5, 6]), groups);
    assert.deepEqual([...sum], [1, 5, 4, 0, 0, 0, 0, 0, 5, 6]);
    assert.deepEqual([...squares], [1, 13, 16, 0, 0, 0, 0, 0, 25, 36]);
  });

  /** Four rows of each side in each fold. */
  const rows = 8 * folds;
  const groups = Array.from({ length: 2 * folds + 1 }, (_, group) => 4 * group);
  const side = (row: number) => Math.floor(row / 4) % 2;
  const candidate = (of: (row: number) => number): Candidate => ({
    columns: [0],
    values: () => Float64Array.from({ length: rows }, (_, row) => of(row)),
  });
  const noise = (row: number) => [0, 3, 1, 2][row % 4];
  const same = candidate(noise);
  const little = candidate((row) => noise(row) + side(row));
  const much = candidate((row) => noise(row) + 3 * side(row));
  const constant = candidate(() => 7);

  it('are those whose means differ most between the sides, the most different first', () => {
    const { terms, taken } = chooseTerms([same, little, constant, much], groups, 1);
    assert.equal(terms.length, 1);
    assert.deepEqual(
      taken,
      Array.from({ length: folds + 1 }, () => [0]),
    );
    const both = chooseTerms([same, little, constant, much], groups, 5);
    assert.deepEqual(both.taken[folds], [0, 1]);
    assert.deepEqual(Array.from(both.terms[0].values), Array.from(terms[0].values));
  });

  it('are in order of how many standard errors the means are apart', () => {
    // eight reference rows and four live rows in each fold
    const unequal = Array.from({ length: 2 * folds + 1 }, (_, group) => 6 * group + 2 * (group % 2));
    const isLive = (row: number) => row % 12 >= 8;
    const of = (column: number, mean: readonly [number, number], spread: readonly [number, number]) => ({
      columns: [column] as const,
      values: () =>
        Float64Array.from({ length: 12 * folds }, (_, row) => {
          const side = isLive(row) ? 1 : 0;
          return mean[side] + (row % 2 === 0 ? 1 : -1) * spread[side];
        }),
    });
    // by the square of the distance over spread²/rows of each side, without the constant factor
    const candidates = [
      of(0, [50, 53], [10, 10]),
      of(1, [0, 1], [1, 1]),
      of(2, [-7, -7.5], [0, 1]),
      of(3, [1, 1.5], [1, 0]),
      of(4, [2, 2], [1, 1]),
      of(5, [3, -3], [0, 0]),
    ];
    const { terms, taken } = chooseTerms(candidates, unequal, 10);
    assert.deepEqual(
      terms.map(({ columns: [column] }) => column),
      [1, 3, 2, 0],
    );
    assert.deepEqual(
      taken,
      Array.from({ length: folds + 1 }, () => [0, 1, 2, 3]),
    );
    assert.equal(chooseTerms(candidates, unequal, 2).terms.length, 2);
  });

  it('are chosen for each fold without its own rows', () => {
    const inFirst = candidate((row) => noise(row) + (row < 8 ? 100 * side(row) : 0));
    const { taken } = chooseTerms([inFirst, little], groups, 1);
    assert.deepEqual(
      taken.slice(0, folds).map(([term]) => term),
      [taken[0][0], ...taken.slice(1, folds).map(([term]) => term)],
    );
    const { taken: alone } = chooseTerms([inFirst], groups, 1);
    assert.deepEqual(alone[0], [], 'without the first fold there is no difference');
    assert.ok(alone.slice(1).every((each) => each.length === 1));
  });

  it('are scaled to mean 0 and variance 1', () => {
    const { terms } = chooseTerms([much], groups, 1);
    const { values } = terms[0];
    const mean = values.reduce((sum, value) => sum + value, 0) / rows;
    closeTo(mean, 0);
    closeTo(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows, 1);
    assert.deepEqual(terms[0].columns, [0]);
  });
});
