import { createDisclosure } from '../model/disclosure.ts';
import type { Column } from '../profile/columns.ts';
import { cellText } from '../tables/cells.ts';
import { countEvidence, readComma, readPoint } from '../tables/column-evidence.ts';
import { suspicionOf } from '../tables/suspicious-columns.ts';
import { formatNames, listNames } from '../text/column-names.ts';
import { quoteWord } from '../text/command-line.ts';
import {
  placeOf,
  quoteCell,
  readCategories,
  readNumbers,
  type TextColumn,
  type TextTable,
} from './read-columns.ts';
import { RefusedColumn } from './refused-columns.ts';

export type FeatureOptions = {
  /** Columns of numbers that are codes, not amounts. */
  readonly categorical: readonly string[];
  /** Columns that are used though they look like ids or dates. */
  readonly allowIds: readonly string[];
  /** Columns whose values no message may quote. */
  readonly sensitive: readonly string[];
};

/** Fewer different numbers than these may be codes. */
const mostCodes = 20;

/**
 * Refuses numbers of which most are missing and are marked so by one word that is not known to mean that: as categories
 * they would say next to nothing.
 */
function refuseMixture(
  table: TextTable,
  column: TextColumn,
  present: readonly string[],
  isWithheld: boolean,
): void {
  const { name, evidence } = column;
  const { numbers } = countEvidence(evidence);
  if (numbers === 0) return;
  const texts = new Set(
    present.filter((text) => Number.isNaN(readPoint(text)) && Number.isNaN(readComma(text))),
  );
  const different = new Set(present).size - texts.size;
  if (texts.size !== 1 || different <= mostCodes) return;
  const [word] = texts;
  const row = column.cells.findIndex((cell) => cellText(cell).trim() === word);
  throw new Error(
    `${placeOf(table, column, row)}${isWithheld ? 'a word' : `'${word}'`} stands in all rows that hold none of the ${different} different numbers: say with ${naOption(word, isWithheld)} that it means a missing value, or treat the column as categories with --categorical ${formatNames([name])}`,
  );
}

function naOption(word: string, isWithheld: boolean): string {
  return isWithheld ? '--na' : `--na ${quoteWord(formatNames([word]))}`;
}

const leadingZero = /^\s*0\d+\s*$/;

/** What to know of columns that were read in a way that may not be meant. */
export function cautionsOn(texts: readonly TextColumn[], columns: readonly Column[]): string[] {
  const coded = texts.filter(
    ({ cells }, i) => columns[i].kind === 'numeric' && cells.some((cell) => leadingZero.test(cell)),
  );
  if (coded.length === 0) return [];
  const names = coded.map(({ name }) => name);
  const [are, them] = names.length === 1 ? ['has', 'it was'] : ['have', 'they were'];
  return [
    `${names.join(', ')} ${are} numbers with leading zeros, as codes have, and ${them} read as amounts: --categorical ${listNames(names)} reads codes`,
  ];
}

/**
 * The values of a feature. A column is of numbers when most of its cells that say what it is are; then the others are
 * faults, not categories.
 *
 * @throws RefusedColumn for one that says nothing about new rows; Error `file:line: column name: …` for one that cannot be
 * read
 */
export function readFeature(table: TextTable, column: TextColumn, options: FeatureOptions): Column {
  const { name, cells } = column;
  const isWithheld = createDisclosure(options).isWithheld(name);
  const counted = countEvidence(column.evidence);
  const numeric = counted.numbers > counted.present / 2 && !options.categorical.includes(name);
  const values = numeric ? readNumbers(table, column, isWithheld) : readCategories(column);
  const present = cells.filter((_, i) => values[i] !== null).map(cellText);
  if (present.length === 0) throw new RefusedColumn('is empty');
  const missing = present.length < cells.length;
  const numbers = Float64Array.from(
    values.filter((value) => typeof value === 'number' && !Number.isNaN(value)) as number[],
  );

  if (!options.allowIds.includes(name)) {
    const what = suspicionOf(name, present, numeric ? numbers : undefined);
    if (what !== null) {
      throw new RefusedColumn(`looks like ${what}`, true);
    }
  }
  const valid = values.filter((value) => value !== null && !Number.isNaN(value));
  if (valid.every((value) => value === valid[0]) && (numeric || !missing)) {
    throw new RefusedColumn(`is constant, always ${isWithheld ? 'the same value' : `'${present[0]}'`}`);
  }
  if (!numeric && !options.categorical.includes(name)) refuseMixture(table, column, present, isWithheld);
  if (!numeric) return { name, kind: 'categorical', values: values as (string | null)[] };
  const fault = values.findIndex((value) => Number.isNaN(value));
  if (fault >= 0) {
    const word = cellText(cells[fault]).trim();
    const isRepeated = cells.indexOf(cells[fault], fault + 1) >= 0;
    const mark = isRepeated ? `, say with ${naOption(word, isWithheld)} that it means a missing value,` : ',';
    throw new Error(
      `${placeOf(table, column, fault)}${quoteCell(column, fault, isWithheld)} is not a number, as most of the column is: correct it, leave the cell empty${mark} or treat the column as categories with --categorical ${formatNames([name])}`,
    );
  }
  return {
    name,
    kind: 'numeric',
    values: Float64Array.from(values as number[], (value) => value ?? Number.NaN),
  };
}
