import { wholeLines } from './decode-text.ts';
import { isPlain } from './plain-rows.ts';
import { type DamagedRow, openTable, type Table } from './read-table.ts';

/** Takes the rows of a table. */
export type TableVisitor = {
  /** Takes a row that was split into cells, and its line. */
  row(cells: readonly string[], line: number): void;
  /** Takes plain text (see `isPlain`) in whole lines, which begins on `line`. @returns the line after it */
  plain(bytes: Buffer, line: number): number;
};

/**
 * Goes through a table of delimited text once. As long as the text is plain, its rows are handed over as bytes; the
 * first block, and everything from the first quote or non-ASCII letter on, is read by the general reader, which knows
 * all dialects.
 *
 * @param visit called with the table once its header is known; returns the visitor of its rows
 * @param onDamaged called for each row that the general reader cannot read, and that is skipped
 * @throws Error as `openTable` does
 */
export async function scanTable(
  source: AsyncIterable<Uint8Array>,
  name: string,
  visit: (table: Pick<Table, 'columns' | 'delimiter'>) => TableVisitor,
  onDamaged: (row: DamagedRow) => void,
): Promise<void> {
  let visitor: TableVisitor | undefined;
  /**
   * The line after the last one that the general reader has seen, by its own count, and the lines that it never saw.
   */
  let nextLine = 1;
  let plainLines = 0;

  async function* takePlain(): AsyncGenerator<Buffer> {
    let plain = true;
    for await (const piece of wholeLines(source, name)) {
      plain &&= isPlain(piece);
      if (visitor !== undefined && plain) {
        const line = nextLine + plainLines;
        plainLines += visitor.plain(piece, line) - line;
      } else {
        yield piece;
      }
    }
  }

  const table = await openTable(takePlain(), name, {
    onDamaged: (row) => onDamaged({ ...row, line: row.line + plainLines }),
  });
  visitor = visit(table);
  for await (const batch of table.batches) {
    for (const [i, cells] of batch.rows.entries()) visitor.row(cells, batch.lines[i] + plainLines);
    nextLine = batch.nextLine;
  }
}
