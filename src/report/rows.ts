/** A column that is read, and as what. */
export type Wanted = { readonly name: string; readonly kind: 'numeric' | 'categorical' };

/** One row as it was read. The object is filled anew for the next row: copy what is to stay. */
export type Row = {
  /**
   * Parallel to the wanted columns: a number or a text, `null` if missing, NaN for what is no number in a numeric
   * column, `undefined` where the value was withheld. `null` as a whole when the row has bins instead, or neither.
   */
  values: unknown[] | null;
  /** The label of each feature's bin, by name. */
  bins: Readonly<Record<string, unknown>> | null;
  /** The features whose value was outside the reference's extremes; goes with `bins`. */
  outside: Readonly<Record<string, unknown>>;
  /** When it was, as it is written; `null` or empty when the row does not say. */
  time: unknown;
  version: string | null;
  score: number | null;
  prediction: string | null;
};

/** What a column holds, as far as its first rows tell. */
export type ColumnProfile = {
  readonly name: string;
  /** Cells that are not missing, and how many of them are numbers. */
  readonly present: number;
  readonly numbers: number;
};

/** A file of rows, table or samples, that is open at its beginning. */
export type RowSource = {
  readonly name: string;
  /** The columns it has, judged by the first rows. */
  readonly columns: readonly ColumnProfile[];
  readonly isTable: boolean;
  /** Whether the rows hold bins instead of values, by the first of them. */
  readonly holdsBins: boolean;
  /** Reads it to its end, once. @throws Error when a wanted column is not there, or reading fails */
  read(wanted: readonly Wanted[], visit: (row: Row) => void): Promise<void>;
};

/** How many rows the kinds of columns are told by. */
export const profileRows = 2000;

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
