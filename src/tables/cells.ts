import { isMissingText, missingMarks } from '../stats/category-text.ts';
import { createNumberReader, type DecimalSign, unitOf } from './numbers.ts';

/**
 * Stands behind a text that would mean a missing value, had it not been quoted: `"NA"` is Namibia, `NA` is nothing.
 * Tables with zero bytes are refused, so that no cell holds one by itself.
 */
const quoted = '\0';

/** Makes the function that marks quoted texts such as `"NA"` in the text of a table, in whole lines that end in LF. */
export function createQuoteMarker(delimiter: string): (text: string) => string {
  // None of these characters is special where it stands.
  const texts = missingMarks.filter((mark) => mark !== '').join('|');
  const marks = new RegExp(`(?<=^|[${delimiter}\\n])"(${texts})"(?=[${delimiter}\\n]|$)`, 'g');
  return (text) => (text.includes('"') ? text.replace(marks, `"$1${quoted}"`) : text);
}

/** The text of a cell as it stands in the table. */
export function cellText(cell: string): string {
  return cell.endsWith(quoted) ? cell.slice(0, -1) : cell;
}

/** Reads a cell: a number (NaN for what is none) or a text, `null` if it is missing. */
export type CellReader<T> = (cell: string) => T | null;

/**
 * Makes the reader of a numeric column. Nobody quotes a number that is not missing to say that it is `NA`.
 *
 * @param unit of the column, see `unitOf`: a number with another one is none
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
 * @param known categories that a cell may name though it would mean a missing value
 * @param quotedMarks texts that the column quotes where they are categories, so that without quotes they are missing
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
