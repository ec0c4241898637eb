import {
  type Bins,
  binCount,
  type CategoricalBins,
  createBinner,
  missingBin,
  unseenBin,
} from '../stats/binning.ts';
import {
  createSegmentRecorder,
  layoutSegments,
  type SegmentCut,
  segmentCounts,
} from '../stats/segment-cells.ts';
import type { Artifact } from './artifact-schema.ts';

/** The most counts that the segments of a model may have: segments × bins of the variables compared in them. */
const maxSegmentCells = 10_000;

/** The reference of each segment of one feature. */
export type SegmentReference = NonNullable<Artifact['segments']>[number];

/** What segments need to know about a variable. */
export type SegmentedVariable = { readonly name: string; readonly bins: Bins };

/** A variable whose reference is known. */
type CountedVariable = SegmentedVariable & { readonly counts: readonly number[] };

/**
 * The cuts of a model: a categorical feature has a segment for each of its categories, and for `other` if some are
 * grouped. A row whose value is missing or unseen belongs to no segment: there are separate alerts on the shares of
 * these.
 *
 * @param variables the features, then the score
 * @param by names of categorical features
 * @param from where the counts of the first cut begin
 * @throws RangeError for a name that is not a categorical feature's, and for one that occurs twice, because the series
 * would coincide
 */
export function modelSegments(
  variables: readonly SegmentedVariable[],
  by: readonly string[],
  from = 0,
): ReturnType<typeof layoutSegments> {
  const places = by.map((name, i) => {
    if (by.indexOf(name) !== i) throw new RangeError(`segments: ${JSON.stringify(name)} is named twice`);
    const place = variables.findIndex((variable) => variable.name === name);
    if (variables[place]?.bins.kind !== 'categorical') {
      throw new RangeError(`segments: ${JSON.stringify(name)} is not one of the categorical features`);
    }
    return { place, segments: missingBin(variables[place].bins) };
  });
  return layoutSegments(
    variables.map(({ bins }) => bins),
    places,
    from,
  );
}

/** What is wrong with this many counts; `null` if nothing. */
export function tooManyCells(cells: number): string | null {
  if (cells <= maxSegmentCells) return null;
  const [made, most] = [cells, maxSegmentCells].map((count) => count.toLocaleString('en'));
  return `need ${made} counts, one for each segment and each bin of the other features, and at most ${most} are allowed: name fewer features, or features with fewer categories`;
}

/**
 * The cuts of a reference that is yet to be made.
 *
 * @throws RangeError as `modelSegments` does, and for too many counts
 */
export function newSegments(
  variables: readonly SegmentedVariable[],
  by: readonly string[],
): ReturnType<typeof modelSegments> {
  const layout = modelSegments(variables, by);
  const excess = tooManyCells(layout.end);
  if (excess !== null) throw new RangeError(`segments of ${by.join(', ')} ${excess}`);
  return layout;
}

/**
 * Counts the rows of a reference by segment.
 *
 * @param variables the features, then the score, each with its value in every row
 * @param by names of categorical features
 * @throws RangeError as `newSegments` does
 */
export function countSegments(
  variables: readonly (CountedVariable & { readonly values: ArrayLike<unknown> })[],
  by: readonly string[],
): SegmentReference[] {
  if (by.length === 0) return [];
  const { cuts, end } = newSegments(variables, by);
  const cells = new Float64Array(end);
  const record = createSegmentRecorder(cuts, cells);
  const binners = variables.map(({ bins }) => createBinner(bins));
  const all = variables.map((variable) => new Float64Array(binCount(variable.bins)));
  const bins = new Uint16Array(variables.length);
  for (let row = 0; row < variables[0].values.length; row++) {
    for (let i = 0; i < bins.length; i++) {
      bins[i] = binners[i](variables[i].values[row]);
      all[i][bins[i]]++;
    }
    record(bins);
  }
  return cuts.map((cut) => describeSegments(cut, cells, variables, all));
}

/**
 * The reference of the segments of one cut.
 *
 * @param cells rows by segment, laid out as `cut` says
 * @param variables by index, with the counts to expect of new rows
 * @param all by index, the actual counts of all rows
 */
export function describeSegments(
  cut: SegmentCut,
  cells: Float64Array,
  variables: readonly CountedVariable[],
  all: readonly ArrayLike<number>[],
): SegmentReference {
  return {
    feature: variables[cut.place].name,
    variables: cut.variables.map((counted) => {
      const { name, bins, counts } = variables[counted.place];
      return {
        name,
        counts: Array.from({ length: cut.segments }, (_, segment) =>
          expectedWithin(bins, segmentCounts(cut, segment, counted, cells), all[counted.place], counts),
        ),
      };
    }),
  };
}

/**
 * How many of as many new rows of a segment would fall into each bin. For numbers, as many as did. Categories that are
 * among the frequent ones by chance, and unseen ones, are expected in a segment in the same proportion as in all rows
 * (see `expectedCounts`).
 *
 * @param counted rows of the segment by bin
 * @param all actual rows of the whole reference by bin
 * @param expected the counts to expect of as many rows as those
 */
export function expectedWithin(
  bins: Bins,
  counted: ArrayLike<number>,
  all: ArrayLike<number>,
  expected: ArrayLike<number>,
): number[] {
  return bins.kind === 'numeric' ? Array.from(counted) : expectedCategories(bins, counted, all, expected);
}

function expectedCategories(
  bins: CategoricalBins,
  counted: ArrayLike<number>,
  all: ArrayLike<number>,
  expected: ArrayLike<number>,
): number[] {
  const missing = missingBin(bins);
  const other = missing - 1;
  const unseen = unseenBin(bins);
  let left = 0;
  for (let bin = 0; bin < counted.length; bin++) if (bin !== missing) left += counted[bin];
  // each is rounded, and their sum must not exceed the number of rows
  const take = (rows: number) => {
    const taken = Math.min(Math.max(0, Math.round(rows)), left);
    left -= taken;
    return taken;
  };
  const own = bins.categories.map((_, i) =>
    take(all[i] > 0 ? (counted[i] * expected[i]) / all[i] : counted[i]),
  );
  if (bins.grouped.length === 0) return [...own, counted[missing], counted[unseen]];
  const shareOfRare = all[other] > 0 ? counted[other] / all[other] : 0;
  const unseenHere = take(counted[unseen] + (expected[unseen] - all[unseen]) * shareOfRare);
  return [...own, left, counted[missing], unseenHere];
}
