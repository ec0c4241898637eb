import { createNumberReader, detectDecimalSigns } from '../tables/numbers.ts';
import { isMissing, openTableFile, placeInTable } from '../tables/read-table.ts';
import type { RequestFeature, Row } from './request-features.ts';

/**
 * Reads the rows of a table as requests: the columns named after the features, missing cells as null.
 *
 * @throws Error `file:line: column …` for a missing column, a broken row, or a text where the service wants a number
 */
export async function readDataRows(path: string, features: readonly RequestFeature[]): Promise<Row[]> {
  const table = await openTableFile(path);
  const columns = features.map(({ name }) => {
    const column = table.columns.indexOf(name);
    if (column >= 0) return column;
    throw new Error(
      `${placeInTable(path, 1)}no column '${name}', which the service asks for (there are ${table.columns.join(', ')}): give another table with --data, or --model`,
    );
  });
  const rows: string[][] = [];
  const lines: number[] = [];
  for await (const batch of table.batches) {
    for (const [i, row] of batch.rows.entries()) {
      rows.push(columns.map((column) => row[column]));
      lines.push(batch.lines[i]);
    }
  }
  if (rows.length === 0) throw new Error(`${path}: has a header, but no rows to draw from`);
  const readers = detectDecimalSigns(features.length, rows, table.delimiter).map(createNumberReader);

  function readCell(text: string, feature: number, line: number): Row[string] {
    const { name, kind } = features[feature];
    if (isMissing(text)) return null;
    if (kind === 'categorical') return text;
    const value = readers[feature](text);
    if (Number.isFinite(value)) return value;
    throw new Error(`${placeInTable(path, line, name)}'${text}' is no number, which the service asks for`);
  }
  return rows.map((row, i) =>
    Object.fromEntries(
      row.map((text, feature) => [features[feature].name, readCell(text, feature, lines[i])]),
    ),
  );
}
