import { maxMagnitude } from '../stats/summable.ts';
import type { NumericFeature } from './artifact-schema.ts';
import { rankCategories, summarise } from './reference.ts';
import type { CategoricalColumn, Column, NumericColumn } from './training-set.ts';

/** How one column of the training set becomes columns of the design: where they begin, and what they hold. */
export type NumericCode = {
  readonly kind: 'numeric';
  readonly column: NumericColumn;
  /** Of the values that are not missing. */
  readonly summary: NumericFeature['summary'];
  /** The standardised value; a missing one is imputed by the mean, which is 0. */
  readonly at: number;
  /** The indicator of a missing value. */
  readonly missingAt: number | null;
};

export type CategoricalCode = {
  readonly kind: 'categorical';
  readonly column: CategoricalColumn;
  /** Most frequent first. One-hot from `at`. */
  readonly categories: readonly string[];
  readonly grouped: readonly string[];
  readonly at: number;
  readonly otherAt: number | null;
  readonly missingAt: number | null;
};

export type Code = NumericCode | CategoricalCode;

export type Design = {
  readonly codes: readonly Code[];
  /** One row a row of the training set; column 0 is 1, for the intercept. */
  readonly rows: readonly Float64Array[];
};

function encodeNumeric(column: NumericColumn, at: number): NumericCode {
  const present = column.values.filter((value) => !Number.isNaN(value));
  const missingAt = present.length < column.values.length ? at + 1 : null;
  const summary = summarise(present);
  const largest = Math.max(Math.abs(summary.min), Math.abs(summary.max));
  if (largest > maxMagnitude) {
    throw new Error(
      `column ${column.name}: holds a number beyond ±${maxMagnitude}, which is no measurement: correct or remove its row`,
    );
  }
  if (!Number.isFinite(1 / summary.deviation)) {
    throw new Error(`column ${column.name}: its numbers are too close together to compute with`);
  }
  return { kind: 'numeric', column, summary, at, missingAt };
}

function encodeCategorical(column: CategoricalColumn, at: number): CategoricalCode {
  const counts = new Map<string, number>();
  let missing = false;
  for (const value of column.values) {
    if (value === null) missing = true;
    else counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const { categories, grouped } = rankCategories(counts);
  const otherAt = grouped.length > 0 ? at + categories.length : null;
  const missingAt = missing ? (otherAt ?? at + categories.length - 1) + 1 : null;
  return { kind: 'categorical', column, categories, grouped, at, otherAt, missingAt };
}

function widthOf(code: Code): number {
  const values = code.kind === 'numeric' ? 1 : code.categories.length + (code.otherAt === null ? 0 : 1);
  return values + (code.missingAt === null ? 0 : 1);
}

function fill(code: Code, rows: readonly Float64Array[]): void {
  if (code.kind === 'numeric') {
    const { column, summary, at, missingAt } = code;
    for (const [i, value] of column.values.entries()) {
      if (!Number.isNaN(value)) rows[i][at] = (value - summary.mean) / summary.deviation;
      else if (missingAt !== null) rows[i][missingAt] = 1;
    }
    return;
  }
  const places = new Map<string | null, number | null>([[null, code.missingAt]]);
  for (const category of code.grouped) places.set(category, code.otherAt);
  for (const [i, category] of code.categories.entries()) places.set(category, code.at + i);
  for (const [i, value] of code.column.values.entries()) {
    const place = places.get(value);
    if (typeof place === 'number') rows[i][place] = 1;
  }
}

/**
 * Codes columns as numbers: an intercept, standardised numbers, one-hot categories, indicators of missing values.
 *
 * @throws Error naming the column whose numbers have no deviation, or none that is finite
 */
export function encodeDesign(columns: readonly Column[], rowCount: number): Design {
  const codes: Code[] = [];
  let width = 1;
  for (const column of columns) {
    const code = column.kind === 'numeric' ? encodeNumeric(column, width) : encodeCategorical(column, width);
    codes.push(code);
    width += widthOf(code);
  }
  const rows = Array.from({ length: rowCount }, () => {
    const row = new Float64Array(width);
    row[0] = 1;
    return row;
  });
  for (const code of codes) fill(code, rows);
  return { codes, rows };
}
