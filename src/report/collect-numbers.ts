import type { NumericFeature } from '../model/artifact.ts';
import { binsPerVariable, summariseSorted } from '../model/reference.ts';
import { countSorted, quantileEdgesByRank, quantileEdgesOfSorted } from '../stats/binning.ts';
import { createNumberColumn, createSortSpace, type NumberColumn, type SortSpace } from './number-column.ts';
import { createQuantileSketch, type QuantileSketch } from './quantile-sketch.ts';

/** Up to so many values of a column are kept, and compared one by one; of more only counts remain. */
export const maxExactValues = 1_000_000;

/** What was collected of a numeric variable. */
export type CollectedNumbers = {
  readonly edges: number[];
  /** One count a value bin, then `missing`. */
  readonly counts: number[];
  readonly range: readonly [min: number, max: number] | null;
  readonly mean: number | null;
  /** `null` when there were no values, or too many to keep. */
  readonly summary: NumericFeature['summary'] | null;
  readonly column: NumberColumn | null;
  readonly isWhole: boolean;
};

export type NumberCollector = {
  /** Takes a number; anything else counts as missing. */
  add(value: unknown): void;
  /** @param space to sort in */
  finish(space: SortSpace): CollectedNumbers;
};

/**
 * Collects a numeric reference of any length in bounded memory: its deciles, and its values while there are at most
 * `maxValues`. Beyond that edges and counts come from a sketch: the same bins while there are at most 262,144 different
 * values, else nearly the same (see `createQuantileSketch`).
 */
export function createNumberCollector(maxValues = maxExactValues): NumberCollector {
  let column = createNumberColumn();
  /** Of the values before those of the column, once they are too many to keep. */
  let sketch: QuantileSketch | null = null;
  let isWhole = true;
  let missing = 0;
  // In an array, as a closure's variables would be made anew for every fraction.
  const extent = Float64Array.of(0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);

  function moveToSketch(space: SortSpace): QuantileSketch {
    sketch ??= createQuantileSketch();
    sketch.merge(column.sorted(space));
    isWhole &&= column.isWhole;
    column = createNumberColumn();
    return sketch;
  }

  return {
    add(value) {
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        missing++;
        return;
      }
      extent[0] += value;
      if (value < extent[1]) extent[1] = value;
      if (value > extent[2]) extent[2] = value;
      if (column.length >= maxValues) moveToSketch(createSortSpace());
      column.push(value);
    },
    finish(space) {
      const [sum, min, max] = extent;
      if (sketch !== null) {
        const all = moveToSketch(space);
        const { edges, counts } = cutSketch(all);
        return {
          edges,
          counts: [...counts, missing],
          range: [min, max],
          mean: sum / all.length,
          summary: null,
          column: null,
          isWhole,
        };
      }
      const sorted = column.sorted(space);
      const edges = quantileEdgesOfSorted(sorted, binsPerVariable);
      const counts = [...countSorted(edges, sorted), missing];
      if (sorted.length === 0) {
        return { edges, counts, range: null, mean: null, summary: null, column: null, isWhole: false };
      }
      const summary = summariseSorted(sorted);
      const mean = sum / sorted.length;
      return { edges, counts, range: [min, max], mean, summary, column, isWhole: column.isWhole };
    },
  };
}

function cutSketch(sketch: QuantileSketch): { edges: number[]; counts: number[] } {
  const edges = quantileEdgesByRank(sketch.length, sketch.valueAt, binsPerVariable);
  const upTo = [...edges.map(sketch.countUpTo), sketch.length];
  return { edges, counts: upTo.map((count, i) => count - (upTo[i - 1] ?? 0)) };
}
