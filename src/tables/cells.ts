import { isMissingText, markPattern, missingMarks, plainText } from '../stats/category-text.ts';
import { createNumberReader, type DecimalSign, unitOf } from './numbers.ts';

/**
 * Appended to a text that would mean a missing value if it had not been quoted: `"NA"` is Namibia, `NA` is missing.
 * Tables with zero bytes are rejected, so no cell contains one otherwise.
 */
const quoted = '\0';

/** Makes the function that marks quoted texts such as `"NA"` in the text of a table, in whole lines that end in LF. */
export function createQuoteMarker(delimiter: string): (text: string) => string {
  const texts = markPattern(missingMarks);
  const marks = new RegExp(`(?<=^|[${delimiter}\\n])"(${texts})"(?=[${delimiter}\\n]|$)`, 'g');
  return (text) => (text.includes('"') ? text.replace(marks, `"$1${quoted}"`) : text);
}

/**
 * Makes the function that rewrites cells so that certain words, and the empty cell, are the missing ones: a word that
 * usually means a missing value and is not among them is a text, as if it had been quoted.
 */
export function createMissingWords(words: readonly string[]): (cell: string) => string {
  const chosen = new Set(words.map(plainText));
  return (cell) => {
    const text = plainText(cell);
    if (chosen.has(text)) return '';
    return text !== '' && isMissingText(cell) ? `${cell}${quoted}` : cell;
  };
}

/** The text of a cell as in the table. */
export function cellText(cell: string): string {
  return cell.endsWith(quoted) ? cell.slice(0, -1) : cell;
}

/** Reads a cell: a number (NaN if it is not one) or a text, `null` if it is missing. */
export type CellReader<T> = (cell: string) => T | null;

/**
 * Makes the reader of a numeric column. In such a column, a quoted `NA` is missing, too.
 *
 * @param unit of the column, see `unitOf`: a number with a different one counts as not a number
 */
export function createNumberCellReader(decimalSign: DecimalSign, unit: string): CellReader<number> {
  const read = createNumberReader(decimalSign);
  return (cell) => {
    if (isMissingText(cellText(cell))) return null;
    return unitOf(cell) === unit ? read(cell) : Number.NaN;
  };
}

const decimalComma = /^-?\d+,\d+$/;

/**
 * Makes the reader of a column of categories.
 *
 * @param decimalSign of the column: with commas the code `1,0` is `1.0`
 * @param known categories that a cell may name although it would mean a missing value
 * @param quotedMarks texts that the column quotes if they are categories, so that without quotes they are missing
 */
export function createCategoryCellReader(
  decimalSign: DecimalSign,
  known: ReadonlySet<string> = new Set(),
  quotedMarks: ReadonlySet<string> = new Set(),
): CellReader<string> {
  return (cell) => {
    if (isMissingText(cell)) return known.has(cell) && !quotedMarks.has(cell) ? cell : null;
    const text = cellText(cell);
    if (decimalSign === '.' || known.has(text)) return text;
    return decimalComma.test(text) ? text.replace(',', '.') : text;
  };
}
