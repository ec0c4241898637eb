import Papa from 'papaparse';
import { createNumberReader } from './numbers.ts';

export const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

const sampleRows = 100;

/**
 * Detects the delimiter of a table: the one with which most rows have as many fields as the header, and in a tie the
 * one with the most fields. A table with one column has none of them and is read with the comma, unless that would
 * split its numbers.
 *
 * @param sample the beginning of the table, lines ending in LF
 */
export function detectDelimiter(sample: string): Delimiter {
  let best: { delimiter: Delimiter; fit: number; fields: number } = { delimiter: ',', fit: 0, fields: 1 };
  for (const delimiter of delimiters) {
    const parser = new Papa.Parser({ delimiter, newline: '\n', preview: sampleRows });
    const { data } = parser.parse(sample, 0, false) as { data: string[][] };
    const rows = data.filter((row) => row.length > 1 || row[0] !== '');
    const fields = rows[0]?.length ?? 1;
    if (fields < 2) continue;
    const fit = rows.filter((row) => row.length === fields).length / rows.length;
    if (fit > best.fit || (fit === best.fit && fields > best.fields)) best = { delimiter, fit, fields };
  }
  return best.fields === 1 && commasAreInNumbers(sample) ? ';' : best.delimiter;
}

const readers = [createNumberReader('.'), createNumberReader(',')];

/** Whether the lines below the header that contain commas are each a single number. */
function commasAreInNumbers(sample: string): boolean {
  const lines = sample.split('\n').slice(1);
  const withComma = lines.map((line) => line.trim()).filter((line) => line.includes(','));
  return withComma.length > 0 && withComma.every((line) => readers.some((read) => !Number.isNaN(read(line))));
}
