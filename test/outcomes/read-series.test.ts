import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { rotatedPath } from '../../src/files/rotated-files.ts';
import { readSeries } from '../../src/outcomes/read-series.ts';

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
