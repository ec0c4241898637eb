import type { RankedNumbers } from '../../stats/quantile-edges.ts';

/** Points are thinned out to half of this many when there are more. */
const maxPoints = 262_144;

/** The values of a long column in bounded memory. */
export type QuantileSketch = RankedNumbers & {
  /** @param sorted ascending, finite */
  merge(sorted: Float64Array): void;
};

/**
 * Makes a sketch of values: different values in ascending order, each with the number of values up to it. As long as
 * there are at most 262,144 different ones all are kept, and every answer is exact, whatever the number of values and
 * their order. Beyond that neighbours are merged, at most 1 / 131,072 of the values into one. Values that are merged in
 * later and lie between two of those are ranked before all of the upper one, so that a rank is off by at most
 * 1 / 131,072 of the values for each merge.
 */
export function createQuantileSketch(): QuantileSketch {
  let points = new Float64Array(0);
  /** How many values are at most the point. */
  let ranks = new Float64Array(0);
  let length = 0;

  /** Keeps every point, or those at which another 1 / 131,072 of the values is full; the last one in any case. */
  function keep(all: Float64Array, allRanks: Float64Array): void {
    const size = all.length;
    const step = size > maxPoints ? length / (maxPoints / 2) : 0;
    let kept = 0;
    let full = 0;
    for (let i = 0; i < size; i++) {
      // The point before a frequent value stays too: what is merged into that one would count as it.
      const isBeforeFrequent = i + 1 < size && allRanks[i + 1] - allRanks[i] >= step;
      if (allRanks[i] - full < step && !isBeforeFrequent && i < size - 1) continue;
      all[kept] = all[i];
      allRanks[kept++] = allRanks[i];
      full = allRanks[i];
    }
    points = all.slice(0, kept);
    ranks = allRanks.slice(0, kept);
  }

  /** The first index for which `isBeyond` holds. */
  function search(isBeyond: (i: number) => boolean): number {
    let low = 0;
    let high = points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBeyond(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  const countBefore = (point: number) => (point === 0 ? 0 : ranks[point - 1]);

  return {
    get length() {
      return length;
    },
    merge(sorted) {
      const all = new Float64Array(points.length + sorted.length);
      const allRanks = new Float64Array(all.length);
      let size = 0;
      let i = 0;
      let j = 0;
      while (i < points.length || j < sorted.length) {
        const point = j === sorted.length || points[i] < sorted[j] ? points[i] : sorted[j];
        while (j < sorted.length && sorted[j] === point) j++;
        if (i < points.length && points[i] === point) i++;
        all[size] = point;
        allRanks[size++] = (i === 0 ? 0 : ranks[i - 1]) + j;
      }
      length += sorted.length;
      keep(all.subarray(0, size), allRanks.subarray(0, size));
    },
    valueAt: (rank) => points[search((i) => ranks[i] > rank)],
    countBelow: (value) => countBefore(search((i) => points[i] >= value)),
    countUpTo: (value) => countBefore(search((i) => points[i] > value)),
  };
}
