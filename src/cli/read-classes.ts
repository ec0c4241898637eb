import type { BinaryClasses } from '../model/output-classes.ts';
import { canonicalCategory } from '../stats/category-text.ts';
import { placeOf, readCategories, type TextColumn, type TextTable } from './read-columns.ts';

/** A column of two classes, by their canonical texts. */
export type ClassColumn = BinaryClasses & {
  /** One a row; 1 for positive, 0 for negative. */
  readonly isPositive: Uint8Array;
};

type Role = 'target' | 'prediction';

/**
 * Reads a column that has exactly two values, and no missing ones.
 *
 * @param given the positive class
 * @throws Error `file:line: column name: …` for any other column
 */
export function readClasses(table: TextTable, column: TextColumn, role: Role, given: string): ClassColumn {
  const cells = readPresent(table, column, role);
  const positive = canonicalCategory(given);
  const classes = new Set<string>();
  for (const [row, cell] of cells.entries()) {
    classes.add(cell);
    if (classes.size > 2) {
      const others = [...classes].slice(0, 2).map((value) => `'${value}'`);
      throw new Error(
        `${placeOf(table, column, row)}a third value, '${cell}', beside ${others.join(' and ')}: the ${role} must have two`,
      );
    }
  }
  const found = [...classes].map((value) => `'${value}'`).join(' and ');
  const place = placeOf(table, column, 0);
  if (classes.size < 2) {
    const more =
      role === 'target'
        ? ': the target must have two values'
        : ', which shows neither the other nor the threshold: give both with --negative and --threshold';
    throw new Error(`${place}only one class, ${found}${more}`);
  }
  if (!classes.has(positive)) {
    throw new Error(`${place}no row is '${positive}', the classes are ${found}: choose one with --positive`);
  }
  const negative = [...classes].find((value) => value !== positive) as string;
  return { positive, negative, isPositive: Uint8Array.from(cells, (cell) => (cell === positive ? 1 : 0)) };
}

/**
 * Reads the outcomes that a model is evaluated by.
 *
 * @throws Error as `readClasses` does, and for a class of a single row
 */
export function readOutcomes(table: TextTable, column: TextColumn, positive: string): ClassColumn {
  const classes = readClasses(table, column, 'target', positive);
  for (const [label, value] of [
    [classes.positive, 1],
    [classes.negative, 0],
  ] as const) {
    const first = classes.isPositive.indexOf(value);
    if (classes.isPositive.indexOf(value, first + 1) < 0) {
      throw new Error(
        `${placeOf(table, column, first)}the only row of the class '${label}': two are needed to evaluate`,
      );
    }
  }
  return classes;
}

/**
 * Reads predictions where the classes are known, of which all rows may have the same.
 *
 * @returns one a row; 1 for positive, 0 for negative
 * @throws Error `file:line: column name: …` for a row without a prediction, or of another class
 */
export function readPredictions(
  table: TextTable,
  column: TextColumn,
  { positive, negative }: BinaryClasses,
): Uint8Array {
  const cells = readPresent(table, column, 'prediction');
  const other = cells.findIndex((cell) => cell !== positive && cell !== negative);
  if (other >= 0) {
    throw new Error(
      `${placeOf(table, column, other)}'${cells[other]}' is neither '${positive}' nor '${negative}', the classes of the model`,
    );
  }
  return Uint8Array.from(cells, (cell) => (cell === positive ? 1 : 0));
}

function readPresent(table: TextTable, column: TextColumn, role: Role): string[] {
  const cells = readCategories(column);
  const missing = cells.indexOf(null);
  if (missing >= 0) {
    throw new Error(`${placeOf(table, column, missing)}the ${role} is missing: leave out rows without one`);
  }
  return cells as string[];
}
