import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type DamagedRow, openTableFile } from '../../src/tables/read-table.ts';
import { tableFrom } from './table-from.ts';

const brokenQuotes = 'a quoted field is never closed, or continues after its closing quote';

describe('reading a table', () => {
  it('reads quotes, doubled quotes, delimiters and line ends in fields, and blank lines', async () => {
    const table = await tableFrom('a,b\n"x, y","say ""hi"""\n\n"two\nlines",2\nlast,3');
    assert.deepEqual(table.columns, ['a', 'b']);
    assert.deepEqual(table.rows, [
      ['x, y', 'say "hi"'],
      ['two\nlines', '2'],
      ['last', '3'],
    ]);
    assert.deepEqual(table.lines, [2, 4, 6]);
  });

  it('accepts CRLF, CR and LF as line ends, also mixed and split between pieces', async () => {
    for (const text of ['a,b\r\n1,2\r\n"3",4\r\n', 'a,b\r1,2\r"3",4\r', 'a,b\r\n1,2\n"3",4']) {
      for (const size of [1, 2, 5, 1000]) {
        const table = await tableFrom(text, { size });
        assert.deepEqual(
          table.rows,
          [
            ['1', '2'],
            ['3', '4'],
          ],
          JSON.stringify({ text, size }),
        );
        assert.deepEqual(table.lines, [2, 3]);
      }
    }
  });

  it('trims fields', async () => {
    assert.deepEqual(await tableFrom('a ; b\n 1;\tx y \n'), {
      columns: ['a', 'b'],
      delimiter: ';',
      rows: [['1', 'x y']],
      lines: [2],
    });
  });

  it('reads back whatever was written by the rules of RFC 4180, in pieces of any size', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'ä', '€', '7', ',', ';', '"', '\n', ' ') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 }),
        fc.integer({ min: 1, max: 40 }),
        async (rows, size) => {
          const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
          const lines = [['one', 'two', 'three'], ...rows].map((row) => row.map(quote).join(','));
          const table = await tableFrom(lines.join('\r\n'), { size });
          assert.deepEqual(
            table.rows,
            rows.map((row) => row.map((text) => text.trim())),
          );
        },
      ),
    );
  });

  it('names an empty header cell by its position', async () => {
    assert.deepEqual((await tableFrom('"",a\n1,2\n')).columns, ['column 1', 'a']);
  });

  it('refuses with file and line', async () => {
    const cases: [content: string, message: string][] = [
      ['', 't.csv: is empty: a header row is needed'],
      ['\n\n', 't.csv: is empty: a header row is needed'],
      ['a,b,a\n1,2,3\n', 't.csv:1: column a: the header names it twice'],
      ['a,b,c\n1,2,3\n\n4,5\n', 't.csv:4: 2 fields, the header has 3: column c is missing'],
      ['a,b,c\n"1\n1",2,3\n4,5,6,7\n', 't.csv:4: 4 fields, the header has 3'],
      ['a,b\n1,2\n3,"4\n5,6\n', `t.csv:3: ${brokenQuotes}`],
      ['a,b\n1,2\n"3"x,4\n5,6\n', `t.csv:3: ${brokenQuotes}`],
      ['a,b\n1,\0\n', 't.csv: contains zero bytes: not a text table'],
    ];
    for (const [content, message] of cases) {
      await assert.rejects(tableFrom(content), { message }, JSON.stringify(content));
    }
  });

  it('skips damaged rows and reports them if requested', async () => {
    const damaged: DamagedRow[] = [];
    const text = 'a,b\n1,2\n3\n"4"x,4\n5,"6\n7,8\n9,10\n';
    const table = await tableFrom(text, { onDamaged: (row) => damaged.push(row) });
    assert.deepEqual(table.rows, [
      ['1', '2'],
      ['7', '8'],
      ['9', '10'],
    ]);
    assert.deepEqual(
      damaged.map(({ line }) => line),
      [4, 5, 3].sort(),
    );
  });

  it('does not wait for the end of a large table to find a quote that is never closed', async () => {
    const damaged: DamagedRow[] = [];
    const rows = '1,2\n'.repeat(400_000);
    const table = await tableFrom(`a,b\n${rows}3,"4\n${rows}`, {
      size: 1 << 16,
      onDamaged: (row) => damaged.push(row),
    });
    assert.equal(table.rows.length, 800_000);
    assert.deepEqual(damaged, [{ line: 400_002, message: brokenQuotes }]);
    assert.equal(table.lines.at(-1), 800_002);
  });

  describe('from a file', () => {
    let folder: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'table-'));
    });
    after(() => rm(folder, { recursive: true }));

    it('says what is wrong with the file', async () => {
      const path = join(folder, 'none.csv');
      await assert.rejects(openTableFile(path), { message: `${path}: no such file` });
      await assert.rejects(openTableFile(folder), { message: `${folder}: cannot be read: EISDIR` });
    });

    it('passes on every byte on request', async () => {
      const path = join(folder, 'a.csv');
      await writeFile(path, `a,b\n${'1,2\n'.repeat(50_000)}`);
      let seen = 0;
      const { batches } = await openTableFile(path, { onBytes: ({ length }) => (seen += length) });
      let rows = 0;
      for await (const batch of batches) rows += batch.rows.length;
      assert.equal(rows, 50_000);
      assert.equal(seen, 200_004);
    });
  });
});
