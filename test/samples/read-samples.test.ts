import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readlink, realpath, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readJsonl } from '../../src/samples/read-samples.ts';
import { eventually } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { skipForLackOf } from '../support/tools.ts';
import { listen, program, run } from './support/child.ts';

async function readAll(...sources: string[]) {
  const reading = readJsonl(sources);
  const records: Record<string, unknown>[] = [];
  for await (const record of reading) records.push(record);
  return { records, lines: reading.lines, damaged: reading.damaged, faults: reading.faults };
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `{"i":${from + i}}\n`).join('');

/** What this process has open, by path. */
async function openFiles(): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd');
  return Promise.all(descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
}

describe('reading JSONL', () => {
  it('gives the records of several files in the order requested, a glob’s chronologically', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    await writeFile(at('s.jsonl'), numbered(4, 6));
    await writeFile(at('s.2026-02-01T00-00-00.000Z.jsonl'), numbered(2, 4));
    await writeFile(at('s.2026-01-01T00-00-00.000Z.jsonl'), numbered(0, 2));
    await writeFile(at('first.jsonl'), numbered(-1, 0));
    const { records, lines } = await readAll(at('first.jsonl'), at('s*.jsonl'));
    assert.deepEqual(
      records.map(({ i }) => i),
      [-1, 0, 1, 2, 3, 4, 5],
    );
    assert.equal(lines, 7);
  });

  it('reads a file whose name looks like a glob', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'a[1]*.jsonl'), numbered(0, 1));
    assert.equal((await readAll(join(folder.path, 'a[1]*.jsonl'))).records.length, 1);
  });

  it('counts damaged lines with their position and continues', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 's.jsonl');
    await writeFile(
      path,
      '\ufeff{"i":0}\r\n\n{"i":1,"te{"i":2}\n[1]\n7\nnull\n{"__proto__":{"x":1}}\n{"i":3}\n{"i":',
    );
    const { records, lines, damaged, faults } = await readAll(path);
    assert.deepEqual(
      records.map(({ i }) => i),
      [0, undefined, 3],
    );
    assert.equal(lines, 8);
    assert.equal(damaged, 5);
    assert.deepEqual(
      faults.map(({ source, line }) => [source, line]),
      [3, 4, 5, 6, 9].map((line) => [path, line]),
    );
    assert.equal(faults[1].reason, 'not a JSON object');
    assert.match(faults[4].reason, /Unexpected end of JSON input/);
    assert.equal(({} as { x?: number }).x, undefined);
  });

  it('keeps only the first few faults of many', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 's.jsonl');
    await writeFile(path, 'x\n'.repeat(1000));
    const { damaged, faults } = await readAll(path);
    assert.equal(damaged, 1000);
    assert.equal(faults.length, 5);
  });

  it('skips what is too long to be a line', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 's.jsonl');
    await writeFile(path, `{"i":0}\n${'z'.repeat(3_000_000)}\n{"i":1}\n${'z'.repeat(3_000_000)}`);
    const { records, damaged, faults } = await readAll(path);
    assert.deepEqual(records, [{ i: 0 }, { i: 1 }]);
    assert.equal(damaged, 2);
    assert.deepEqual(
      faults.map(({ line }) => line),
      [2, 4],
    );
    assert.match(faults[0].reason, /longer than 1048576 bytes/);
  });

  it('holds for any records, wherever the blocks of the file end', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 's.jsonl');
    const record = fc.dictionary(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme', size: 'large' }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 20 }), fc.nat(600_000), async (records, padding) => {
        const all = [{ padding: '€'.repeat(padding / 3) }, ...records];
        await writeFile(path, all.map((each) => `${JSON.stringify(each)}\n`).join(''));
        const found = await readAll(path);
        assert.deepEqual(found.records, JSON.parse(JSON.stringify(all)));
        assert.equal(found.damaged, 0);
      }),
      { numRuns: 30 },
    );
  });

  describe('of compressed files', () => {
    it('detects them by their content, even several in one', async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 's.jsonl');
      await writeFile(path, gzipSync(numbered(0, 1000)));
      await appendFile(path, gzipSync(numbered(1000, 2000)));
      const { records, damaged } = await readAll(path);
      assert.equal(records.length, 2000);
      assert.equal(records[1999].i, 1999);
      assert.equal(damaged, 0);
    });

    it('gives what is there of a truncated one', async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 's.jsonl.gz');
      const packed = gzipSync(numbered(0, 10_000));
      await writeFile(path, packed);
      await truncate(path, packed.length - 100);
      const { records, damaged } = await readAll(path);
      assert.ok(records.length > 5000 && records.length < 10_000, `${records.length}`);
      assert.ok(damaged <= 1);
    });

    it('counts a damaged one and continues with the next file', async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 's.jsonl.gz');
      const packed = gzipSync(numbered(0, 10_000));
      packed.fill(0x55, 200, 300);
      await writeFile(path, packed);
      await writeFile(join(folder.path, 'next.jsonl'), numbered(0, 3));
      const { records, damaged, faults } = await readAll(path, join(folder.path, 'next.jsonl'));
      assert.ok(damaged >= 1);
      assert.match(faults.at(-1)?.reason ?? '', /gzip/);
      assert.deepEqual(records.slice(-3), [{ i: 0 }, { i: 1 }, { i: 2 }]);
    });
  });

  it('reads standard input', async () => {
    const child = spawn(process.execPath, [program('count-records.ts'), '-']);
    const output = listen(child);
    child.stdin.write('{"i":1}\n{"i"');
    child.stdin.end(':2}\n{"i":');
    await output.said('}\n');
    const { records, sum, damaged, faults } = JSON.parse(output.text());
    assert.deepEqual({ records, sum, damaged }, { records: 2, sum: 3, damaged: 1 });
    assert.equal(faults[0].source, 'standard input');
  });

  it('keeps only a part of a large file in memory', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 's.jsonl');
    const line = (i: number) => `{"i":${i},"text":"${'x'.repeat(250)}"}\n`;
    for (let from = 0; from < 300_000; from += 10_000) {
      await appendFile(path, Array.from({ length: 10_000 }, (_, i) => line(from + i)).join(''));
    }
    const output = await run(process.execPath, [
      '--max-old-space-size=30',
      program('count-records.ts'),
      path,
    ]);
    assert.equal(JSON.parse(output).records, 300_000);
    assert.equal(JSON.parse(output).sum, (300_000 * 299_999) / 2);
  });

  it('closes the file when the reader has had enough', async function () {
    if (!existsSync('/proc/self/fd')) skipForLackOf(this, 'there is no /proc');
    await using folder = await temporaryFolder();
    const path = join(folder.path, 's.jsonl');
    await writeFile(path, numbered(0, 200_000));
    // as the system names what is open
    const opened = await realpath(path);
    for await (const record of readJsonl([path])) {
      assert.ok((await openFiles()).includes(opened));
      if (record.i === 10) break;
    }
    await eventually(async () => assert.ok(!(await openFiles()).includes(opened), 'the file is closed'));
  });

  it('says which file does not exist, or cannot be read', async () => {
    await using folder = await temporaryFolder();
    const none = join(folder.path, 'none.jsonl');
    await assert.rejects(readAll(none), { message: `${none}: no such file` });
    const glob = join(folder.path, 'none*.jsonl');
    await assert.rejects(readAll(glob), { message: `${glob}: matches no file` });
    await mkdir(none);
    await assert.rejects(readAll(none), /none\.jsonl: EISDIR/);
  });
});
