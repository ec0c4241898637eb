import { missingMarks } from '../stats/category-text.ts';
import { createCategoryCellReader, createNumberCellReader } from '../tables/cells.ts';
import { addEvidence, createColumnEvidence } from '../tables/column-evidence.ts';
import { judgeNotations } from '../tables/judge-notations.ts';
import type { DecimalSign } from '../tables/numbers.ts';
import { openTableFile, placeInTable } from '../tables/read-table.ts';
import { findName } from '../text/column-names.ts';
import type { RequestFeature, Row } from './request-features.ts';

const marks: ReadonlySet<string> = new Set(missingMarks.filter((mark) => mark !== ''));

/**
 * Reads the rows of a table as requests: the columns named after the features, missing cells as null. In a column of
 * categories a text such as `NA` is sent as it is, since the service knows whether it has a category of that name.
 *
 * @param decimalSign of all numbers; detected for each column by default
 * @throws Error `file:line: column …` for a missing column, a broken row, or a text where the service expects a number.
 * It quotes no value, because a service does not reveal which of its features are sensitive
 */
export async function readDataRows(
  path: string,
  features: readonly RequestFeature[],
  decimalSign?: DecimalSign,
): Promise<Row[]> {
  const table = await openTableFile(path);
  const columns = features.map(({ name }) => {
    const column = findName(name, table.columns);
    if (column !== undefined) return table.columns.indexOf(column);
    throw new Error(
      `${placeInTable(table.name, 1)}no column '${name}', which the service requires (there are ${table.columns.join(', ')}): give another table with --data, or --model`,
    );
  });
  const evidence = columns.map(createColumnEvidence);
  const rows: string[][] = [];
  const lines: number[] = [];
  for await (const batch of table.batches) {
    for (const [i, row] of batch.rows.entries()) {
      const cells = columns.map((column) => row[column]);
      for (const [column, cell] of cells.entries()) addEvidence(evidence[column], cell, batch.lines[i]);
      rows.push(cells);
      lines.push(batch.lines[i]);
    }
  }
  if (rows.length === 0) throw new Error(`${table.name}: has a header, but no rows to draw from`);
  const readers = judgeNotations(evidence, table.delimiter, decimalSign).map((notation, i) => {
    const { name, kind } = features[i];
    if (kind === 'categorical') {
      return createCategoryCellReader(notation.decimalSign, marks, evidence[i].quotedMarks);
    }
    const { problem } = notation;
    if (problem !== null)
      throw new Error(placeInTable(table.name, problem.line, name) + problem.withoutValues);
    return createNumberCellReader(notation.decimalSign, notation.unit);
  });

  function readCell(cell: string, feature: number, line: number): Row[string] {
    const value = readers[feature](cell);
    if (!Number.isNaN(value)) return value;
    const place = placeInTable(table.name, line, features[feature].name);
    throw new Error(`${place}a value is not a number, which the service requires`);
  }
  return rows.map((row, i) =>
    Object.fromEntries(
      row.map((cell, feature) => [features[feature].name, readCell(cell, feature, lines[i])]),
    ),
  );
}
