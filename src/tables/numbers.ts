import type { Delimiter } from './detect-delimiter.ts';

/** The sign before the fraction: `1234.5` and `1,234.5`, or `1234,5` and `1.234,5`. */
export type DecimalSign = '.' | ',';

/** Reads a number; NaN when the text is none. */
export type NumberReader = (text: string) => number;

const groupedByComma = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/;
const groupedByPoint = /^[+-]?\d{1,3}([.'\u00a0\u202f ]\d{3})+(,\d*)?$/;
const decimalComma = /^[+-]?\d*,?\d+([eE][+-]?\d+)?$/;

function readPoint(text: string): number {
  if (text === '') return Number.NaN;
  const value = Number(text);
  // Number() also takes 0x1f, 0b1, 0o7 and Infinity, which are no measurements.
  if (Number.isFinite(value))
    return text.charCodeAt(0) === 0x30 && /^0[xob]/i.test(text) ? Number.NaN : value;
  return groupedByComma.test(text) ? Number(text.replaceAll(',', '')) : Number.NaN;
}

function readComma(text: string): number {
  if (decimalComma.test(text)) {
    const value = Number(text.replace(',', '.'));
    return Number.isFinite(value) ? value : Number.NaN;
  }
  return groupedByPoint.test(text)
    ? Number(text.replace(/[.'\u00a0\u202f ]/g, '').replace(',', '.'))
    : Number.NaN;
}

/** Makes the reader of numbers in one notation, thousands grouped or not. */
export function createNumberReader(decimalSign: DecimalSign): NumberReader {
  return decimalSign === '.' ? readPoint : readComma;
}

type Evidence = { point: number; comma: number };

/**
 * What a text says about its notation. `1.234` and `1,234` say nothing by themselves: they are a thousand in one
 * and one and a quarter in the other. (Where fields are separated by something else than a comma, a comma in a
 * number is taken as the decimal sign, since that is why the file has another delimiter.)
 */
function weigh(text: string, delimiter: Delimiter, evidence: Evidence): void {
  if (text.includes(',')) {
    const english = groupedByComma.test(text);
    if (!Number.isNaN(readComma(text)) && !(english && delimiter === ',')) evidence.comma++;
    else if (english) evidence.point++;
  } else if (text.includes('.') && !groupedByPoint.test(text) && !Number.isNaN(readPoint(text))) {
    evidence.point++;
  }
}

/**
 * Finds the decimal sign of each column. A column without evidence of its own follows the table, and a table
 * without any has points.
 *
 * @param rows cells of `columnCount` columns, of all rows or of the first ones
 * @returns one sign a column
 */
export function detectDecimalSigns(
  columnCount: number,
  rows: Iterable<readonly string[]>,
  delimiter: Delimiter,
): DecimalSign[] {
  const columns: Evidence[] = Array.from({ length: columnCount }, () => ({ point: 0, comma: 0 }));
  for (const row of rows) {
    for (let i = 0; i < columnCount; i++) weigh(row[i], delimiter, columns[i]);
  }
  const balances = columns.map(({ point, comma }) => comma - point);
  const table = balances.reduce((sum, balance) => sum + Math.sign(balance), 0);
  return balances.map((balance) => ((balance || table) > 0 ? ',' : '.'));
}
