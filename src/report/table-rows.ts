import { countFault, type LineTally } from '../samples/read-samples.ts';
import { wholeLines } from '../tables/decode-text.ts';
import { createNumberReader, type DecimalSign, detectDecimalSigns } from '../tables/numbers.ts';
import { createPlainReader, isPlain, type PlainColumn } from '../tables/plain-rows.ts';
import {
  type DamagedRow,
  isMissing,
  openTable,
  placeInTable,
  type RowBatch,
  type Table,
} from '../tables/read-table.ts';
import { type ColumnProfile, emptyRow, profileRows, type Row, type RowSource, type Wanted } from './rows.ts';

/** The column of a table that says when each row was, as in a sample, unless it holds numbers. */
const timeColumn = 'time';

/**
 * Opens a table of delimited text. Rows that cannot be read are counted in `tally`. As long as the text is plain its
 * rows are read from the bytes; from the first quote or letter beyond ASCII on, by the reader that knows all dialects.
 */
export async function openTableRows(
  bytes: AsyncIterable<Buffer>,
  name: string,
  tally: LineTally,
): Promise<RowSource> {
  /** Lines of plain text that the other reader did not see, and the line it is on. */
  let plainLines = 0;
  let line = 0;
  let readPlain: ((bytes: Buffer, line: number) => number) | undefined;
  const onDamaged = (row: DamagedRow) => {
    tally.lines++;
    countFault(tally, { source: name, line: row.line, reason: row.message });
  };

  async function* takePlain(): AsyncGenerator<Buffer> {
    let plain = true;
    for await (const piece of untilDamaged(wholeLines(bytes, name))) {
      plain &&= isPlain(piece);
      if (readPlain !== undefined && plain)
        plainLines += readPlain(piece, line + plainLines + 1) - line - plainLines - 1;
      else yield piece;
    }
  }

  /** What there is of gzip data that turn out to be damaged. */
  async function* untilDamaged(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* pieces;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (!code?.startsWith('Z_')) throw error;
      countFault(tally, {
        source: name,
        line: line + plainLines + 1,
        reason: `damaged gzip data: ${message}`,
      });
    }
  }

  const table = await openTable(takePlain(), name, {
    onDamaged: (row) => onDamaged({ ...row, line: row.line + plainLines }),
  });
  const batches = table.batches[Symbol.asyncIterator]();
  const head = await readHead(batches);
  const rows = head.flatMap((batch) => batch.rows);
  const signs = detectDecimalSigns(table.columns.length, rows, table.delimiter);
  const columns = table.columns
    .map((column, i) => profileColumn(column, i, rows, signs[i]))
    .filter(({ name, numbers, present }) => name !== timeColumn || numbers > present / 2);

  return {
    name,
    columns,
    isTable: true,
    holdsBins: false,
    async read(wanted, visit) {
      const reading = createReading(table, wanted, signs);
      const countAndVisit = () => {
        tally.lines++;
        visit(reading.fill());
      };
      const visitAll = (batch: RowBatch) => {
        for (const cells of batch.rows) {
          reading.read(cells);
          countAndVisit();
        }
        line = batch.lines.at(-1) ?? line;
      };
      rows.length = 0;
      for (const batch of head.splice(0)) visitAll(batch);
      readPlain = createPlainReader(
        table.columns,
        table.delimiter,
        reading.plainColumns,
        reading.cells,
        countAndVisit,
        onDamaged,
      );
      for (let next = await batches.next(); !next.done; next = await batches.next()) visitAll(next.value);
    },
  };
}

async function readHead(batches: AsyncIterator<RowBatch>): Promise<RowBatch[]> {
  const head: RowBatch[] = [];
  let rows = 0;
  while (rows < profileRows) {
    const next = await batches.next();
    if (next.done) break;
    head.push(next.value);
    rows += next.value.rows.length;
  }
  return head;
}

function profileColumn(name: string, place: number, rows: string[][], sign: DecimalSign): ColumnProfile {
  const read = createNumberReader(sign);
  let present = 0;
  let numbers = 0;
  for (const cells of rows) {
    if (isMissing(cells[place])) continue;
    present++;
    if (!Number.isNaN(read(cells[place]))) numbers++;
  }
  return { name, present, numbers };
}

/** How the wanted columns of a table become a row. */
type Reading = {
  /** How plain text is read. */
  readonly plainColumns: readonly (PlainColumn | null)[];
  /** What was read, one a column of the table. */
  readonly cells: unknown[];
  /** Reads the cells of a row that was split. */
  read(texts: readonly string[]): void;
  /** Makes a row of `cells`. */
  fill(): Row;
};

function createReading(table: Table, wanted: readonly Wanted[], signs: readonly DecimalSign[]): Reading {
  const places = wanted.map(({ name }) => {
    const place = table.columns.indexOf(name);
    if (place >= 0) return place;
    const header = table.columns.join(', ');
    throw new Error(`${placeInTable(table.name, 1, name)}no such column, the header has ${header}`);
  });
  const timeAt = wanted.some(({ name }) => name === timeColumn) ? -1 : table.columns.indexOf(timeColumn);
  const cells = new Array<unknown>(table.columns.length).fill(null);
  const values = new Array<unknown>(wanted.length).fill(null);
  const row: Row = { ...emptyRow(), values };
  const numberReaders = signs.map(createNumberReader);
  const plainColumns = table.columns.map((_, column): PlainColumn | null => {
    const kind = wanted[places.indexOf(column)]?.kind;
    if (kind === 'numeric') {
      return { kind: 'number', decimalSign: signs[column], read: numberReaders[column] };
    }
    return kind === 'categorical' || column === timeAt ? { kind: 'text' } : null;
  });
  return {
    plainColumns,
    cells,
    read(texts) {
      for (let i = 0; i < places.length; i++) {
        const place = places[i];
        const text = texts[place];
        cells[place] = isMissing(text)
          ? null
          : wanted[i].kind === 'numeric'
            ? numberReaders[place](text)
            : text;
      }
      if (timeAt >= 0) cells[timeAt] = texts[timeAt];
    },
    fill() {
      for (let i = 0; i < places.length; i++) values[i] = cells[places[i]];
      if (timeAt >= 0) row.time = cells[timeAt];
      return row;
    },
  };
}
