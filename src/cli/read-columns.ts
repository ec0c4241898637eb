import { createHash } from 'node:crypto';
import { canonicalCategory } from '../stats/category-text.ts';
import {
  cellText,
  createCategoryCellReader,
  createMissingWords,
  createNumberCellReader,
} from '../tables/cells.ts';
import { addEvidence, type ColumnEvidence, createColumnEvidence } from '../tables/column-evidence.ts';
import { judgeNotations, type Notation } from '../tables/judge-notations.ts';
import type { DecimalSign } from '../tables/numbers.ts';
import { openTableFile, placeInTable } from '../tables/read-table.ts';
import { didYouMean } from '../text/did-you-mean.ts';

/** One column as it stands in the file. */
export type TextColumn = {
  readonly name: string;
  readonly cells: readonly string[];
  readonly evidence: ColumnEvidence;
  readonly notation: Notation;
};

export type TextTable = {
  /** What to call the file in errors. */
  readonly path: string;
  /** In the order in which they were asked for. */
  readonly columns: readonly TextColumn[];
  /** The line of each row. */
  readonly lines: readonly number[];
  /** `sha256:` and the hexadecimal digest of the file, unpacked. */
  readonly digest: string;
};

/** What to read of a table. */
export type ColumnChoice = {
  readonly columns: readonly string[];
  /** Decimal sign of all numbers; detected for each column by default. */
  readonly decimalSign?: DecimalSign | undefined;
  /** Words that mean a missing value, in place of the usual ones. */
  readonly na?: readonly string[] | undefined;
};

/**
 * Reads columns of a file of delimited text.
 *
 * @param choose gets the names of all columns and what to call the file in errors
 * @throws Error `file:line: …` for a table that cannot be read, and what `choose` throws
 */
export async function readColumns<Choice extends ColumnChoice>(
  path: string,
  choose: (header: readonly string[], path: string) => Choice,
): Promise<TextTable & { readonly choice: Choice }> {
  const hash = createHash('sha256');
  const table = await openTableFile(path, { onBytes: (bytes) => hash.update(bytes) });
  const choice = choose(table.columns, table.name);
  requireColumns(table.name, table.columns, choice.columns);
  const places = choice.columns.map((name) => table.columns.indexOf(name));
  const evidence = choice.columns.map(createColumnEvidence);
  const asMeant = choice.na === undefined ? (cell: string) => cell : createMissingWords(choice.na);
  const cells: string[][] = places.map(() => []);
  const lines: number[] = [];
  for await (const batch of table.batches) {
    for (const [i, row] of batch.rows.entries()) {
      for (const [column, place] of places.entries()) {
        const cell = asMeant(row[place]);
        addEvidence(evidence[column], cell, batch.lines[i]);
        cells[column].push(cell);
      }
      lines.push(batch.lines[i]);
    }
  }
  if (lines.length === 0) throw new Error(`${table.name}: has a header but no rows`);
  const notations = judgeNotations(evidence, table.delimiter, choice.decimalSign);
  return {
    path: table.name,
    choice,
    columns: choice.columns.map((name, i) => ({
      name,
      cells: cells[i],
      evidence: evidence[i],
      notation: notations[i],
    })),
    lines,
    digest: `sha256:${hash.digest('hex')}`,
  };
}

/** @throws Error for a name that is not in the header */
export function requireColumns(path: string, header: readonly string[], names: readonly string[]): void {
  for (const name of names) {
    if (!header.includes(name)) {
      throw new Error(
        `${placeInTable(path, 1, name)}no such column${didYouMean(name, header)}, the header has ${header.join(', ')}`,
      );
    }
  }
}

/** Where a row's value stands, as errors begin. */
export function placeOf({ path, lines }: TextTable, { name }: TextColumn, row: number): string {
  return placeInTable(path, lines[row], name);
}

/** The categories of a column, each by its canonical text; `null` where they are missing. */
export function readCategories({ cells, notation }: TextColumn): (string | null)[] {
  const read = createCategoryCellReader(notation.decimalSign);
  const canonical = new Map<string, string>();
  return cells.map((cell) => {
    const text = read(cell);
    if (text === null) return null;
    const known = canonical.get(text) ?? canonicalCategory(text);
    canonical.set(text, known);
    return known;
  });
}

/**
 * The numbers of a column; `null` where they are missing, NaN for what is no number.
 *
 * @param isWithheld no message may quote its values
 * @throws Error when its notation cannot be told
 */
export function readNumbers(
  { path }: TextTable,
  { name, cells, notation }: TextColumn,
  isWithheld = false,
): (number | null)[] {
  if (notation.problem !== null) {
    const { line, message, withoutValues } = notation.problem;
    throw new Error(placeInTable(path, line, name) + (isWithheld ? withoutValues : message));
  }
  return cells.map(createNumberCellReader(notation.decimalSign, notation.unit));
}

/** A value as an error may quote it. */
export function quoteCell({ cells }: TextColumn, row: number, isWithheld = false): string {
  return isWithheld ? 'a value' : `'${cellText(cells[row])}'`;
}
