import assert from 'node:assert/strict';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFirstTime } from '../../src/files/first-time.ts';
import { slowness } from '../support/machine-speed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const time = '2026-01-31T12:00:00.000Z';
const line = `${JSON.stringify({ time })}\n`;

describe('the time of the first line of a file', () => {
  async function read(text: string): Promise<{ timeMs: number | undefined; tookMs: number }> {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 's.jsonl');
    await writeFile(path, text);
    await using file = await open(path);
    const startedMs = performance.now();
    return { timeMs: await readFirstTime(file), tookMs: performance.now() - startedMs };
  }

  it('is that of the first line that has one', async () => {
    for (const before of ['', '\n', 'x\n', '{"time":"no"}\n', '{"a":1}\n{\n', '[1]\nnull\n', '{"time":']) {
      const expected = before === '{"time":' ? undefined : Date.parse(time);
      assert.equal((await read(before + line)).timeMs, expected, before);
    }
    assert.equal((await read(`${line}{"time":"2025-01-01T00:00:00.000Z"}\n`)).timeMs, Date.parse(time));
    assert.equal((await read('x'.repeat(65_536) + line)).timeMs, undefined);
  });

  it('is not searched for long in thousands of foreign lines', async () => {
    for (const other of ['\n', 'x\n', '1,2\n', '{\n', '{}\n']) {
      const took: number[] = [];
      for (let i = 0; i < 3; i++) took.push((await read(other.repeat(65_536))).tookMs);
      // parsed, they took 80 to 230 ms
      assert.ok(Math.min(...took) < 40 * slowness(), `${took} ms`);
    }
  });
});
