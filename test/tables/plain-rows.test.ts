import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { createCategoryCellReader, createNumberCellReader } from '../../src/tables/cells.ts';
import type { DecimalSign } from '../../src/tables/numbers.ts';
import { createPlainReader, isPlain } from '../../src/tables/plain-rows.ts';
import { type DamagedRow, openTable } from '../../src/tables/read-table.ts';

function columnsOf(header: readonly string[], decimalSign: DecimalSign) {
  const text = { decimalSign: null, read: createCategoryCellReader(decimalSign) };
  const number = { decimalSign, read: createNumberCellReader(decimalSign, '') };
  return header.map((_, i) => (i === 0 ? text : number));
}

/** Reads the body with the plain reader: the first column as text, the others as numbers. */
function readPlainly(header: string[], delimiter: string, body: string, decimalSign: DecimalSign = '.') {
  const rows: unknown[][] = [];
  const damaged: DamagedRow[] = [];
  const values: unknown[] = header.map(() => null);
  const columns = columnsOf(header, decimalSign);
  const reader = createPlainReader(
    header,
    delimiter,
    columns,
    values,
    () => rows.push([...values]),
    (row) => damaged.push(row),
  );
  const nextLine = reader(Buffer.from(body, 'latin1'), 2);
  return { rows, damaged, nextLine };
}

async function readGenerally(header: string[], delimiter: string, body: string, decimalSign: DecimalSign) {
  const damaged: DamagedRow[] = [];
  const rows: unknown[][] = [];
  const bytes = Readable.from([Buffer.from(`${header.join(delimiter)}\n${body}`)]);
  const columns = columnsOf(header, decimalSign);
  const table = await openTable(bytes, 'table', { onDamaged: (row) => damaged.push(row) });
  for await (const batch of table.batches) {
    for (const row of batch.rows) {
      rows.push(row.map((cell, i) => columns[i].read(cell)));
    }
  }
  return { rows, damaged };
}

const cell = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc
    .tuple(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 0, max: 999 }))
    .map(([a, b]) => `${a}.${b}`),
  fc.constantFrom(
    '',
    'NA',
    ' 7 ',
    '-',
    '.',
    '-.5',
    '5.',
    '5,',
    '1,25',
    '-,5',
    '1,234',
    '1.234',
    '1,234.5',
    '1.234,5',
    "1'234",
    '12-',
    'nan',
    'N/A',
    '1.2.3',
    '+3',
    '1e5',
    '0x1f',
    'Infinity',
    'good',
    '--1',
    '1234567890123456789',
  ),
);

describe('reading plain text by its bytes', () => {
  it('gives what the general reader gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 20 }),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom<DecimalSign>('.', ','),
        async (cells, end, decimalSign) => {
          const header = ['name', 'a', 'b'];
          const body = cells.map((row) => row.join(';') + end).join('');
          const general = await readGenerally(header, ';', body, decimalSign);
          const { rows, damaged } = readPlainly(header, ';', body, decimalSign);
          assert.deepEqual(rows, general.rows);
          assert.deepEqual(damaged, general.damaged);
        },
      ),
    );
  });

  it('reads numbers with decimal commas', () => {
    const { rows } = readPlainly(['x', 'a', 'b'], ';', 'q;1,5;1.234\nq;-0,25;12\n', ',');
    assert.deepEqual(rows, [
      ['q', 1.5, 1234],
      ['q', -0.25, 12],
    ]);
  });

  it('counts lines, blank and damaged ones too', () => {
    const { rows, damaged, nextLine } = readPlainly(['x', 'a'], ',', 'q,1\n\n  \nq\nq,1,2\nq,3');
    assert.equal(rows.length, 2);
    assert.deepEqual(damaged, [
      { line: 5, message: '1 field, the header has 2: column a is missing' },
      { line: 6, message: '3 fields, the header has 2' },
    ]);
    assert.equal(nextLine, 8);
  });

  it('knows plain text', () => {
    for (const [text, plain] of [
      ['a,1\n', true],
      ['"a",1\n', false],
      ['ä,1\n', false],
      ['a\0', false],
      ['a,1\r\nb,2\r\n', true],
      ['a,1\rb,2\r', false],
    ] as const) {
      assert.equal(isPlain(Buffer.from(text)), plain, text);
    }
  });
});
