import type { CategoricalFeature, Feature, NumericFeature } from '../model/artifact-schema.ts';
import type { CategoricalColumn, Column, NumericColumn } from '../profile/columns.ts';
import { summarise } from '../profile/make-reference.ts';
import { quantileSorted } from '../stats/quantile.ts';

/** How one column of the training set becomes columns of the design: where they begin, and what they contain. */
export type NumericCode = {
  readonly kind: 'numeric';
  readonly column: NumericColumn;
  readonly feature: NumericFeature;
  /** The standardised value; a missing one is imputed by the mean, which is 0. */
  readonly at: number;
  /** The indicator of a missing value. */
  readonly missingAt: number | null;
};

export type CategoricalCode = {
  readonly kind: 'categorical';
  readonly column: CategoricalColumn;
  /** Its categories are one-hot from `at`. */
  readonly feature: CategoricalFeature;
  readonly at: number;
  readonly otherAt: number | null;
  readonly missingAt: number | null;
};

export type Code = NumericCode | CategoricalCode;

/**
 * A matrix whose rows all have the same number of entries and 0 elsewhere. A row of the training set has one for each
 * feature: its standardised value, or 1 for its category or for a missing value. So categories cost no more than numbers.
 */
export type DesignMatrix = {
  readonly rows: number;
  readonly width: number;
  readonly entriesPerRow: number;
  /** The columns of the entries, row after row; ascending within a row, which begins with column 0, the intercept. */
  readonly columns: Uint32Array;
  /** Parallel to `columns`. */
  readonly values: Float64Array;
  /**
   * The factor of a column's squared weight in the ridge penalty: 0 for the intercept, 1 for nearly all others; see
   * `penaltyOf`.
   */
  readonly penalties: Float64Array;
};

export type Design = {
  readonly codes: readonly Code[];
  readonly matrix: DesignMatrix;
};

function encodeNumeric(column: NumericColumn, feature: NumericFeature, at: number): NumericCode {
  if (!Number.isFinite(1 / feature.summary.deviation)) {
    throw new Error(`column ${column.name}: its numbers are too close together to compute with`);
  }
  return { kind: 'numeric', column, feature, at, missingAt: feature.nullable ? at + 1 : null };
}

function encodeCategorical(
  column: CategoricalColumn,
  feature: CategoricalFeature,
  at: number,
): CategoricalCode {
  const { categories, grouped, nullable } = feature;
  const otherAt = grouped.length > 0 ? at + categories.length : null;
  const missingAt = nullable ? (otherAt ?? at + categories.length - 1) + 1 : null;
  return { kind: 'categorical', column, feature, at, otherAt, missingAt };
}

function encode(column: Column, feature: Feature, at: number): Code {
  return column.kind === 'numeric'
    ? encodeNumeric(column, feature as NumericFeature, at)
    : encodeCategorical(column, feature as CategoricalFeature, at);
}

function widthOf(code: Code): number {
  const values =
    code.kind === 'numeric' ? 1 : code.feature.categories.length + (code.otherAt === null ? 0 : 1);
  return values + (code.missingAt === null ? 0 : 1);
}

/** Between the 5th and the 95th percentile of a normal distribution, in standard deviations. */
const normalSpan = 3.29;

/**
 * The weight of a standardised column counts fully in the ridge penalty, unless a few outliers cause most of its
 * deviation: one mistyped number would make all others nearly equal, and the ridge would prevent the weight from
 * distinguishing them. So if the deviation is more than twice that of the middle nine tenths, twice the latter is used
 * instead.
 */
function penaltyOf({ feature, column }: NumericCode): number {
  const { deviation, percentiles } = feature.summary;
  const middle =
    (percentiles.p95 - percentiles.p5) / normalSpan || deviationBesides(percentiles.p5, column.values);
  return Math.min(1, (2 * middle) / deviation) ** 2;
}

/**
 * The deviation of a column in which nearly all values are the same, after winsorising the outer twentieths of the
 * others.
 */
function deviationBesides(frequent: number, values: Float64Array): number {
  const others = values.filter((value) => value !== frequent && !Number.isNaN(value)).sort();
  const low = Math.min(frequent, quantileSorted(others, 0.05));
  const high = Math.max(frequent, quantileSorted(others, 0.95));
  return summarise(
    values.filter((value) => !Number.isNaN(value)).map((value) => Math.min(high, Math.max(low, value))),
  ).deviation;
}

/** Writes a feature's entry, the one at index `place`, of every row. */
function fill(code: Code, { entriesPerRow, columns, values }: DesignMatrix, place: number): void {
  const put = (row: number, column: number, value: number) => {
    columns[row * entriesPerRow + place] = column;
    values[row * entriesPerRow + place] = value;
  };
  if (code.kind === 'numeric') {
    const { column, feature, at, missingAt } = code;
    const { mean, deviation } = feature.summary;
    for (const [i, value] of column.values.entries()) {
      if (!Number.isNaN(value)) put(i, at, (value - mean) / deviation);
      else put(i, missingAt as number, 1);
    }
    return;
  }
  const places = new Map<string | null, number>();
  if (code.missingAt !== null) places.set(null, code.missingAt);
  if (code.otherAt !== null) for (const category of code.feature.grouped) places.set(category, code.otherAt);
  for (const [i, category] of code.feature.categories.entries()) places.set(category, code.at + i);
  for (const [i, value] of code.column.values.entries()) put(i, places.get(value) as number, 1);
}

/**
 * Codes columns as numbers: an intercept, standardised numbers, one-hot categories, indicators of missing values.
 *
 * @param features what `describeColumns` makes of the columns
 * @throws Error naming the column whose numbers have no deviation, or none that is finite
 */
export function encodeDesign(columns: readonly Column[], features: readonly Feature[]): Design {
  const rowCount = columns[0].values.length;
  const codes: Code[] = [];
  let width = 1;
  for (const [i, column] of columns.entries()) {
    const code = encode(column, features[i], width);
    codes.push(code);
    width += widthOf(code);
  }
  const entriesPerRow = 1 + codes.length;
  const matrix = {
    rows: rowCount,
    width,
    entriesPerRow,
    columns: new Uint32Array(rowCount * entriesPerRow),
    values: new Float64Array(rowCount * entriesPerRow),
    penalties: new Float64Array(width).fill(1, 1),
  };
  for (const code of codes) if (code.kind === 'numeric') matrix.penalties[code.at] = penaltyOf(code);
  for (let row = 0; row < rowCount; row++) matrix.values[row * entriesPerRow] = 1;
  for (const [i, code] of codes.entries()) fill(code, matrix, i + 1);
  return { codes, matrix };
}
