import { canonicalCategory } from '../stats/category-text.ts';
import { placeOf, readCategories, type TextColumn, type TextTable } from './read-columns.ts';

/** What became of the rows: the two classes of the target, and which row is of which. */
export type Outcomes = {
  readonly target: { readonly column: string; readonly positive: string; readonly negative: string };
  /** One a row; 1 for positive, 0 for negative. */
  readonly outcomes: Uint8Array;
};

/**
 * Reads the target.
 *
 * @param given the positive class
 * @throws Error `file:line: column name: …` unless each row is of one of two classes, and at least two rows of each
 */
export function readOutcomes(table: TextTable, column: TextColumn, given: string): Outcomes {
  const cells = readCategories(column);
  const positive = canonicalCategory(given);
  const classes = new Set<string>();
  for (const [row, cell] of cells.entries()) {
    if (cell === null) {
      throw new Error(`${placeOf(table, column, row)}the target is missing: leave out rows without one`);
    }
    classes.add(cell);
    if (classes.size > 2) {
      const others = [...classes].slice(0, 2).map((value) => `'${value}'`);
      throw new Error(
        `${placeOf(table, column, row)}a third value, '${cell}', beside ${others.join(' and ')}: the target must have two`,
      );
    }
  }
  const found = [...classes].map((value) => `'${value}'`).join(' and ');
  const place = placeOf(table, column, 0);
  if (classes.size < 2) throw new Error(`${place}only one class, ${found}: the target must have two values`);
  if (!classes.has(positive)) {
    throw new Error(`${place}no row is '${positive}', the classes are ${found}: choose one with --positive`);
  }
  const negative = [...classes].find((value) => value !== positive) as string;
  for (const label of [positive, negative]) {
    const first = cells.indexOf(label);
    if (cells.indexOf(label, first + 1) < 0) {
      throw new Error(
        `${placeOf(table, column, first)}the only row of the class '${label}': two are needed to evaluate`,
      );
    }
  }
  return {
    target: { column: column.name, positive, negative },
    outcomes: Uint8Array.from(cells, (cell) => (cell === positive ? 1 : 0)),
  };
}
