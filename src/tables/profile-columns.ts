import { addEvidence, addPlain, type ColumnEvidence, createColumnEvidence } from './column-evidence.ts';
import type { Delimiter } from './detect-delimiter.ts';
import type { TableVisitor } from './scan-table.ts';

const newline = 0x0a;
const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
const point = 0x2e;
const comma = 0x2c;

/** Whether neither a number nor a mark of a missing value can begin with this byte: a letter other than N and n (`NA`). */
function beginsWord(byte: number): boolean {
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x7a && letter !== 0x6e;
}

/** Makes the visitor that collects what all rows of a table reveal about its columns. */
export function createColumnProfiler(
  columnCount: number,
  delimiter: Delimiter,
): TableVisitor & { readonly evidence: readonly ColumnEvidence[] } {
  const evidence = Array.from({ length: columnCount }, createColumnEvidence);
  const separator = delimiter.charCodeAt(0);
  let at = 0;

  function isCellEnd(bytes: Buffer): boolean {
    return at >= bytes.length || bytes[at] === separator || bytes[at] === newline;
  }

  /** Counts the cell that begins at `at`, and leaves `at` at its end. Whole numbers and fractions need no string. */
  function profileCell(bytes: Buffer, column: ColumnEvidence, line: number): void {
    const start = at;
    if (isCellEnd(bytes)) return;
    if (beginsWord(bytes[at])) {
      while (!isCellEnd(bytes)) at++;
      column.others++;
      return;
    }
    if (bytes[at] === minus) at++;
    const digitsAt = at;
    let value = 0;
    for (; at < bytes.length && bytes[at] >= zero && bytes[at] <= nine; at++) {
      value = value * 10 + bytes[at] - zero;
    }
    const digits = at - digitsAt;
    if (digits > 0 && isCellEnd(bytes)) {
      addPlain(column, value, digits > 3);
      return;
    }
    const sign = bytes[at] === point ? '.' : bytes[at] === comma ? ',' : undefined;
    if (digits > 0 && sign !== undefined && !isCellEnd(bytes)) {
      for (at++; at < bytes.length && bytes[at] >= zero && bytes[at] <= nine; at++);
      const isAmbiguous = at - digitsAt - digits === 4 && digits <= 3 && bytes[digitsAt] !== zero;
      const counted = isAmbiguous ? column.ambiguous[sign] : column.only[sign];
      if (isCellEnd(bytes) && counted.example !== undefined) {
        counted.count++;
        if (isAmbiguous && bytes[at - 1] === zero) column.ambiguous[sign].endsInZero = true;
        return;
      }
    }
    while (!isCellEnd(bytes)) at++;
    addEvidence(column, bytes.toString('latin1', start, at).trim(), line);
  }

  return {
    evidence,
    row(cells, line) {
      for (let i = 0; i < columnCount; i++) addEvidence(evidence[i], cells[i], line);
    },
    plain(bytes, firstLine) {
      let line = firstLine;
      for (at = 0; at < bytes.length; at++, line++) {
        for (let column = 0; ; column++, at++) {
          if (column < columnCount) profileCell(bytes, evidence[column], line);
          else while (!isCellEnd(bytes)) at++;
          if (at >= bytes.length || bytes[at] === newline) break;
        }
      }
      return line;
    },
  };
}
