import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { lockFile } from '../../src/files/file-lock.ts';
import { putAside, rotatedPath } from '../../src/files/rotated-files.ts';
import { createSeriesLock } from '../../src/files/series-lock.ts';
import { forgetRows } from '../../src/samples/forget-rows.ts';
import { compileNoLocks } from '../support/no-locks.ts';
import { eventually, postJson, readJsonLines, root, startTestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { listen, program } from './support/child.ts';
import { linesIn, namesIn } from './support/folder.ts';

const run = promisify(execFile);
const lineOf = (id: string) => `${JSON.stringify({ id })}\n`;
const idsIn = async (folder: string) =>
  (await linesIn(folder)).map((line) => JSON.parse(line).id as string | undefined);

describe('forgetting rows', () => {
  it('eight times at once, while two processes write and rotate, deletes what it says, and nothing else', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'lines.jsonl');
    const ids = Array.from({ length: 8 }, (_, i) => `person-${i}`);
    const lines = (range: readonly string[]) =>
      [...range, ...range.map((id) => `not ${id}`)].map(lineOf).join('');
    await writeFile(rotatedPath(path, Date.now() - 86_400_000), lines(ids));
    await writeFile(path, lines(ids));
    const writers = [1, 2].map(() =>
      spawn(process.execPath, [program('write-samples.ts'), path, '1500', '8000']),
    );
    const outputs = writers.map(listen);
    const ended = Promise.all(writers.map((child) => once(child, 'close')));
    const forgotten = await Promise.all(ids.map((id) => forgetRows(path, new Set([id]))));
    await ended;
    for (const one of forgotten) assert.deepEqual(one, { deleted: 2 });
    for (const output of outputs) assert.match(output.text(), /accepted 1500\n$/);
    const left = (await linesIn(folder.path)).map((line) => JSON.parse(line) as { id?: string; i?: number });
    assert.deepEqual(
      left.flatMap(({ id }) => id ?? []).sort(),
      [...ids, ...ids].map((id) => `not ${id}`).sort(),
    );
    const numbers = left.flatMap(({ i }) => i ?? []);
    assert.deepEqual([numbers.length, new Set(numbers).size], [3000, 1500]);
    assert.deepEqual(
      (await namesIn(folder.path)).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  it('deletes them from the files that links lead to', async () => {
    await using folder = await temporaryFolder();
    const [logs, elsewhere] = ['logs', 'elsewhere'].map((name) => join(folder.path, name));
    await Promise.all([mkdir(logs), mkdir(elsewhere)]);
    const path = join(logs, 's.jsonl');
    for (const link of [path, rotatedPath(path, Date.UTC(2026, 0, 31))]) {
      const target = join(elsewhere, basename(link));
      await writeFile(target, lineOf('gone') + lineOf('kept'));
      await symlink(target, link);
    }
    assert.deepEqual(await forgetRows(path, new Set(['gone'])), { deleted: 2 });
    for (const name of await readdir(elsewhere)) {
      assert.equal(await readFile(join(elsewhere, name), 'utf8'), lineOf('kept'), name);
    }
    assert.deepEqual(await idsIn(logs), ['kept', 'kept']);
  });

  it('finds a row in a file that is rotated at any moment', async () => {
    await using folder = await temporaryFolder();
    const tries = Array.from({ length: 300 }, async (_, i) => {
      const path = join(folder.path, String(i), 's.jsonl');
      await mkdir(join(folder.path, String(i)));
      await writeFile(path, lineOf('gone') + lineOf('kept'));
      const lock = createSeriesLock(path);
      const forgotten = forgetRows(path, new Set(['gone']));
      await delay(2 * i);
      await lock.hold(async () => {
        await putAside(path, Date.now());
        await appendFile(path, lineOf('later'));
      });
      lock.close();
      assert.deepEqual(await forgotten, { deleted: 1 }, `rotated after ${2 * i} ms`);
      assert.deepEqual((await idsIn(join(folder.path, String(i)))).sort(), ['kept', 'later']);
    });
    const failures = (await Promise.allSettled(tries)).flatMap((one) =>
      one.status === 'rejected' ? one.reason : [],
    );
    assert.deepEqual(failures, []);
  });

  it('finds a row that was written to an earlier file in the meantime', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 's.jsonl');
    const [earlier, later] = [30, 31].map((day) => rotatedPath(path, Date.UTC(2026, 0, day)));
    await writeFile(earlier, lineOf('a'));
    await writeFile(later, lineOf('gone') + lineOf('b'));
    const forgetting = forgetRows(path, new Set(['gone']));
    await eventually(() => stat(`${later}.${process.pid}.tmp`));
    await appendFile(earlier, lineOf('gone'));
    assert.deepEqual(await forgetting, { deleted: 2 });
    assert.deepEqual(await idsIn(folder.path), ['a', 'b']);
  });

  it('does not bring back a file that was replaced while it was copied', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 's.jsonl');
    const rotated = rotatedPath(path, Date.UTC(2026, 0, 31));
    await writeFile(rotated, lineOf('gone') + lineOf('deleted by another'));
    const forgetting = forgetRows(path, new Set(['gone']));
    await eventually(() => stat(`${rotated}.${process.pid}.tmp`));
    await writeFile(`${path}.new`, lineOf('gone') + lineOf('kept'));
    await rename(`${path}.new`, rotated);
    assert.deepEqual(await forgetting, { deleted: 1 });
    assert.deepEqual(await idsIn(folder.path), ['kept']);
  });

  it('does not recreate a file that retention deleted while it was copied', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 's.jsonl');
    const rotated = rotatedPath(path, Date.UTC(2026, 0, 31));
    await writeFile(rotated, lineOf('gone') + lineOf('too old'));
    const forgetting = forgetRows(path, new Set(['gone']));
    await eventually(() => stat(`${rotated}.${process.pid}.tmp`));
    await rename(rotated, join(folder.path, '.elsewhere'));
    assert.deepEqual(await forgetting, { deleted: 0 });
    assert.deepEqual(await namesIn(folder.path), []);
  });

  it('reports when it waits for another, which may have been suspended', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 's.jsonl');
    await writeFile(path, lineOf('gone'));
    const stopped = await lockFile(join(folder.path, '.forget-lock'));
    const args = ['bin/vigia.cjs', 'samples', '--live', path, '--outcomes', path, '--forget', 'gone'];
    const child = spawn(process.execPath, args, { cwd: root });
    const output = listen(child);
    const [said] = await once(child.stderr, 'data');
    assert.equal(String(said), `${folder.path}: waiting for another deletion to end\n`);
    assert.equal(output.text(), '');
    stopped?.release();
    await once(child, 'close');
    assert.equal(output.text(), '1 line deleted\n');
  });

  it('reports when rows keep coming back', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 's.jsonl');
    await writeFile(path, lineOf('gone'));
    let isOver = false;
    const restoring = (async () => {
      while (!isOver) {
        await appendFile(path, lineOf('gone'));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const { failure } = await forgetRows(path, new Set(['gone']));
    isOver = true;
    await restoring;
    assert.match(String(failure?.message), /s\.jsonl: lines reappeared after they had been deleted/);
  });

  it('runs one at a time if the file system has no locks, and ignores one that was killed', async function () {
    await using folder = await temporaryFolder();
    const library = compileNoLocks(this, folder.path);
    const files = join(folder.path, 'files');
    const path = join(files, 's.jsonl');
    await mkdir(files);
    const ids = ['a', 'b', 'c'];
    await writeFile(path, [...ids, 'kept'].map(lineOf).join(''));
    // left by a process that is gone
    await writeFile(join(files, '.forget.running'), '');
    const env = { ...process.env, LD_PRELOAD: library };
    const args = (id: string) => [
      'bin/vigia.cjs',
      'samples',
      '--forget',
      id,
      '--live',
      path,
      '--outcomes',
      join(files, 'o.jsonl'),
    ];
    const answers = await Promise.all(ids.map((id) => run(process.execPath, args(id), { cwd: root, env })));
    for (const { stdout } of answers) assert.equal(stdout, '1 line deleted\n');
    const names = (await readdir(files)).filter((name) => name.endsWith('.jsonl'));
    const texts = await Promise.all(names.map((name) => readFile(join(files, name), 'utf8')));
    assert.equal(texts.join(''), lineOf('kept'));
    assert.ok(!(await readdir(files)).includes('.forget.running'));
  });

  it('waits for a row that a service has answered a moment ago and is about to write', async () => {
    const service = await startTestService();
    try {
      const row = { age: 30, limit: 2000, history: 'good' };
      const { body } = await postJson(`${service.api}/predict`, row);
      const args = ['--live', service.samplesPath, '--outcomes', service.outcomesPath, '--forget', body.id];
      const { stdout } = await run(process.execPath, ['bin/vigia.cjs', 'samples', ...args], { cwd: root });
      assert.equal(stdout, '1 line deleted\n');
      const later = await postJson(`${service.api}/predict`, row);
      await service.signal('SIGTERM');
      const left = (await readJsonLines(service.samplesPath)).map(({ id }) => id);
      assert.deepEqual(left, [later.body.id]);
    } finally {
      await service.stop();
    }
  });
});
