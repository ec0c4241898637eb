import type { NumericFeature } from '../model/artifact.ts';
import { binsPerVariable, summariseSorted } from '../model/reference.ts';
import { countSorted, numericBinIndex, quantileEdgesOfSorted } from '../stats/binning.ts';
import { createNumberColumn, createSortSpace, type NumberColumn, type SortSpace } from './number-column.ts';

/** Up to so many values of a column are kept, and compared one by one; of more only counts remain. */
export const maxExactValues = 1_000_000;

/** How finely the first values of a longer column are cut, so that deciles of all can be found among these edges. */
const fineBinCount = 4096;

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
 * `maxValues`. Beyond that the edges are those of 4,096 quantiles of the first values that come nearest to the deciles
 * of all; the counts are exact.
 */
export function createNumberCollector(maxValues = maxExactValues): NumberCollector {
  let column: NumberColumn | null = createNumberColumn();
  let fineEdges: number[] = [];
  let fineCounts: number[] = [];
  let isWhole = true;
  let missing = 0;
  // In an array, as a closure's variables would be made anew for every fraction.
  const extent = Float64Array.of(0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);

  function cutFinely(values: NumberColumn): void {
    const sorted = values.sorted(createSortSpace());
    fineEdges = quantileEdgesOfSorted(sorted, fineBinCount);
    fineCounts = countSorted(fineEdges, sorted);
    isWhole = values.isWhole;
    column = null;
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
      if (column !== null) {
        if (column.length < maxValues) {
          column.push(value);
          return;
        }
        cutFinely(column);
      }
      isWhole &&= Number.isInteger(value);
      fineCounts[numericBinIndex(fineEdges, value)]++;
    },
    finish(space) {
      const [sum, min, max] = extent;
      if (column !== null) {
        const sorted = column.sorted(space);
        const edges = quantileEdgesOfSorted(sorted, binsPerVariable);
        const counts = [...countSorted(edges, sorted), missing];
        if (sorted.length === 0) {
          return { edges, counts, range: null, mean: null, summary: null, column: null, isWhole: false };
        }
        const summary = summariseSorted(sorted);
        const mean = sum / sorted.length;
        return { edges, counts, range: [min, max], mean, summary, column, isWhole: column.isWhole };
      }
      const { edges, counts } = coarsen(fineEdges, fineCounts);
      const values = counts.reduce((total, count) => total + count, 0);
      return {
        edges,
        counts: [...counts, missing],
        range: [min, max],
        mean: sum / values,
        summary: null,
        column: null,
        isWhole,
      };
    },
  };
}

/** Merges fine bins until about the same number of values is in each of the bins that a variable has. */
function coarsen(edges: readonly number[], counts: readonly number[]): { edges: number[]; counts: number[] } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const kept: number[] = [];
  const merged: number[] = [];
  let before = 0;
  let cumulative = 0;
  for (const [i, edge] of edges.entries()) {
    cumulative += counts[i];
    if (cumulative < (total * (kept.length + 1)) / binsPerVariable) continue;
    if (kept.length === binsPerVariable - 1) break;
    kept.push(edge);
    merged.push(cumulative - before);
    before = cumulative;
  }
  return { edges: kept, counts: [...merged, total - before] };
}
