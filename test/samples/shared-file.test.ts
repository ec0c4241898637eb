import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';
import { lockFile } from '../../src/files/file-lock.ts';
import { type JsonlWriterOptions, openJsonlWriter } from '../../src/files/jsonl-writer.ts';
import { listRotatedFiles, putAside, rotatedPath } from '../../src/files/rotated-files.ts';
import { plainUser } from '../support/other-user.ts';
import { eventually } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { listen, program } from './support/child.ts';
import { linesIn, namesIn } from './support/folder.ts';

function open(path: string, more: Partial<JsonlWriterOptions> = {}) {
  const problems: string[] = [];
  const writer = openJsonlWriter({
    path,
    maxBytes: 1e6,
    maxFiles: 1000,
    maxAgeDays: 30,
    flushIntervalMs: 5,
    maxPendingBytes: 1e6,
    onProblem: (message) => problems.push(message),
    ...more,
  });
  return { writer, problems };
}

describe('a file that several processes write to', () => {
  for (const processes of [2, 3]) {
    it(`loses no line while ${processes} of them rotate it`, async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 'lines.jsonl');
      const lines = 3000;
      const outputs = await Promise.all(
        Array.from({ length: processes }, async () => {
          const child = spawn(process.execPath, [program('write-samples.ts'), path, String(lines), '4000']);
          const output = listen(child);
          await once(child, 'close');
          return output.text();
        }),
      );
      for (const output of outputs) {
        assert.match(output, /accepted 3000\n$/);
        assert.doesNotMatch(output, /problem/);
      }
      assert.ok((await listRotatedFiles(path)).length >= (processes * lines * 100) / 4000);
      const times = new Map<number, number>();
      for (const line of await linesIn(folder.path)) {
        const { i } = JSON.parse(line);
        times.set(i, (times.get(i) ?? 0) + 1);
      }
      assert.deepEqual([times.size, new Set(times.values())], [lines, new Set([processes])]);
    });
  }

  it('stays below its size, whoever has filled it', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'lines.jsonl');
    const [one, other] = [open(path, { maxBytes: 100 }), open(path, { maxBytes: 100 })];
    for (let i = 0; i < 20; i++) {
      await (i % 2 === 0 ? one : other).writer.appendDurably([`{"line":"${String(i).padStart(20, '0')}"}`]);
    }
    await Promise.all([one.writer.close(), other.writer.close()]);
    const names = await namesIn(folder.path);
    for (const name of names) assert.ok((await readFile(join(folder.path, name))).length <= 100, name);
    assert.equal((await linesIn(folder.path)).length, 20);
    assert.deepEqual([...one.problems, ...other.problems], []);
  });

  it('is repaired by the next writer if one ends in the middle of a line', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'lines.jsonl');
    const { writer } = open(path);
    await writer.appendDurably(['{"line":1}']);
    await appendFile(path, '{"line":2}\n{"line":3');
    await writer.appendDurably(['{"line":4}']);
    await writer.close();
    assert.equal(await readFile(path, 'utf8'), '{"line":1}\n{"line":2}\n{"line":4}\n');
  });

  it('is not written to while another process has its lock; what waits is written afterwards', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'lines.jsonl');
    const lock = await lockFile(join(folder.path, '.lines.jsonl.series-lock'));
    const { writer, problems } = open(path);
    writer.append('{"line":1}');
    // each look at the clock takes a second, so that nothing has to wait for its limit
    const { now } = performance;
    let looks = 0;
    const clock = mock.method(performance, 'now', () => now.call(performance) + 1000 * looks++);
    await assert.rejects(writer.appendDurably(['{"line":2}']), /another process keeps \S+ locked/);
    clock.mock.restore();
    assert.equal(problems.length, 1);
    assert.deepEqual(await namesIn(folder.path), []);
    lock?.release();
    await eventually(async () => assert.equal((await linesIn(folder.path)).length, 1));
    await writer.close();
    assert.deepEqual(await linesIn(folder.path), ['{"line":1}']);
  });

  it('is reported as unlocked if the lock belongs to a user who lets no other write to it', async function () {
    const user = plainUser(this);
    await using folder = await temporaryFolder();
    const logs = join(folder.path, 'logs');
    await mkdir(logs);
    const lock = join(logs, '.lines.jsonl.series-lock');
    await writeFile(lock, '');
    await chmod(lock, 0o444);
    await chmod(folder.path, 0o755);
    if (user.uid !== undefined) await chown(logs, user.uid, user.gid ?? 0);
    const args = [program('write-samples.ts'), join(logs, 'lines.jsonl'), '20', '4000'];
    const child = spawn(process.execPath, args, user);
    const output = listen(child);
    await once(child, 'close');
    assert.match(
      output.text(),
      /lines\.jsonl: cannot be locked: EACCES: permission denied, \S+ '\S+\.series-lock': make sure that no other process writes to it/,
    );
    assert.match(output.text(), /accepted 20\n$/);
    assert.equal((await linesIn(logs)).length, 20);
  });

  it('is still locked if its folder was deleted and created again', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'logs', 'lines.jsonl');
    const { writer } = open(path);
    await writer.appendDurably(['{"line":1}']);
    await rm(join(folder.path, 'logs'), { recursive: true });
    await writer.appendDurably(['{"line":2}']);
    const lock = await lockFile(join(folder.path, 'logs', '.lines.jsonl.series-lock'));
    const waiting = writer.appendDurably(['{"line":3}']);
    let isWritten = false;
    waiting.finally(() => {
      isWritten = true;
    });
    // as much work again
    const { writer: other } = open(join(folder.path, 'others', 'lines.jsonl'));
    for (let i = 0; i < 3; i++) await other.appendDurably(['{}']);
    await other.close();
    assert.ok(!isWritten);
    lock?.release();
    await waiting;
    await writer.close();
  });
});

describe('moving a file aside', () => {
  it('takes the next name if one is taken, and none if the file is gone', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 's.jsonl');
    const endedAt = Date.UTC(2026, 0, 31);
    await writeFile(rotatedPath(path, endedAt), 'another process\n');
    await writeFile(path, 'this one\n');
    assert.deepEqual(await putAside(path, endedAt + 0.5), {
      path: rotatedPath(path, endedAt + 1),
      endedAt: endedAt + 1,
    });
    assert.equal(await readFile(rotatedPath(path, endedAt), 'utf8'), 'another process\n');
    assert.equal(await putAside(path, endedAt + 5), undefined);
    assert.equal((await namesIn(folder.path)).length, 2);
  });
});
