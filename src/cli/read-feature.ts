import { createDisclosure } from '../model/disclosure.ts';
import type { Column } from '../profile/columns.ts';
import { cellText } from '../tables/cells.ts';
import { countEvidence } from '../tables/column-evidence.ts';
import { suspicionOf } from '../tables/suspicious-columns.ts';
import { formatNames } from '../text/column-names.ts';
import {
  placeOf,
  quoteCell,
  readCategories,
  readNumbers,
  type TextColumn,
  type TextTable,
} from './read-columns.ts';

export type FeatureOptions = {
  /** Columns of numbers that are codes, not amounts. */
  readonly categorical: readonly string[];
  /** Columns that are used though they look like ids or dates. */
  readonly allowIds: readonly string[];
  /** Columns whose values no message may quote. */
  readonly sensitive: readonly string[];
  /** How an error says to do without a column: `leave it out of --features`. */
  readonly howToLeaveOut: (column: string) => string;
};

/**
 * The values of a feature. A column is of numbers when most of its cells that say what it is are; then the others are
 * faults, not categories.
 *
 * @throws Error `file:line: column name: …` for one that says nothing about new rows, or that cannot be read
 */
export function readFeature(table: TextTable, column: TextColumn, options: FeatureOptions): Column {
  const { name, cells } = column;
  const first = placeOf(table, column, 0);
  const leaveOut = options.howToLeaveOut(name);
  const isWithheld = createDisclosure(options).isWithheld(name);
  const counted = countEvidence(column.evidence);
  const numeric = counted.numbers > counted.present / 2 && !options.categorical.includes(name);
  const values = numeric ? readNumbers(table, column, isWithheld) : readCategories(column);
  const present = cells.filter((_, i) => values[i] !== null).map(cellText);
  if (present.length === 0) throw new Error(`${first}is empty: ${leaveOut}`);
  const missing = present.length < cells.length;
  const numbers = Float64Array.from(
    values.filter((value) => typeof value === 'number' && !Number.isNaN(value)) as number[],
  );

  if (!options.allowIds.includes(name)) {
    const what = suspicionOf(name, present, numeric ? numbers : undefined);
    if (what !== null) {
      throw new Error(
        `${first}looks like ${what}, which say nothing about new rows: ${leaveOut}, or use it all the same with --allow-ids ${formatNames([name])}`,
      );
    }
  }
  const valid = values.filter((value) => value !== null && !Number.isNaN(value));
  if (valid.every((value) => value === valid[0]) && (numeric || !missing)) {
    throw new Error(
      `${first}is constant, always ${isWithheld ? 'the same value' : `'${present[0]}'`}: ${leaveOut}`,
    );
  }
  if (!numeric) return { name, kind: 'categorical', values: values as (string | null)[] };
  const fault = values.findIndex((value) => Number.isNaN(value));
  if (fault >= 0) {
    throw new Error(
      `${placeOf(table, column, fault)}${quoteCell(column, fault, isWithheld)} is not a number, as most of the column is: correct it, leave the cell empty, or treat the column as categories with --categorical ${formatNames([name])}`,
    );
  }
  return {
    name,
    kind: 'numeric',
    values: Float64Array.from(values as number[], (value) => value ?? Number.NaN),
  };
}
