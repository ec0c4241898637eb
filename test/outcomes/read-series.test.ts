import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { rotatedPath } from '../../src/files/rotated-files.ts';
import { readElsewhere, readSeries } from '../../src/outcomes/read-series.ts';

describe('the lines of an outcome file', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-series-'));
    path = join(folder, 'outcomes.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const at = (time: number) => rotatedPath(path, Date.UTC(2026, 0, 1) + time);
  const put = (file: string, ...ids: string[]) =>
    writeFile(file, ids.map((id) => `${JSON.stringify({ id })}\n`).join(''));
  async function read(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { id } of readSeries(path)) ids.push(String(id));
    return ids;
  }

  it('are read oldest first', async () => {
    await Promise.all([put(at(1), 'a', 'b'), put(at(2), 'c'), put(path, 'd')]);
    assert.deepEqual(await read(), ['a', 'b', 'c', 'd']);
  });

  it('are none if there is no file, and the remaining ones if others have gone', async () => {
    assert.deepEqual(await read(), []);
    await put(at(1), 'a');
    await symlink(join(folder, 'gone'), at(2));
    assert.deepEqual(await read(), ['a']);
    path = join(folder, 'missing', 'outcomes.jsonl');
    assert.deepEqual(await read(), []);
  });

  it('are counted with those that are damaged, and their bytes as they are read', async () => {
    await writeFile(path, '{"id":"a"}\n{"id":\n{"id":"b"}\n');
    assert.deepEqual(await read(), ['a', 'b']);
    const tally = { lines: 0, damaged: 0, faults: [] };
    let bytes = 0;
    for await (const _ of readSeries(path, { tally, onBytes: (count) => (bytes += count) }));
    assert.deepEqual([tally.lines, tally.damaged, bytes], [3, 1, (await stat(path)).size]);
  });

  it('cannot be read if a folder or a file is in the way, which is an error', async () => {
    await mkdir(at(1));
    await assert.rejects(read(), (error: Error) => error.message.startsWith(`${at(1)}: EISDIR`));
    await put(path, 'a');
    path = join(path, 'outcomes.jsonl');
    await assert.rejects(read(), { code: 'ENOTDIR' });
  });

  it('are found in a file that is moved back under its old name', async () => {
    await Promise.all([put(at(1), 'a'), put(path, 'b')]);
    const ids: unknown[] = [];
    for await (const { id } of readSeries(path)) {
      ids.push(id);
      if (id === 'a') {
        await Promise.all([rename(path, at(3)), put(at(2), 'c')]);
      } else if (id === 'c') {
        await rename(at(3), path);
      }
    }
    assert.deepEqual(ids, ['a', 'c', 'b']);
  });

  it('of other replicas are read as far as they can be, and the others’ are reported', async () => {
    const files = ['one', 'two', 'three'].map((name) => join(folder, name));
    await Promise.all([put(files[0], 'a'), mkdir(files[1]), put(files[2], 'c')]);
    const problems: string[] = [];
    const ids: unknown[] = [];
    for await (const { id } of readElsewhere(
      async () => files,
      (problem) => problems.push(problem),
    )) {
      ids.push(id);
    }
    assert.deepEqual(ids, ['a', 'c']);
    assert.equal(problems.length, 1);
    assert.match(problems[0], /two: EISDIR.*: outcomes in it may be counted again$/);
  });

  it('are all found while a deletion repeatedly moves the file aside', async () => {
    await Promise.all([put(at(1), 'a'), put(path, 'b')]);
    const aside = at(2);
    let isOver = false;
    const deletions = (async () => {
      while (!isOver) {
        await rename(path, aside);
        await delay(5);
        await rename(aside, path);
      }
    })();
    try {
      for (let i = 0; i < 250; i++) {
        assert.deepEqual([...new Set(await read())].sort(), ['a', 'b'], `reading ${i}`);
        await delay(0);
      }
    } finally {
      isOver = true;
      await deletions;
    }
  });
});
