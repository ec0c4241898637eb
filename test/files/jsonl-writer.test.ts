import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { type JsonlWriterOptions, openJsonlWriter } from '../../src/files/jsonl-writer.ts';
import { rotatedPath } from '../../src/files/rotated-files.ts';
import { linesIn, namesIn } from '../samples/support/folder.ts';
import { eventually } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const dayMs = 24 * 60 * 60 * 1000;

function open(path: string, options: Partial<JsonlWriterOptions> = {}) {
  const problems: string[] = [];
  const writer = openJsonlWriter({
    path,
    maxBytes: 1024 * 1024,
    maxFiles: 10,
    maxAgeDays: 30,
    flushIntervalMs: 5,
    maxPendingBytes: 1024 * 1024,
    onProblem: (message) => problems.push(message),
    ...options,
  });
  return { writer, problems };
}

const lineOf = (i: number) => `{"i":${i}}`;

describe('the JSONL writer', () => {
  it('makes the folders of its path and writes lines in order, without being told to', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'a', 'b c', 'input_samples.jsonl');
    const { writer, problems } = open(path);
    for (let i = 0; i < 100; i++) assert.equal(writer.append(lineOf(i)), true);
    await eventually(() => assert.equal(writer.written, 100));
    assert.equal(
      await readFile(path, 'utf8'),
      Array.from({ length: 100 }, (_, i) => `${lineOf(i)}\n`).join(''),
    );
    await writer.close();
    assert.deepEqual(problems, []);
    assert.deepEqual(writer.dropped, { queue_full: 0, disk: 0, closed: 0 });
  });

  it('takes a path without a folder or an extension', async () => {
    await using folder = await temporaryFolder();
    const before = process.cwd();
    process.chdir(folder.path);
    try {
      const { writer } = open('samples', { maxBytes: 20 });
      for (let i = 0; i < 6; i++) writer.append(lineOf(i));
      await writer.close();
      assert.deepEqual(await linesIn(folder.path), [4, 5, 0, 1, 2, 3].map(lineOf));
      assert.match((await readdir('.')).sort().at(-1) ?? '', /^samples\.\d{4}-.*Z$/);
    } finally {
      process.chdir(before);
    }
  });

  it('appends to what is there', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'lines.jsonl');
    await writeFile(path, `${lineOf(0)}\n`);
    const { writer } = open(path);
    writer.append(lineOf(1));
    await writer.close();
    assert.deepEqual(await linesIn(folder.path), [lineOf(0), lineOf(1)]);
  });

  it('keeps its memory within the bound and drops the newest line', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'lines.jsonl');
    const { writer, problems } = open(path, { maxPendingBytes: 100 });
    const accepted = Array.from({ length: 30 }, (_, i) => writer.append(lineOf(i))).filter(Boolean).length;
    assert.equal(accepted, Math.floor((100 - 10 * 8) / 9) + 10);
    assert.equal(writer.dropped.queue_full, 30 - accepted);
    assert.deepEqual(problems, [
      `${path}: cannot be written as fast as lines arrive: over 100 bytes are waiting, and further lines are dropped`,
    ]);
    await eventually(() => assert.equal(writer.written, accepted));
    await eventually(() => assert.equal(problems.length, 2));
    assert.equal(problems[1], `${path}: written in time again; ${30 - accepted} lines were dropped`);
    await writer.flush();
    assert.equal(writer.append('{}'), true, 'there is room again');
    await writer.close();
    assert.deepEqual(await linesIn(folder.path), [
      ...Array.from({ length: accepted }, (_, i) => lineOf(i)),
      '{}',
    ]);
  });

  it('bounds bytes, not characters', async () => {
    await using folder = await temporaryFolder();
    const { writer } = open(join(folder.path, 'lines.jsonl'), { maxPendingBytes: 10 });
    assert.equal(writer.append('"€€"'), true);
    assert.equal(writer.append('1'), false);
    await writer.close();
  });

  it('flushes what was accepted before, under a stream of lines', async () => {
    await using folder = await temporaryFolder();
    const { writer } = open(join(folder.path, 'lines.jsonl'), { flushIntervalMs: 60_000 });
    writer.append(lineOf(0));
    const flushed = writer.flush();
    writer.append(lineOf(1));
    await flushed;
    assert.ok((await linesIn(folder.path)).includes(lineOf(0)));
    await writer.close();
  });

  it('accepts no line once closed, and closes only once', async () => {
    await using folder = await temporaryFolder();
    const { writer } = open(join(folder.path, 'lines.jsonl'), { flushIntervalMs: 60_000 });
    writer.append(lineOf(0));
    const closed = writer.close();
    assert.equal(writer.append(lineOf(1)), false);
    await assert.rejects(writer.appendDurably([lineOf(2)]), /is closed/);
    await Promise.all([closed, writer.close()]);
    assert.deepEqual(await linesIn(folder.path), [lineOf(0)]);
    assert.equal(writer.dropped.closed, 1);
  });

  it('does not rotate, repair or delete a device', async () => {
    const { writer, problems } = open('/dev/null', { maxBytes: 10 });
    for (let i = 0; i < 10; i++) writer.append(lineOf(i));
    await writer.close();
    assert.equal(writer.written, 10);
    assert.deepEqual(problems, []);
    assert.ok((await stat('/dev/null')).isCharacterDevice());
  });

  describe('appending durably', () => {
    it('resolves when the lines are in the file', async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 'outcomes.jsonl');
      const { writer } = open(path, { flushIntervalMs: 60_000 });
      writer.append(lineOf(0));
      await writer.appendDurably([lineOf(1), lineOf(2)]);
      assert.deepEqual(await linesIn(folder.path), [0, 1, 2].map(lineOf));
      await writer.appendDurably([]);
      await writer.close();
      assert.equal(writer.written, 3);
    });

    it('keeps many callers apart and in order', async () => {
      await using folder = await temporaryFolder();
      const { writer } = open(join(folder.path, 'outcomes.jsonl'), { maxBytes: 2000, maxFiles: 1000 });
      const calls: Promise<void>[] = [];
      for (let i = 0; i < 500; i++) {
        calls.push(writer.appendDurably([lineOf(2 * i), lineOf(2 * i + 1)]));
        if (i % 50 === 0) await setImmediate();
      }
      await Promise.all(calls);
      await writer.close();
      assert.deepEqual(
        await linesIn(folder.path),
        Array.from({ length: 1000 }, (_, i) => lineOf(i)),
      );
    });

    it('is refused, and leaves nothing, when too much is waiting', async () => {
      await using folder = await temporaryFolder();
      const { writer } = open(join(folder.path, 'outcomes.jsonl'), { maxPendingBytes: 20 });
      const first = writer.appendDurably([lineOf(0)]);
      await assert.rejects(
        writer.appendDurably([lineOf(1), lineOf(2)]),
        /over 20 bytes are waiting to be written/,
      );
      await first;
      await writer.close();
      assert.deepEqual(await linesIn(folder.path), [lineOf(0)]);
    });
  });

  describe('rotation', () => {
    it('keeps every file within its size and every line whole, in order, while lines keep coming', async () => {
      await using folder = await temporaryFolder();
      const { writer } = open(join(folder.path, 'lines.jsonl'), { maxBytes: 500, maxFiles: 1000 });
      for (let i = 0; i < 3000; i++) {
        writer.append(lineOf(i));
        if (i % 100 === 0) await setImmediate();
      }
      await writer.close();
      const names = await readdir(folder.path);
      assert.ok(names.length >= Math.floor((3000 * 10) / 500), `${names.length} files`);
      for (const name of names) assert.ok((await stat(join(folder.path, name))).size <= 500, name);
      assert.deepEqual(
        await linesIn(folder.path),
        Array.from({ length: 3000 }, (_, i) => lineOf(i)),
      );
      assert.equal(writer.written, 3000);
    });

    it('gives a line that is larger than a file one of its own', async () => {
      await using folder = await temporaryFolder();
      const { writer } = open(join(folder.path, 'lines.jsonl'), { maxBytes: 50 });
      const long = JSON.stringify('x'.repeat(200));
      for (const line of [lineOf(0), long, lineOf(1)]) writer.append(line);
      await writer.close();
      assert.deepEqual(await linesIn(folder.path), [lineOf(0), long, lineOf(1)]);
    });

    it('holds for any lines and sizes: nothing lost, torn or out of order', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { maxLength: 60 }),
          fc.integer({ min: 1, max: 300 }),
          fc.integer({ min: 1, max: 7 }),
          async (texts, maxBytes, pause) => {
            await using folder = await temporaryFolder();
            const { writer } = open(join(folder.path, 'l.jsonl'), {
              maxBytes,
              maxFiles: 1000,
              flushIntervalMs: 0,
            });
            for (const [i, text] of texts.entries()) {
              writer.append(JSON.stringify({ text }));
              if (i % pause === 0) await setImmediate();
            }
            await writer.close();
            const found = (await linesIn(folder.path)).map((line) => JSON.parse(line).text);
            assert.deepEqual(found, texts);
          },
        ),
        { numRuns: 40 },
      );
    });
  });

  describe('retention', () => {
    it('keeps the newest closed files beside the live one, and nobody else’s', async () => {
      await using folder = await temporaryFolder();
      const others = [
        'lines.2020.jsonl',
        'lines.txt',
        'lines.2020-01-01T00-00-00.000Z.jsonl.gz',
        'other.jsonl',
      ];
      for (const name of others) await writeFile(join(folder.path, name), '');
      const { writer } = open(join(folder.path, 'lines.jsonl'), { maxBytes: 10, maxFiles: 3 });
      for (let i = 0; i < 20; i++) writer.append(lineOf(i));
      await writer.close();
      assert.deepEqual(await linesIn(folder.path), [16, 17, 18, 19].map(lineOf));
      const left = await readdir(folder.path);
      for (const name of others) assert.ok(left.includes(name), name);
    });

    it('deletes what is too old at the start', async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 'lines.jsonl');
      const now = Date.now();
      await writeFile(rotatedPath(path, now - 31 * dayMs), '{"age":31}\n');
      await writeFile(rotatedPath(path, now - 5 * dayMs), '{"age":5}\n');
      const { writer } = open(path, { maxFiles: 9 });
      await writer.flush();
      await eventually(async () => assert.equal((await namesIn(folder.path)).length, 2));
      await writer.close();
      assert.deepEqual(await linesIn(folder.path), ['{"age":5}']);
    });

    it('closes and deletes a live file that was unused for too long', async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 'lines.jsonl');
      await writeFile(path, '{"old":true}\n');
      const past = new Date(Date.now() - 40 * dayMs);
      await utimes(path, past, past);
      const { writer, problems } = open(path);
      writer.append('{"old":false}');
      await writer.close();
      assert.deepEqual(await linesIn(folder.path), ['{"old":false}']);
      assert.deepEqual(problems, []);
    });

    it('closes a file by the time of its first line, whenever the file was made or last written', async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 'lines.jsonl');
      const timed = (ageDays: number) => JSON.stringify({ time: new Date(Date.now() - ageDays * dayMs) });
      // as a copy has it: from a backup, or without a line that was to be forgotten
      await writeFile(path, `{"forgottenKey":"1","predictedMs":1}\n${timed(4)}\n${timed(0)}\n`);
      const { writer } = open(path, { maxFiles: 9 });
      writer.append('{"later":true}');
      await writer.close();
      assert.equal(await readFile(path, 'utf8'), '{"later":true}\n');
      assert.equal((await namesIn(folder.path)).length, 2);
    });

    it('keeps a file open whose first line is recent, or has no time', async () => {
      for (const first of [
        JSON.stringify({ time: new Date() }),
        '{"time":"never"}',
        '{"time":5}',
        'no JSON',
      ]) {
        await using folder = await temporaryFolder();
        const path = join(folder.path, 'lines.jsonl');
        await writeFile(path, `${first}\n`);
        const { writer } = open(path, { maxFiles: 9 });
        writer.append('{"later":true}');
        await writer.close();
        assert.equal(await readFile(path, 'utf8'), `${first}\n{"later":true}\n`);
      }
    });

    it('lets no line exceed its maximum age while the service is idle', async () => {
      await using folder = await temporaryFolder();
      const { now } = Date;
      let nowMs = now();
      Date.now = () => nowMs;
      try {
        const { writer } = open(join(folder.path, 'lines.jsonl'), { maxAgeDays: 600 / dayMs, maxFiles: 2 });
        writer.append('{}');
        await writer.flush();
        assert.deepEqual(await linesIn(folder.path), ['{}']);
        nowMs += dayMs;
        const found = () => linesIn(folder.path).catch(() => ['deleted while it was read']);
        await eventually(async () => assert.equal((await found()).length, 0));
        await writer.close();
      } finally {
        Date.now = now;
      }
    });

    it('has no limit when the limits are infinite', async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 'lines.jsonl');
      await writeFile(rotatedPath(path, 0), '{"i":-1}\n');
      const { writer } = open(path, { maxBytes: 10, maxFiles: Infinity, maxAgeDays: Infinity });
      for (let i = 0; i < 5; i++) writer.append(lineOf(i));
      await writer.close();
      assert.deepEqual(await linesIn(folder.path), [-1, 0, 1, 2, 3, 4].map(lineOf));
    });
  });

  it('follows when its file is moved away, deleted or replaced', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'lines.jsonl');
    const { writer, problems } = open(path);
    await writer.appendDurably([lineOf(0)]);
    await rename(path, join(folder.path, 'moved.jsonl'));
    await writer.appendDurably([lineOf(1)]);
    assert.equal(await readFile(path, 'utf8'), `${lineOf(1)}\n`);
    await rename(path, join(folder.path, 'moved-again.jsonl'));
    await mkdir(join(folder.path, 'x'));
    await writeFile(path, `${lineOf(2)}\n`);
    await writer.appendDurably([lineOf(3)]);
    assert.equal(await readFile(path, 'utf8'), `${lineOf(2)}\n${lineOf(3)}\n`);
    await writer.close();
    assert.deepEqual(problems, []);
  });
});
