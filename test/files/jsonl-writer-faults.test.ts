import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JsonlWriterOptions, openJsonlWriter } from '../../src/files/jsonl-writer.ts';
import { listen, program, run, runWithMounts } from '../samples/support/child.ts';
import { linesIn } from '../samples/support/folder.ts';
import { eventually } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

function open(path: string, options: Partial<JsonlWriterOptions> = {}) {
  const problems: string[] = [];
  const writer = openJsonlWriter({
    path,
    maxBytes: 1024 * 1024,
    maxFiles: 10,
    maxAgeDays: 30,
    flushIntervalMs: 1,
    maxPendingBytes: 1000,
    onProblem: (message) => problems.push(message),
    ...options,
  });
  return { writer, problems };
}

describe('the JSONL writer in trouble', () => {
  it('drops lines on a full disk, tears none, reports it once, and continues when there is room', async function () {
    await using folder = await temporaryFolder();
    const told = (await runWithMounts(this, 'full-disk.ts', [folder.path])) as {
      problems: string[];
      accepted: string[];
      durable: string;
      duringOutage: { file: string; written: number };
      dropped: Record<string, number>;
      written: number;
      lines: string[];
    };
    assert.deepEqual(told.lines, told.accepted, 'every accepted line is there, whole, once and in order');
    assert.equal(told.written, told.accepted.length);
    assert.match(told.duringOutage.file, /\}\n$/);
    assert.equal(told.duringOutage.file.split('\n').length - 1, told.duringOutage.written);
    assert.match(told.durable, /ENOSPC/);
    assert.deepEqual(told.dropped, { queue_full: 0, disk: 11, closed: 0 });
    assert.equal(told.problems.length, 2, told.problems.join('\n'));
    assert.match(told.problems[0], /lines\.jsonl: ENOSPC.*then dropped$/);
    assert.match(told.problems[1], /written again after .* s; 11 lines were dropped$/);
  });

  it('waits for a read-only disk to become writable', async function () {
    await using folder = await temporaryFolder();
    const told = (await runWithMounts(this, 'read-only-disk.ts', [folder.path])) as {
      problems: string[];
      dropped: Record<string, number>;
      lines: string[];
    };
    assert.deepEqual(told.lines, ['{"i":0}', '{"i":1}', '{"i":2}', '{"i":3}', '{"i":4}', '{"i":5}']);
    assert.equal(told.dropped.disk, 4);
    assert.equal(told.problems.length, 2, told.problems.join('\n'));
    assert.match(told.problems[0], /EROFS/);
  });

  it('turns to the next file at a limit on file sizes, and loses nothing', async () => {
    await using folder = await temporaryFolder();
    const command = 'ulimit -f 64; exec "$@"';
    const args = [
      '-c',
      command,
      'sh',
      process.execPath,
      program('write-samples.ts'),
      `${folder.path}/lines.jsonl`,
      '5000',
    ];
    const output = await run('sh', args);
    assert.match(output, /accepted 5000\n$/);
    assert.doesNotMatch(output, /problem/);
    const numbers = (await linesIn(folder.path)).map((line) => JSON.parse(line).i);
    assert.deepEqual(
      numbers,
      Array.from({ length: 5000 }, (_, i) => i),
    );
    for (const name of await readdir(folder.path)) {
      assert.ok((await stat(join(folder.path, name))).size <= 64 * 1024, 'the limit was in force');
    }
  });

  it('waits if there is a file in place of the folder', async () => {
    await using folder = await temporaryFolder();
    const place = join(folder.path, 'logs');
    await writeFile(place, 'in the way');
    const { writer, problems } = open(join(place, 'lines.jsonl'), { maxPendingBytes: 30 });
    for (let i = 0; i < 2; i++) writer.append(`{"i":${i}}`);
    await eventually(() => assert.equal(problems.length, 1));
    while (writer.append('{}'));
    await assert.rejects(writer.appendDurably(['1']), /ENOTDIR|EEXIST/);
    await rm(place);
    await eventually(() => assert.equal(problems.length, 2));
    await writer.close();
    assert.deepEqual((await linesIn(place)).slice(0, 2), ['{"i":0}', '{"i":1}']);
    assert.match(problems[0], /ENOTDIR|EEXIST/);
    assert.match(problems[1], /written again .* 1 lines were dropped/);
    assert.equal(writer.dropped.disk, 1);
    assert.equal(writer.dropped.queue_full, 0);
  });

  it('waits if there is a folder in place of the file, but not forever to close', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'lines.jsonl');
    await mkdir(path);
    const { writer, problems } = open(path);
    for (let i = 0; i < 3; i++) writer.append(`{"i":${i}}`);
    await writer.close();
    assert.equal(writer.dropped.disk, 3);
    assert.equal(writer.written, 0);
    assert.equal(problems.length, 2);
    assert.match(problems[0], /EISDIR/);
    assert.match(problems[1], /closed with 3 lines that could not be written/);
  });

  it('makes its folder again when it is deleted', async () => {
    await using folder = await temporaryFolder();
    const logs = join(folder.path, 'logs');
    const { writer, problems } = open(join(logs, 'lines.jsonl'));
    await writer.appendDurably(['{"i":0}']);
    await rm(logs, { recursive: true });
    writer.append('{"i":1}');
    await writer.flush();
    assert.deepEqual(await linesIn(logs), ['{"i":1}']);
    await writer.close();
    assert.deepEqual(problems, []);
    assert.equal(writer.written, 2);
  });

  it('refuses what is neither a file nor a device, without hanging on it', async function () {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'fifo');
    await run(requireTool(this, 'mkfifo'), [path]);
    const { writer, problems } = open(path);
    await assert.rejects(writer.appendDurably(['{}']), /neither a regular file nor a device/);
    await writer.close();
    assert.equal(problems.length, 1);
  });

  describe('at the end of a process', () => {
    it('loses no accepted line on SIGTERM', async () => {
      await using folder = await temporaryFolder();
      const child = spawn(process.execPath, [program('write-samples.ts'), join(folder.path, 'lines.jsonl')]);
      const output = listen(child);
      await output.said('written 1');
      child.kill('SIGTERM');
      const [code] = await once(child, 'close');
      assert.equal(code, 0);
      const accepted = Number(/accepted (\d+)/.exec(output.text())?.[1]);
      assert.ok(accepted > 0);
      const numbers = (await linesIn(folder.path)).map((line) => JSON.parse(line).i);
      assert.deepEqual(
        numbers,
        Array.from({ length: accepted }, (_, i) => i),
      );
    });

    it('loses on SIGKILL only what was not yet written, and repairs the torn line', async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 'lines.jsonl');
      const child = spawn(process.execPath, [program('write-samples.ts'), path]);
      const output = listen(child);
      await output.said('written 1');
      child.kill('SIGKILL');
      await once(child, 'close');
      const written = Number([...output.text().matchAll(/written (\d+)/g)].at(-1)?.[1]);
      assert.ok((await linesIn(folder.path)).length >= written);
      // A process dies between two writes; a machine dies within one.
      await appendFile(path, '{"i":-1,"text":"xxxxx}\n');
      await truncate(path, (await stat(path)).size - 1);

      const { writer, problems } = open(path, { maxFiles: 10_000 });
      writer.append('{"i":-2}');
      await writer.close();
      const numbers = (await linesIn(folder.path)).map((line) => JSON.parse(line).i);
      assert.equal(numbers.pop(), -2);
      assert.deepEqual(
        numbers,
        Array.from({ length: numbers.length }, (_, i) => i),
      );
      assert.ok(numbers.length >= written);
      assert.deepEqual(problems, []);
    });
  });

  describe('finding a file', () => {
    const whole = `{"text":"${'y'.repeat(200_000)}"}`;
    const cases: [string, string, string][] = [
      ['empty', '', ''],
      ['whole', '{"i":0}\n', '{"i":0}\n'],
      ['with a torn last line', '{"i":0}\n{"i":1,"te', '{"i":0}\n'],
      ['with nothing but a torn line', '{"i":0', ''],
      ['with a long torn line', `{"i":0}\n${whole.slice(0, -2)}`, '{"i":0}\n'],
      ['that lacks only the line end', '{"i":0}\n{"i":1}', '{"i":0}\n{"i":1}\n'],
      ['that lacks only the line end of a long line', whole, `${whole}\n`],
      ['torn within a character', '{"i":0}\n{"text":"\u20ac', '{"i":0}\n'],
      ['that is not JSONL', 'id;age\n1;30', 'id;age\n1;30\n'],
      ['whose end the file system lost', '{"i":0}\n\0\0\0', '{"i":0}\n\0\0\0\n'],
      ['with a line that cannot be ours', `{${'z'.repeat(2_000_000)}`, `{${'z'.repeat(2_000_000)}\n`],
    ];
    for (const [name, before, after] of cases) {
      it(`${name}, starts on a line of its own`, async () => {
        await using folder = await temporaryFolder();
        const path = join(folder.path, 'lines.jsonl');
        const bytes = Buffer.from(before);
        await writeFile(path, name.includes('character') ? bytes.subarray(0, -1) : bytes);
        const { writer } = open(path, { maxBytes: 1e9 });
        writer.append('{"new":true}');
        await writer.close();
        assert.equal(await readFile(path, 'utf8'), `${after}{"new":true}\n`);
      });
    }
  });
});
