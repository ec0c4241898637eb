import { detectJsonLayout, toJsonLines } from '../files/json-lines.ts';
import { readWholeFile, sourceName } from '../files/read-bytes.ts';
import { type LineTally, readRecords } from '../samples/read-samples.ts';
import { cellText, createCategoryCellReader } from '../tables/cells.ts';
import { openTable, placeInTable } from '../tables/read-table.ts';
import { findOneName, formatNames } from '../text/column-names.ts';
import { didYouMean } from '../text/did-you-mean.ts';

/** The outcome of one prediction, with the name by which its row identifies it. */
export type Label = {
  /** The caller's own key or the id of the prediction, without surrounding blanks; `null` if the row has none. */
  readonly name: string | null;
  /** `null` if it is not known yet. */
  readonly outcome: string | null;
};

/** The two columns of a table that matter. */
export type LabelColumns = { readonly name: string; readonly outcome: string };

/**
 * Reads labels in one pass and constant memory: from delimited text or JSON, plain or gzip, detected by content.
 *
 * @param path `-` for standard input
 * @param tally counts rows, and those that cannot be read
 * @param onBytes called with the number of bytes read each time, before decompression
 * @throws Error naming the file, if it cannot be read or has no such column, and for a key that JSON cannot represent
 * exactly
 */
export async function* readLabels(
  path: string,
  columns: LabelColumns,
  tally: LineTally,
  onBytes?: (count: number) => void,
): AsyncGenerator<Label[]> {
  const name = sourceName(path);
  const { begin, all } = await peek(readWholeFile(path, onBytes));
  const layout = detectJsonLayout(begin.toString('utf8', 0, 256));
  if (layout === null) {
    yield* fromTable(all, name, columns, tally);
  } else {
    yield* fromJson(layout === 'lines' ? all : toJsonLines(all, layout), name, columns, tally);
  }
}

async function* fromTable(
  bytes: AsyncIterable<Buffer>,
  path: string,
  { name, outcome }: LabelColumns,
  tally: LineTally,
): AsyncGenerator<Label[]> {
  const onDamaged = () => {
    tally.lines++;
    tally.damaged++;
  };
  const table = await openTable(bytes, path, { onDamaged });
  const [nameAt, outcomeAt] = [name, outcome].map((column) => {
    const found = findOneName(column, table.columns);
    if (found !== undefined) return table.columns.indexOf(found);
    throw new Error(
      `${placeInTable(path, 1, column)}no such column${didYouMean(column, table.columns)}, the header has ${formatNames(table.columns)}`,
    );
  });
  const read = createCategoryCellReader('.');
  for await (const { rows } of table.batches) {
    tally.lines += rows.length;
    yield rows.map((row) => ({
      name: read(row[nameAt]) === null ? null : textOf(cellText(row[nameAt])),
      outcome: read(row[outcomeAt]),
    }));
  }
}

async function* fromJson(
  bytes: AsyncIterable<Buffer>,
  path: string,
  { name, outcome }: LabelColumns,
  tally: LineTally,
): AsyncGenerator<Label[]> {
  let members: { readonly name: string; readonly outcome: string } | undefined;
  for await (const records of readRecords(bytes, path, tally)) {
    members ??= {
      name: memberOf(name, records[0], path),
      outcome: memberOf(outcome, records[0], path),
    };
    const { name: nameMember, outcome: outcomeMember } = members;
    yield records.map((record) => ({
      name: scalarOf(record[nameMember], path, nameMember),
      outcome: scalarOf(record[outcomeMember], path, outcomeMember),
    }));
  }
}

function memberOf(column: string, first: Readonly<Record<string, unknown>>, path: string): string {
  const names = Object.keys(first);
  const found = findOneName(column, names);
  if (found !== undefined) return found;
  throw new Error(
    `${path}: the first object has no ${column}${didYouMean(column, names)}, but ${formatNames(names)}`,
  );
}

function scalarOf(value: unknown, path: string, member: string): string | null {
  if (typeof value === 'string') return textOf(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') return null;
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value);
  throw new Error(
    `${path}: ${member} has a number that is too large to be read exactly from JSON: write this column as strings`,
  );
}

function textOf(value: string): string | null {
  const text = value.trim();
  return text === '' ? null : text;
}

async function peek(bytes: AsyncIterable<Buffer>): Promise<{ begin: Buffer; all: AsyncIterable<Buffer> }> {
  const blocks = bytes[Symbol.asyncIterator]();
  const first = await blocks.next();
  const begin: Buffer = first.done ? Buffer.alloc(0) : first.value;
  async function* all(): AsyncGenerator<Buffer> {
    if (!first.done) yield begin;
    for (let next = await blocks.next(); !next.done; next = await blocks.next()) yield next.value;
  }
  return { begin, all: all() };
}
