import { type Bins, binCount } from './binning.ts';

/** The position of one variable's counts within each segment of a cut. */
export type SegmentVariable = {
  /** Index of the variable among all variables. */
  readonly place: number;
  /** Offset from the beginning of the segment. */
  readonly offset: number;
  /** Number of bins, including `missing` and `unseen`. */
  readonly size: number;
};

/**
 * How one variable cuts rows into segments, one for each of its first `segments` bins, and what is counted in them. A
 * row whose bin is a later one belongs to no segment.
 */
export type SegmentCut = {
  /** Index of the variable that cuts. */
  readonly place: number;
  readonly segments: number;
  /** All compared variables except the one that cuts, which is (nearly) constant within a segment. */
  readonly variables: readonly SegmentVariable[];
  /** Where the first segment begins in the array of counts; the next one follows after `stride`. */
  readonly offset: number;
  readonly stride: number;
};

/**
 * Lays out the counts of segments in one array: cut after cut, segment after segment, variable after variable.
 *
 * @param variables the bins of the variables that are compared, each at its index
 * @param by the indexes of the variables that cut, which may come after the others, and how many of their bins are
 * segments
 * @param from where the first cut begins
 * @returns the cuts, and where the last one ends
 */
export function layoutSegments(
  variables: readonly Bins[],
  by: readonly Pick<SegmentCut, 'place' | 'segments'>[],
  from = 0,
): { readonly cuts: readonly SegmentCut[]; readonly end: number } {
  let end = from;
  const cuts = by.map(({ place, segments }) => {
    let stride = 0;
    const counted = variables.flatMap((bins, other) => {
      if (other === place) return [];
      const size = binCount(bins);
      stride += size;
      return [{ place: other, offset: stride - size, size }];
    });
    const offset = end;
    end += segments * stride;
    return { place, segments, variables: counted, offset, stride };
  });
  return { cuts, end };
}

/** The counts of one variable in one segment, cut out of the array. */
export function segmentCounts(
  { offset, stride }: SegmentCut,
  segment: number,
  variable: SegmentVariable,
  counts: Float64Array,
): Float64Array {
  const start = offset + segment * stride + variable.offset;
  return counts.subarray(start, start + variable.size);
}

/**
 * Makes the function that counts one row in the segments it belongs to. It allocates nothing.
 *
 * @param counts laid out as `cuts` say
 * @returns a function of the row's bins by index; −1 for an unknown value, which is not counted
 */
export function createSegmentRecorder(
  cuts: readonly SegmentCut[],
  counts: Float64Array,
): (bins: ArrayLike<number>) => void {
  const recorders = cuts.map(({ place, segments, variables, offset, stride }) => {
    const places = Uint16Array.from(variables, (variable) => variable.place);
    const offsets = Uint32Array.from(variables, (variable) => variable.offset);
    return (bins: ArrayLike<number>) => {
      const segment = bins[place];
      if (!(segment >= 0 && segment < segments)) return;
      const start = offset + segment * stride;
      for (let i = 0; i < places.length; i++) {
        const bin = bins[places[i]];
        if (bin >= 0) counts[start + offsets[i] + bin]++;
      }
    };
  });
  return (bins) => {
    for (let i = 0; i < recorders.length; i++) recorders[i](bins);
  };
}
