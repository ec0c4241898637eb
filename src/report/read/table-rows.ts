import { countFault, type LineTally } from '../../samples/read-samples.ts';
import {
  type CellReader,
  cellText,
  createCategoryCellReader,
  createNumberCellReader,
} from '../../tables/cells.ts';
import { createTextCollector } from '../../tables/collect-texts.ts';
import { type ColumnEvidence, countEvidence } from '../../tables/column-evidence.ts';
import { judgeNotations, type Notation } from '../../tables/judge-notations.ts';
import type { DecimalSign } from '../../tables/numbers.ts';
import { createPlainReader, type PlainColumn } from '../../tables/plain-rows.ts';
import { createColumnProfiler } from '../../tables/profile-columns.ts';
import { type DamagedRow, placeInTable, type Table } from '../../tables/read-table.ts';
import { scanTable, type TableVisitor } from '../../tables/scan-table.ts';
import { findName } from '../../text/column-names.ts';
import { didYouMean } from '../../text/did-you-mean.ts';
import {
  type ColumnProfile,
  emptyRow,
  type Row,
  type RowSource,
  saysWhen,
  timeColumn,
  type WantedColumn,
} from './rows.ts';

export type TableRowsOptions = {
  /** Decimal sign of all numbers, if it should not be detected. */
  readonly decimalSign?: DecimalSign | undefined;
  /** Called with each value of the column that says when rows were, before any row is read. */
  readonly learnTime?: ((value: unknown) => void) | undefined;
};

type Header = Pick<Table, 'columns' | 'delimiter'>;

/**
 * Opens a table of delimited text. It is gone through twice: all of its rows say what its columns are and how their
 * numbers are written, whatever their order. Rows that cannot be read are counted in `tally`, once.
 *
 * @param readBytes gives the bytes from their beginning, each time it is called
 */
export async function openTableRows(
  readBytes: () => AsyncIterable<Buffer>,
  name: string,
  tally: LineTally,
  { decimalSign, learnTime }: TableRowsOptions = {},
): Promise<RowSource> {
  const { header, evidence, texts } = await profile(readBytes(), name, learnTime);
  const notations = judgeNotations(evidence, header.delimiter, decimalSign);
  const all = header.columns.map(
    (column, i): ColumnProfile => ({ name: column, ...countEvidence(evidence[i]), texts: texts[i] }),
  );
  const time = all.find((column) => column.name === timeColumn && saysWhen(column));
  const columns = all.filter((column) => column !== time);

  return {
    name,
    columns,
    areRequests: false,
    holdsBins: false,
    async read(wanted, visit) {
      const onDamaged = ({ line, message }: DamagedRow) => {
        tally.lines++;
        countFault(tally, { source: name, line, reason: message });
      };
      const onTornData = (reason: string) => countFault(tally, { source: name, line: nextLine, reason });
      let nextLine = 1;
      const open = (table: Header): TableVisitor => {
        const reading = createReading(name, table, wanted, evidence, notations, time !== undefined);
        const countAndVisit = () => {
          tally.lines++;
          visit(reading.fill());
        };
        const readPlain = createPlainReader(
          table.columns,
          table.delimiter,
          reading.columns,
          reading.cells,
          countAndVisit,
          onDamaged,
        );
        return {
          row(cells, line) {
            nextLine = line + 1;
            reading.read(cells);
            countAndVisit();
          },
          plain(bytes, line) {
            nextLine = readPlain(bytes, line);
            return nextLine;
          },
        };
      };
      await scanTable(untilTorn(readBytes(), onTornData), name, open, onDamaged);
    },
  };
}

/** Looks at all rows; what is damaged says nothing. */
async function profile(
  bytes: AsyncIterable<Buffer>,
  name: string,
  learnTime: (value: unknown) => void = () => {},
) {
  let profiled:
    | { header: Header; evidence: readonly ColumnEvidence[]; texts: readonly string[][] }
    | undefined;
  const open = ({ columns, delimiter }: Header): TableVisitor => {
    const profiler = createColumnProfiler(columns.length, delimiter);
    const collector = createTextCollector(columns, delimiter, columns.indexOf(timeColumn), learnTime);
    profiled = { header: { columns, delimiter }, evidence: profiler.evidence, texts: collector.texts };
    return {
      row(cells, line) {
        profiler.row(cells, line);
        collector.row(cells);
      },
      plain(bytes, line) {
        collector.plain(bytes);
        return profiler.plain(bytes, line);
      },
    };
  };
  const ignore = () => {};
  await scanTable(untilTorn(bytes, ignore), name, open, ignore);
  return profiled as NonNullable<typeof profiled>;
}

/** What there is of gzip data that turn out to be damaged. */
async function* untilTorn(
  pieces: AsyncIterable<Buffer>,
  onTorn: (reason: string) => void,
): AsyncGenerator<Buffer> {
  try {
    yield* pieces;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('Z_')) throw error;
    onTorn(`damaged gzip data: ${message}`);
  }
}

/** How the wanted columns of a table become a row. */
type Reading = {
  /** How each column is read; `null` where it is not wanted. */
  readonly columns: readonly (PlainColumn | null)[];
  /** What was read, one a column of the table. */
  readonly cells: unknown[];
  /** Reads the cells of a row that was split. */
  read(texts: readonly string[]): void;
  /** Makes a row of `cells`. */
  fill(): Row;
};

function createReading(
  name: string,
  table: Header,
  wanted: readonly WantedColumn[],
  evidence: readonly ColumnEvidence[],
  notations: readonly Notation[],
  hasTime: boolean,
): Reading {
  const places = wanted.map((column) => {
    const found = findName(column.name, table.columns);
    if (found !== undefined) return table.columns.indexOf(found);
    const header = table.columns.join(', ');
    throw new Error(
      `${placeInTable(name, 1, column.name)}no such column${didYouMean(column.name, table.columns)}, the header has ${header}`,
    );
  });
  const columns = new Array<PlainColumn | null>(table.columns.length).fill(null);
  for (const [i, column] of wanted.entries()) {
    const place = places[i];
    columns[place] = createColumn(name, column, evidence[place], notations[place]);
  }
  const isFeature = wanted.some((column) => column.name === timeColumn);
  const timeAt = hasTime && !isFeature ? table.columns.indexOf(timeColumn) : -1;
  if (timeAt >= 0) columns[timeAt] = { decimalSign: null, read: cellText };
  const read: { at: number; read: CellReader<unknown> }[] = columns.flatMap((column, at) =>
    column === null ? [] : [{ at, read: column.read }],
  );
  const cells = new Array<unknown>(table.columns.length).fill(null);
  const values = new Array<unknown>(wanted.length).fill(null);
  const row: Row = { ...emptyRow(), values };
  return {
    columns,
    cells,
    read(texts) {
      for (const column of read) cells[column.at] = column.read(texts[column.at]);
    },
    fill() {
      for (let i = 0; i < places.length; i++) values[i] = cells[places[i]];
      if (timeAt >= 0) row.time = cells[timeAt];
      return row;
    },
  };
}

/** @throws Error with the line of an example where it cannot be told how the column's numbers are written */
function createColumn(
  table: string,
  column: WantedColumn,
  { quotedMarks }: ColumnEvidence,
  notation: Notation,
): PlainColumn {
  const { name, kind, categories, isWithheld } = column;
  const { decimalSign, unit, problem } = notation;
  if (kind === 'categorical') {
    return { decimalSign: null, read: createCategoryCellReader(decimalSign, categories, quotedMarks) };
  }
  if (problem !== null) {
    const message = isWithheld ? problem.withoutValues : problem.message;
    throw new Error(placeInTable(table, problem.line, name) + message);
  }
  // what is read without a string has no unit
  return { decimalSign: unit === '' ? decimalSign : null, read: createNumberCellReader(decimalSign, unit) };
}
