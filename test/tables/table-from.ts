import { type DamagedRow, openTable, type Table } from '../../src/tables/read-table.ts';

/** A stream of the bytes, cut into pieces of `size`, as a slow file or pipe would give them. */
export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export type WholeTable = Pick<Table, 'columns' | 'delimiter'> & { rows: string[][]; lines: number[] };

/** Reads a table whole, from text or bytes, in pieces of `size` bytes. */
export async function tableFrom(
  content: string | Uint8Array,
  { size = 7, onDamaged }: { size?: number; onDamaged?: (damaged: DamagedRow) => void } = {},
): Promise<WholeTable> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const { columns, delimiter, batches } = await openTable(
    inPieces(bytes, size),
    't.csv',
    onDamaged ? { onDamaged } : {},
  );
  const whole: WholeTable = { columns, delimiter, rows: [], lines: [] };
  for await (const { rows, lines } of batches) {
    whole.rows = whole.rows.concat(rows);
    whole.lines = whole.lines.concat(lines);
  }
  return whole;
}
