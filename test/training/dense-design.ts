import type { DesignMatrix } from '../../src/training/design.ts';

/** A design in which every column has an entry in every row. */
export function denseDesign(rows: readonly ArrayLike<number>[]): DesignMatrix {
  const width = rows[0].length;
  return {
    rows: rows.length,
    width,
    entriesPerRow: width,
    columns: Uint32Array.from({ length: rows.length * width }, (_, i) => i % width),
    values: Float64Array.from(rows.flatMap((row) => Array.from(row))),
    penalties: new Float64Array(width).fill(1, 1),
  };
}
