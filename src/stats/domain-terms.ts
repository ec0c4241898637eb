/** The rows of each fold are classified by what was learned from the others. */
export const folds = 5;

type Columns = readonly [number] | readonly [number, number];

/** A column, or the product of two, over all rows; rows of the same fold and side are adjacent. */
export type Candidate = {
  readonly columns: Columns;
  /** Returns the values; the next product may overwrite them. */
  readonly values: () => Float64Array;
};

export type Term = { readonly columns: Columns; readonly values: Float64Array };

/** Orders rows by fold and side. @returns where each such group begins, and the end */
export function orderRows(foldOf: Uint8Array, split: number): { order: Uint32Array; groups: number[] } {
  const groupOf = (row: number) => 2 * foldOf[row] + (row < split ? 0 : 1);
  const sizes = new Array<number>(2 * folds + 1).fill(0);
  for (let row = 0; row < foldOf.length; row++) sizes[groupOf(row) + 1]++;
  const groups = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size, 0));
  const next = [...groups];
  const order = new Uint32Array(foldOf.length);
  for (let row = 0; row < foldOf.length; row++) order[next[groupOf(row)]++] = row;
  return { order, groups };
}

/**
 * Selects for each fold the candidates whose means differ most between the sides, in standard errors, over the other
 * folds; and for `folds` those over all rows.
 *
 * @returns the union of these, scaled to mean 0 and variance 1, and which of them each fold uses
 */
export function chooseTerms(
  candidates: readonly Candidate[],
  groups: readonly number[],
  most: number,
): { terms: Term[]; taken: number[][] } {
  const sums = candidates.map(({ values }) => groupSums(values(), groups));
  const best = Array.from({ length: folds + 1 }, (_, fold) =>
    sums
      .map((each, i) => ({ i, distance: distanceWithout(each, groups, fold) }))
      .filter(({ distance }) => distance > 0)
      .sort((a, b) => b.distance - a.distance)
      .slice(0, most)
      .map(({ i }) => i),
  );
  const union = [...new Set(best.flat())];
  return {
    terms: union.map((i) => ({
      columns: candidates[i].columns,
      values: standardise(candidates[i].values()),
    })),
    taken: best.map((each) => each.map((i) => union.indexOf(i))),
  };
}

/** Sums of values and of their squares by group. */
export type Sums = { readonly sum: Float64Array; readonly squares: Float64Array };

export function groupSums(values: Float64Array, groups: readonly number[]): Sums {
  const sum = new Float64Array(2 * folds);
  const squares = new Float64Array(2 * folds);
  for (let group = 0; group < sum.length; group++) {
    let total = 0;
    let squared = 0;
    for (let i = groups[group]; i < groups[group + 1]; i++) {
      total += values[i];
      squared += values[i] * values[i];
    }
    sum[group] = total;
    squares[group] = squared;
  }
  return { sum, squares };
}

/** How many standard errors the means of the two sides are apart, in all folds but one. */
function distanceWithout({ sum, squares }: Sums, groups: readonly number[], fold: number): number {
  const side = (first: 0 | 1) => {
    let [rows, total, squared] = [0, 0, 0];
    for (let group = first; group < 2 * folds; group += 2) {
      if (group >> 1 === fold) continue;
      rows += groups[group + 1] - groups[group];
      total += sum[group];
      squared += squares[group];
    }
    const mean = total / rows;
    return { mean, error: Math.max(0, squared / rows - mean * mean) / rows };
  };
  const [before, after] = [side(0), side(1)];
  const error = before.error + after.error;
  return error > 0 ? Math.abs(after.mean - before.mean) / Math.sqrt(error) : 0;
}

function standardise(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const deviation = variance > 0 ? Math.sqrt(variance) : 1;
  return values.map((value) => (value - mean) / deviation);
}
