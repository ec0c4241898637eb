import { isMissingText } from '../stats/category-text.ts';
import { cellText } from './cells.ts';
import type { Delimiter } from './detect-delimiter.ts';
import { createPlainReader } from './plain-rows.ts';

/** This many texts of a column are kept to detect what it contains. */
export const textsKept = 2000;
/** A column that has this many of them in the first rows is not examined further. */
const enoughTexts = 100;

/** Keeps the first texts of each column, and hands all of one column over. */
export type TextCollector = {
  /** The first texts of each column that are not missing. */
  readonly texts: readonly string[][];
  row(cells: readonly string[]): void;
  /** Takes plain text (see `isPlain`) in whole lines. */
  plain(bytes: Buffer): void;
};

/**
 * @param columns the names of all columns
 * @param followed index of the column whose cells all go to `follow`; −1 for none
 */
export function createTextCollector(
  columns: readonly string[],
  delimiter: Delimiter,
  followed: number,
  follow: (cell: string) => void,
): TextCollector {
  const texts: string[][] = columns.map(() => []);
  const cells = new Array<unknown>(columns.length).fill('');

  function keep(column: number, cell: string): void {
    if (texts[column].length < textsKept && !isMissingText(cell)) texts[column].push(cellText(cell));
  }

  return {
    texts,
    row(row) {
      for (let i = 0; i < columns.length; i++) keep(i, row[i]);
      if (followed >= 0) follow(cellText(row[followed]));
    },
    plain(bytes) {
      const open = [...texts.keys()].filter((i) => i === followed || texts[i].length < enoughTexts);
      if (open.length === 0) return;
      const readers = columns.map((_, i) =>
        open.includes(i) ? { decimalSign: null, read: (cell: string) => cell } : null,
      );
      const visit = () => {
        for (const i of open) keep(i, cells[i] as string);
        if (followed >= 0) follow(cells[followed] as string);
      };
      createPlainReader(columns, delimiter, readers, cells, visit, () => {})(bytes, 1);
    },
  };
}
