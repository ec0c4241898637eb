import { ownValue } from '../../model/row.ts';
import { binCount, createBinner, indexRecordedBins, numericBinIndex } from '../../stats/binning.ts';
import { createSegmentRecorder, layoutSegments, type SegmentCut } from '../../stats/segment-cells.ts';
import type { Row } from '../read/rows.ts';
import type { ReferenceVariable } from './drift-reference.ts';

/** A column whose values cut rows into segments, one a bin. */
export type SegmentColumn = Pick<ReferenceVariable, 'name' | 'bins' | 'isWhole'>;

/** Counts rows by segment, in memory that depends on the bins alone. */
export type SegmentCounter = {
  /** The variables that are counted in each segment. */
  readonly variables: readonly ReferenceVariable[];
  /** One for each column; its segments are all bins of the column. Places are those of `variables`. */
  readonly cuts: readonly SegmentCut[];
  /** Rows by segment, for each column. */
  readonly rows: readonly Float64Array[];
  /** Rows by segment and bin, laid out as `cuts` say. */
  readonly cells: Float64Array;
  /** Rows by bin of each variable, whatever their segment. */
  readonly all: readonly Float64Array[];
  /** Takes a row that was read with the columns of `segmentReading`. */
  count(row: Row, score: number | null): void;
};

/** The columns to read: those that are compared, then those that only cut. */
export function segmentReading<Column extends { readonly name: string }>(
  compared: readonly Column[],
  by: readonly Column[],
): Column[] {
  return [...compared, ...by.filter(({ name }) => !compared.some((column) => column.name === name))];
}

/**
 * The bins of the columns to cut by.
 *
 * @param collected what was made of each column, or why nothing
 * @throws Error for a column with too many different texts
 */
export function segmentColumns(
  names: readonly string[],
  collected: readonly (SegmentColumn | string)[],
): SegmentColumn[] {
  return names.map((name) => {
    const found = collected.find((column) => typeof column !== 'string' && column.name === name);
    if (found !== undefined && typeof found !== 'string')
      return { name, bins: found.bins, isWhole: found.isWhole };
    throw new Error(`${name}: has so many different texts that they name rows, not segments`);
  });
}

/**
 * Makes the counter for one side. Reference and live rows are counted by the same code, so that both are cut alike. A
 * row that withholds a column's value is in no segment of it.
 *
 * @param by the columns to cut by; they may be among the features
 * @param isModels whether the bins are the model's (see `indexRecordedBins`)
 */
export function createSegmentCounter(
  features: readonly ReferenceVariable[],
  score: ReferenceVariable | null,
  by: readonly SegmentColumn[],
  isModels: boolean,
): SegmentCounter {
  const variables = score === null ? features : [...features, score];
  const read = segmentReading(features, by);
  const binOfRow = read.map((column, place) => createRowBinner(column, place, isModels));
  // columns that only cut follow after the score
  const places = read.map((_, i) => (i < features.length ? i : i - features.length + variables.length));
  const { cuts, end } = layoutSegments(
    variables.map(({ bins }) => bins),
    by.map(({ name, bins }) => ({
      place: places[read.findIndex((column) => column.name === name)],
      segments: binCount(bins),
    })),
  );
  const cells = new Float64Array(end);
  const rows = cuts.map(({ segments }) => new Float64Array(segments));
  const all = variables.map((variable) => new Float64Array(binCount(variable.bins)));
  const record = createSegmentRecorder(cuts, cells);
  const bins = new Int32Array(read.length + variables.length - features.length);
  return {
    variables,
    cuts,
    rows,
    cells,
    all,
    count(row, scoreOfRow) {
      for (let i = 0; i < read.length; i++) bins[places[i]] = binOfRow[i](row);
      if (score?.bins.kind === 'numeric')
        bins[features.length] = scoreOfRow === null ? -1 : numericBinIndex(score.bins.edges, scoreOfRow);
      for (let i = 0; i < all.length; i++) if (bins[i] >= 0) all[i][bins[i]]++;
      for (let i = 0; i < cuts.length; i++) if (bins[cuts[i].place] >= 0) rows[i][bins[cuts[i].place]]++;
      record(bins);
    },
  };
}

/** Gives the bin of a column in a row; −1 where it is withheld or of another cut. */
function createRowBinner({ name, bins }: SegmentColumn, place: number, isModels: boolean) {
  const binOf = createBinner(bins);
  const indexOfRecorded = indexRecordedBins(bins, isModels);
  return ({ values, bins: recorded }: Row): number => {
    if (values === null)
      return recorded === null ? -1 : (indexOfRecorded.get(ownValue(recorded, name)) ?? -1);
    return values[place] === undefined ? -1 : binOf(values[place]);
  };
}
