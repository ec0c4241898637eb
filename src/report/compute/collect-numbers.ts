import type { NumericFeature } from '../../model/artifact.ts';
import type { FarCounts } from '../../model/counted.ts';
import { binsPerVariable, summariseSorted } from '../../profile/make-reference.ts';
import { cutAtQuantiles, type RankedNumbers, rankSorted } from '../../stats/quantile-edges.ts';
import { type Bounds, maxMagnitude, summableBounds } from '../../stats/summable.ts';
import { createNumberColumn, createSortSpace, type NumberColumn, type SortSpace } from './number-column.ts';
import { createQuantileSketch, type QuantileSketch } from './quantile-sketch.ts';

/** Up to so many values of a column are kept, and compared one by one; of more only counts remain. */
export const maxExactValues = 1_000_000;

/** What was collected of a numeric variable. */
export type CollectedNumbers = {
  readonly edges: number[];
  /** One count a value bin, then `missing`. */
  readonly counts: number[];
  /** Of the values that are kept. */
  readonly range: readonly [min: number, max: number] | null;
  readonly sumBounds: Bounds;
  /** Of the values within `sumBounds`; `null` without any. */
  readonly mean: number | null;
  readonly far: FarCounts;
  /** `null` when there were no values, or too many to keep. */
  readonly summary: NumericFeature['summary'] | null;
  readonly column: NumberColumn | null;
  readonly isWhole: boolean;
};

export type CollectorOptions = {
  readonly maxValues?: number | undefined;
  /** The values that the mean holds. */
  readonly sumBounds?: Bounds;
  /** Whether to leave those beyond `sumBounds` out of everything but the counts: of edges, extremes and summary. */
  readonly leavesOutFar?: boolean;
};

export type NumberCollector = {
  /** How many values were left out of everything but the counts. */
  readonly leftOut: number;
  /** Takes a number; anything else counts as missing. */
  add(value: unknown): void;
  /** @param space to sort in */
  finish(space: SortSpace): CollectedNumbers;
};

/**
 * Collects a numeric reference of any length in bounded memory: its bins, and its values while there are at most
 * `maxValues`. Beyond that edges and counts come from a sketch: the same bins while there are at most 262,144 different
 * values, else nearly the same (see `createQuantileSketch`).
 *
 * What is left out of edges and summary (values beyond ±1e100, or those far from an older reference) is counted in the
 * outermost bins.
 */
export function createNumberCollector({
  maxValues = maxExactValues,
  sumBounds = summableBounds(),
  leavesOutFar = false,
}: CollectorOptions = {}): NumberCollector {
  const [low, high] = sumBounds;
  const [least, greatest] = leavesOutFar ? sumBounds : [-maxMagnitude, maxMagnitude];
  let column = createNumberColumn();
  /** Of the values before those of the column, once they are too many to keep. */
  let sketch: QuantileSketch | null = null;
  let isWhole = true;
  let missing = 0;
  let summed = 0;
  let farBelow = 0;
  let farAbove = 0;
  let leftOutBelow = 0;
  let leftOutAbove = 0;
  // In an array, as a closure's variables would be created for every fraction.
  const extent = Float64Array.of(0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);

  function moveToSketch(space: SortSpace): QuantileSketch {
    sketch ??= createQuantileSketch();
    sketch.merge(column.sorted(space));
    isWhole &&= column.isWhole;
    column = createNumberColumn();
    return sketch;
  }

  function countLeftOut(counts: number[]): number[] {
    counts[0] += leftOutBelow;
    counts[counts.length - 1] += leftOutAbove;
    return [...counts, missing];
  }

  return {
    get leftOut() {
      return leftOutBelow + leftOutAbove;
    },
    add(value) {
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        missing++;
        return;
      }
      if (value < low) farBelow++;
      else if (value > high) farAbove++;
      else {
        extent[0] += value;
        summed++;
      }
      if (value < least) {
        leftOutBelow++;
        return;
      }
      if (value > greatest) {
        leftOutAbove++;
        return;
      }
      if (value < extent[1]) extent[1] = value;
      if (value > extent[2]) extent[2] = value;
      if (column.length >= maxValues) moveToSketch(createSortSpace());
      column.push(value);
    },
    finish(space) {
      const [sum, min, max] = extent;
      const mean = summed > 0 ? sum / summed : null;
      const far = [farBelow, farAbove] as const;
      if (sketch !== null) {
        const all = moveToSketch(space);
        const { edges, counts } = cutNumbers(all);
        return {
          edges,
          counts: countLeftOut(counts),
          range: [min, max],
          sumBounds,
          mean,
          far,
          summary: null,
          column: null,
          isWhole,
        };
      }
      const sorted = column.sorted(space);
      const { edges, counts } = cutNumbers(rankSorted(sorted));
      const collected = { edges, counts: countLeftOut(counts), sumBounds, mean, far };
      if (sorted.length === 0) {
        return { ...collected, range: null, summary: null, column: null, isWhole: false };
      }
      const summary = summariseSorted(sorted);
      return { ...collected, range: [min, max], summary, column, isWhole: column.isWhole };
    },
  };
}

function cutNumbers(numbers: RankedNumbers): { edges: number[]; counts: number[] } {
  const edges = cutAtQuantiles(numbers, binsPerVariable);
  const upTo = [...edges.map(numbers.countUpTo), numbers.length];
  return { edges, counts: upTo.map((count, i) => count - (upTo[i - 1] ?? 0)) };
}
