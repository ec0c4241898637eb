import { ownValue } from '../model/row.ts';
import { binCount, createBinner, indexRecordedBins, numericBinIndex } from '../stats/binning.ts';
import type { ReferenceVariable } from './reference.ts';
import type { Row } from './rows.ts';

/** A column whose values cut rows into segments, one a bin. */
export type SegmentColumn = Pick<ReferenceVariable, 'name' | 'bins' | 'isWhole'>;

/** What is counted of one segment. */
export type SegmentCount = {
  rows: number;
  /** Counts of the bins of each variable, `missing` and `unseen` included, in the order of the variables. */
  readonly counts: readonly Float64Array[];
};

/** Counts rows by segment, in memory that depends on the bins alone. */
export type SegmentCounter = {
  /** The variables that are counted in each segment. */
  readonly variables: readonly ReferenceVariable[];
  /** For each column, one entry a bin. */
  readonly segments: readonly (readonly SegmentCount[])[];
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
  const places = by.map(({ name }) => read.findIndex((column) => column.name === name));
  const segments = by.map(({ bins }) =>
    Array.from({ length: binCount(bins) }, () => ({
      rows: 0,
      counts: variables.map((variable) => new Float64Array(binCount(variable.bins))),
    })),
  );
  const bins = new Int32Array(read.length);
  return {
    variables,
    segments,
    count(row, scoreOfRow) {
      for (let i = 0; i < bins.length; i++) bins[i] = binOfRow[i](row);
      for (let column = 0; column < places.length; column++) {
        const segment = segments[column][bins[places[column]]];
        if (segment === undefined) continue;
        segment.rows++;
        for (let i = 0; i < features.length; i++) if (bins[i] >= 0) segment.counts[i][bins[i]]++;
        if (score?.bins.kind === 'numeric' && scoreOfRow !== null)
          segment.counts[features.length][numericBinIndex(score.bins.edges, scoreOfRow)]++;
      }
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
