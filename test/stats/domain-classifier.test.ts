import assert from 'node:assert/strict';
import { drawNormal } from '../../bench/draw-normal.ts';
import { type SeparationColumns, separate } from '../../src/stats/domain-classifier.ts';
import { createRandom } from '../../src/stats/random.ts';
import { closeTo } from './close-to.ts';

const rows = 4000;
const split = 2000;

type Column = { readonly values: readonly number[] } & Partial<Omit<SeparationColumns[number], 'values'>>;

/** Scaled to mean 0 and variance 1, as the classifier needs them. */
function scaled(columns: readonly Column[]): SeparationColumns {
  return columns.map(({ values, ...more }, i) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return {
      values: Float64Array.from(values, (value) => (value - mean) / deviation),
      hasSquare: true,
      group: String(i),
      hasProducts: true,
      ...more,
    };
  });
}
const draw = (seed: number, of: (normal: () => number, isLive: boolean) => readonly number[]) => {
  const random = createRandom(seed);
  const made = Array.from({ length: rows }, (_, row) => of(() => drawNormal(random), row >= split));
  return made[0].map((_, column) => ({ values: made.map((values) => values[column]) }));
};
/** P(a normal deviate exceeds another whose mean is `distance` lower): the AUC of the best classifier. */
const areaAt: Readonly<Record<number, number>> = { 0.5: 0.6382, 1: 0.7602 };

describe('telling two samples apart', () => {
  it('finds no difference where there is none', () => {
    const found = separate(scaled(draw(1, (normal) => [normal(), normal(), normal()])), split);
    assert.ok(found !== null);
    assert.ok(Math.abs(found.rocAuc - 0.5) < 3 * found.standardError, `${found.rocAuc}`);
  });

  it('tells them as well as any classifier could, with the error of all rows', () => {
    for (const distance of [0.5, 1]) {
      const columns = draw(2, (normal, isLive) => [normal() + (isLive ? distance : 0)]);
      const found = separate(scaled(columns), split);
      closeTo(found?.rocAuc ?? null, areaAt[distance], 0.02);
      assert.ok(found !== null && found.standardError > 0.005 && found.standardError < 0.02);
      assert.deepEqual(found.terms[0].columns, [0]);
    }
  });

  it('gives columns their share of the difference, also where they are correlated', () => {
    // means 1 and 0.5 apart, correlation 0.6: weights by the inverse of the covariance
    const columns = draw(3, (normal, isLive) => {
      const [first, second] = [normal(), normal()];
      const shift = isLive ? 1 : 0;
      return [first + shift, 0.6 * first + 0.8 * second + shift / 2, normal()];
    });
    const found = separate(scaled(columns), split);
    assert.ok(found !== null);
    const shareOf = (column: number) =>
      found.terms.find(({ columns: [one, other] }) => one === column && other === undefined)?.share ?? 0;
    const weights = [1 - 0.6 * 0.5, 0.5 - 0.6];
    const parts = [weights[0], weights[1] * 0.5];
    const sum = parts[0] + parts[1];
    closeTo(shareOf(0), parts[0] / sum, 0.06);
    closeTo(shareOf(1), parts[1] / sum, 0.06);
    closeTo(shareOf(2), 0, 0.02);
    closeTo(
      found.terms.reduce((total, { share }) => total + share, 0),
      1,
    );
  });

  const related = (seed: number) =>
    draw(seed, (normal, isLive) => {
      const first = normal();
      return [first, (isLive ? 0.8 : -0.8) * first + 0.6 * normal()];
    });

  it('finds columns that have become related, by their product', () => {
    const found = separate(scaled(related(4)), split);
    assert.ok(found !== null && found.rocAuc > 0.7, `${found?.rocAuc}`);
    assert.deepEqual(found.terms.toSorted((a, b) => b.share - a.share)[0].columns, [0, 1]);
  });

  it('tries no product within a group, nor with a column that allows none', () => {
    for (const more of [{ group: 'same' }, { hasProducts: false }]) {
      const found = separate(scaled(related(4).map((column) => ({ ...column, ...more }))), split);
      assert.ok(found !== null && Math.abs(found.rocAuc - 0.5) < 0.05, `${found?.rocAuc}`);
      assert.ok(found.terms.every(({ columns: [one, other] }) => other === undefined || one === other));
    }
  });

  it('finds a column that spreads wider, by its square, where that may be used', () => {
    const wider = draw(5, (normal, isLive) => [(isLive ? 2 : 1) * normal()]);
    const found = separate(scaled(wider), split);
    assert.ok(found !== null && found.rocAuc > 0.6, `${found?.rocAuc}`);
    assert.ok(found.terms.some(({ columns }) => columns.length === 2 && columns[0] === columns[1]));
    const without = separate(scaled(wider.map((column) => ({ ...column, hasSquare: false }))), split);
    assert.ok(without === null || Math.abs(without.rocAuc - 0.5) < 0.05);
  });

  it('learns nothing from the rows that it is tested on', () => {
    const random = createRandom(8);
    const noise = Array.from({ length: 30 }, () => ({
      values: Array.from({ length: 200 }, () => drawNormal(random)),
      hasProducts: false,
    }));
    const found = separate(scaled(noise), 100);
    assert.ok(found !== null && Math.abs(found.rocAuc - 0.5) < 2 * found.standardError, `${found?.rocAuc}`);
    // five folds, each with 20 rows of either side, of which Mann and Whitney's U has the variance 41/(12·20·20)
    closeTo(found.standardError, Math.sqrt((2 * (41 / 4800)) / 5), 0.003);
  });

  it('tells all apart where a column does, and guesses where all means are equal', () => {
    const values = Array.from({ length: 20 }, (_, row) => (row < 10 ? row : 100 + row));
    assert.equal(separate(scaled([{ values }]), 10)?.rocAuc, 1);
    const equal = [{ values: new Float64Array(20), hasSquare: true, group: 'a', hasProducts: true }];
    const guess = separate(equal, 10);
    assert.equal(guess?.rocAuc, 0.5);
    assert.deepEqual(guess?.terms, []);
  });

  it('needs two rows of either side in each fold', () => {
    const of = (rows: number) => scaled([{ values: Array.from({ length: rows }, (_, row) => row) }]);
    assert.ok(separate(of(20), 10) !== null);
    assert.equal(separate(of(20), 9), null);
    assert.equal(separate(of(20), 11), null);
  });

  it('tells nothing without columns, or with hardly any rows on one side', () => {
    assert.equal(separate([], split), null);
    const columns = draw(6, (normal) => [normal()]);
    assert.equal(separate(scaled(columns), 5), null);
    assert.equal(separate(scaled(columns), rows - 5), null);
  });
});
