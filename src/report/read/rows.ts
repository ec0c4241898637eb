import type { Artifact, Feature } from '../../model/artifact.ts';
import { createDisclosure } from '../../model/disclosure.ts';
import { featureBins } from '../../model/features.ts';
import type { Bins } from '../../stats/binning.ts';
import { looksLikeTime, parseTime } from '../../times/parse-time.ts';

/** A column that is read, and as what. */
export type WantedColumn = {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  /** Categories that are known, which a text of a table may name though it would mean a missing value. */
  readonly categories?: ReadonlySet<string>;
  /** Whether no message may quote its values. */
  readonly isWithheld?: boolean;
};

/** The column of a variable whose bins are known. @param artifact the model, if there is one */
export function wantedColumn(name: string, bins: Bins, artifact: Artifact | null): WantedColumn {
  const isWithheld = createDisclosure(artifact).isWithheld(name);
  if (bins.kind === 'numeric') return { name, kind: 'numeric', isWithheld };
  const categories = new Set([...bins.categories, ...bins.grouped]);
  return { name, kind: 'categorical', categories, isWithheld };
}

/** The column of a model's feature. */
export function wantedFeature(feature: Feature, artifact: Artifact): WantedColumn {
  return wantedColumn(feature.name, featureBins(feature), artifact);
}

/** One row as it was read. The object is reused for the next row: copy what you keep. */
export type Row = {
  /**
   * Parallel to the wanted columns: a number or a text, `null` if missing, NaN for what is no number in a numeric
   * column, `undefined` where the value was withheld. `null` as a whole when the row has bins instead, or neither.
   */
  values: unknown[] | null;
  /** Each feature's bin, by name, as `recordedBins` or, in older rows, `binLabels` calls it. */
  bins: Readonly<Record<string, unknown>> | null;
  /** The features whose value was outside the reference's extremes; goes with `bins`. */
  outside: Readonly<Record<string, unknown>>;
  /** When it was, as it is written; `null` or empty when the row does not say. */
  time: unknown;
  version: string | null;
  score: number | null;
  prediction: string | null;
};

/** What a column holds, in all rows of a file. */
export type ColumnProfile = {
  readonly name: string;
  /** Cells that are not missing, nor mere marks (see `isMark`), and how many of them are numbers. */
  readonly present: number;
  readonly numbers: number;
  /** The first of them, as they are written. */
  readonly texts: readonly string[];
};

/** The column of a table, or the field of a plain object, that says when each row was, as in a sample. */
export const timeColumn = 'time';

/** A column with more different texts than this is none of categories such as `morning`. */
const maxCategories = 20;

/** Whether the column that is called so says when rows were, and holds no amounts or categories. */
export function saysWhen({ present, numbers, texts }: ColumnProfile): boolean {
  const isNumeric = numbers > present / 2;
  const isTime = (text: string) => !Number.isNaN(parseTime(text)) || (!isNumeric && looksLikeTime(text));
  if (texts.length === 0 || texts.filter(isTime).length > texts.length / 2) return true;
  return !isNumeric && new Set(texts).size > maxCategories;
}

/** A file of rows, table or samples, that is open at its beginning. */
export type RowSource = {
  readonly name: string;
  /** The columns it has. */
  readonly columns: readonly ColumnProfile[];
  /** Whether the rows are requests that a service answered, and not plain data. */
  readonly areRequests: boolean;
  /** Whether the rows hold bins instead of values, by the first of them. */
  readonly holdsBins: boolean;
  /** Reads it to its end; each time it is called, damaged lines are counted. @throws Error when a wanted column is not there, or reading fails */
  read(wanted: readonly WantedColumn[], visit: (row: Row) => void): Promise<void>;
};

export function emptyRow(): Row {
  return {
    values: null,
    bins: null,
    outside: {},
    time: null,
    version: null,
    score: null,
    prediction: null,
  };
}
